"""Reading and writing points in time. Inside the program every one of them has a time zone."""

import re
from datetime import date, datetime, timezone

_TIMESTAMP = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2})?)?")


def parse_timestamp(text: str) -> datetime:
    """Return the moment that an ISO 8601 date, with or without a time, stands for.

    Raises ValueError for anything else.
    """
    match = _TIMESTAMP.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a date: {text!r}")
    day, clock, zone = match.groups()
    moment = datetime.fromisoformat(
        f"{day}T{clock or '00:00'}{(zone or '').replace('Z', '+00:00')}"
    )
    if zone is None:
        moment = moment.astimezone()
    return moment.astimezone(timezone.utc)


def day_of(moment: datetime) -> date:
    """Return the day on which a moment falls, in UTC."""
    return moment.astimezone(timezone.utc).date()


def format_timestamp(moment: datetime) -> str:
    """Return a moment as `2024-03-04 09:00`, in UTC."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M")
