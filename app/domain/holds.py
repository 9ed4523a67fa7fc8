"""Holds: why a job does not move now, at no cost. Several may hold it at once; it moves when none does."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class HoldKind(StrEnum):
    """What a job waits for."""

    ANSWER = "answer"
    APPROVAL = "approval"
    DEPENDENCY = "dependency"
    SNOOZE = "snooze"
    SLOT = "slot"
    REVIEW_QUEUE = "review queue"
    BUDGET = "budget"
    RATE_LIMIT = "rate limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One reason to wait. `until` is when a timer lifts it; None waits for an event."""

    kind: HoldKind
    because: str
    until: datetime | None = None

    @property
    def timer_key(self) -> str:
        """The key of the timer that lifts this hold."""
        return f"hold:{self.kind}"
