"""Time as GitHub writes it: UTC, whole seconds. Decides nothing."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def iso(moment: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SSZ`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_or_none(moment: datetime | None) -> str | None:
    """The same, for what may not have happened."""
    return None if moment is None else iso(moment)


def parse(text: str) -> datetime:
    """The moment an ISO 8601 text names; raises ValueError."""
    return datetime.fromisoformat(text)
