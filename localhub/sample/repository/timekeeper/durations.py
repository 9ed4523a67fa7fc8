"""Reading and writing lengths of time: `1h30m`, `90m`, `1:30`."""

import re
from datetime import timedelta

_UNITS = re.compile(r"(?:(\d+)h)?\s*(?:(\d+)m)?")
_CLOCK = re.compile(r"(\d+):([0-5]\d)")


def parse_duration(text: str) -> timedelta:
    """Return the length of time that `text` stands for; raises ValueError if it is none."""
    text = text.strip().lower()
    match = _CLOCK.fullmatch(text) or _UNITS.fullmatch(text)
    if match is None or not any(match.groups()):
        raise ValueError(f"not a duration: {text!r}")
    hours, minutes = (int(group or 0) for group in match.groups())
    return timedelta(hours=hours, minutes=minutes)


def format_duration(duration: timedelta) -> str:
    """Return a length of time as `2h 05m`, rounded down to the minute."""
    if duration < timedelta(0):
        return f"-{format_duration(-duration)}"
    minutes = int(duration.total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02d}m" if hours else f"{minutes}m"
