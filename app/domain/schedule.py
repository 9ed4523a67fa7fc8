"""Who may start next, and why the others wait. Pure; the claim that asks it runs in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.spike import Allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many runs may be under way at once, in all and in one repository, and how much may begin within minutes."""

    runs: int = 4
    runs_per_repository: int = 4
    spike: Allowed = field(default_factory=Allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A run that waits, or is under way."""

    run: str
    repository_id: int


def why_wait(
    candidate: Candidate, running: Sequence[Candidate], limits: Limits, *, stopped: bool, paused: str = ""
) -> str | None:
    """Return why this run cannot start now, or None when it may. `paused` says why the spike guard stepped in."""
    if stopped:
        return "everything is stopped (`handoff stop --all`)"
    if paused:
        return why_paused(paused)
    if len(running) >= limits.runs:
        return f"{_under_way(len(running))}, and {limits.runs} may be"
    here = sum(1 for other in running if other.repository_id == candidate.repository_id)
    if here >= limits.runs_per_repository:
        return f"{_under_way(here)} in this repository, and {limits.runs_per_repository} may be"
    return None


PAUSED_ITSELF = "Handoff has paused itself"


def is_pause(because: str) -> bool:
    """Tell whether a run that waits for this reason waits because the spike guard stepped in."""
    return because.startswith(PAUSED_ITSELF)


def why_paused(because: str) -> str:
    """Return what a run is told that waits because the spike guard stepped in."""
    return (
        f"{PAUSED_ITSELF}: {because}. Whoever runs it can look at why, and let it go on with "
        "`handoff start --all`"
    )


def _under_way(count: int) -> str:
    return "1 run is under way" if count == 1 else f"{count} runs are under way"
