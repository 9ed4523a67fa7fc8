"""A decision: what a job becomes, what is done about it, and why."""

from dataclasses import dataclass

from app.domain.effects import Effect
from app.domain.job import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A job's new state, what to do about it, and why. The same job and no effects: nothing happened."""

    job: Job
    effects: tuple[Effect, ...] = ()
    because: str
