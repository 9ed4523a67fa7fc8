"""How pages write an instant, a length of time, and text that may quote code. Pure; the templates' filters."""

import re
from datetime import UTC, datetime

from markupsafe import Markup, escape

from app.telling.phrases import largest_unit

_CODE = re.compile(r"`([^`\n]+)`")


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago something was: `just now`, `5 min ago`, `2 d ago`."""
    seconds = (now - at).total_seconds()
    return "just now" if seconds < 10 else f"{largest_unit(seconds)} ago"


def ahead(at: datetime, now: datetime) -> str:
    """Return how long it is until something: `in 5 min`, or `now` when the time has come."""
    seconds = (at - now).total_seconds()
    return "now" if seconds < 1 else f"in {largest_unit(seconds)}"


def duration(seconds: float) -> str:
    """Return a length of time in two units at most: `0.4 s`, `14 s`, `2 min 5 s`, `1 h 3 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3_600} h {whole % 3_600 // 60} min"


def exact(at: datetime) -> str:
    """Return an instant to the second, for whoever hovers over it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def marked(text: str) -> Markup:
    """Return text, whoever wrote it, as HTML in which only `code` between backticks is marked up."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped in the same line
