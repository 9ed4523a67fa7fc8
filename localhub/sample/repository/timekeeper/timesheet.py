"""A timesheet: entries, and what they add up to."""

from collections.abc import Iterable
from datetime import date, timedelta

from .dates import day_of
from .entries import Entry, parse_entry


class Timesheet:
    """Entries in the order in which they were written."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)

    def total(self) -> timedelta:
        """Return the sum of all entries."""
        result = timedelta(0)
        for entry in self.entries:
            result = result + entry.duration
        return result

    def by_project(self) -> dict[str, timedelta]:
        """Return the sum per project, in alphabetical order."""
        result: dict[str, timedelta] = {}
        for entry in self.entries:
            if entry.project not in result:
                result[entry.project] = timedelta(0)
            result[entry.project] = result[entry.project] + entry.duration
        return dict(sorted(result.items()))

    def by_day(self) -> dict[date, timedelta]:
        """Return the sum per day, oldest first."""
        result: dict[date, timedelta] = {}
        for entry in self.entries:
            day = day_of(entry.start)
            if day not in result:
                result[day] = timedelta(0)
            result[day] = result[day] + entry.duration
        return dict(sorted(result.items()))


def parse_timesheet(text: str) -> Timesheet:
    """Return the timesheet in `text`; raises ValueError that names the line that cannot be read."""
    entries = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        try:
            entries.append(parse_entry(line))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
    return Timesheet(entries)
