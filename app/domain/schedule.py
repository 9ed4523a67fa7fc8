"""Who may start next, and why the others wait. Pure; the claim that asks it runs in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many runs may be under way at once, in all and in one repository."""

    runs: int = 4
    runs_per_repository: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A run that waits, or is under way."""

    run: str
    repository_id: int


def why_wait(
    candidate: Candidate, running: Sequence[Candidate], limits: Limits, *, stopped: bool
) -> str | None:
    """Return why this run cannot start now, or None when it may."""
    if stopped:
        return "everything is stopped (`handoff stop --all`)"
    if len(running) >= limits.runs:
        return f"{_under_way(len(running))}, and {limits.runs} may be"
    here = sum(1 for other in running if other.repository_id == candidate.repository_id)
    if here >= limits.runs_per_repository:
        return f"{_under_way(here)} in this repository, and {limits.runs_per_repository} may be"
    return None


def _under_way(count: int) -> str:
    return "1 run is under way" if count == 1 else f"{count} runs are under way"
