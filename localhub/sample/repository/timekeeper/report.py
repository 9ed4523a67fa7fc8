"""What people get to see of a timesheet."""

from datetime import timedelta

from .durations import format_duration
from .timesheet import Timesheet


def rows_of(timesheet: Timesheet, by: str) -> dict[str, timedelta]:
    """Return the sums per `project` or per `day`, under the names people see."""
    if by == "day":
        return {str(day): duration for day, duration in timesheet.by_day().items()}
    return timesheet.by_project()


def text_report(timesheet: Timesheet, by: str = "project") -> str:
    """Return the sums as aligned text, the total last."""
    rows = {**rows_of(timesheet, by), "total": timesheet.total()}
    width = max(len(name) for name in rows) + 4
    return "\n".join(f"{name:<{width}}{format_duration(sum_)}" for name, sum_ in rows.items())
