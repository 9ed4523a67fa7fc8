"""One line of a timesheet."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from .dates import parse_timestamp
from .durations import parse_duration

_FROM_TO = re.compile(r"(\S+) (\d{2}:\d{2}) - (\d{2}:\d{2}) (\S.*)")
_LASTING = re.compile(r"(\S+) (\d\S*) (\S.*)")


@dataclass(frozen=True)
class Entry:
    """Some time spent on a project."""

    start: datetime
    duration: timedelta
    project: str
    note: str = ""


def parse_entry(line: str) -> Entry:
    """Return the entry that a line stands for; raises ValueError when it cannot be read."""
    match = _FROM_TO.fullmatch(line)
    if match:
        day, begin, end, what = match.groups()
        start, until = parse_timestamp(f"{day} {begin}"), parse_timestamp(f"{day} {end}")
        if until < start:
            until += timedelta(days=1)  # worked past midnight
        return Entry(start, until - start, *_project_and_note(what))
    match = _LASTING.fullmatch(line)
    if match:
        day, duration, what = match.groups()
        return Entry(parse_timestamp(day), parse_duration(duration), *_project_and_note(what))
    raise ValueError(f"not an entry: {line!r}")


def _project_and_note(text: str) -> tuple[str, str]:
    project, _, note = text.partition(":")
    return project.strip(), note.strip()
