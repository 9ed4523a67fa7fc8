"""The spike guard: whether so much began, or was spent, within ten minutes that nothing more may begin. Pure.

It counts the runs in which an agent works, each once: a run that is adopted, or given back and taken again, is no new
start; the next attempt after one that broke down or was lost is. The claim that asks it runs in one transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.agenda import STAGES, Role, Stage

WINDOW = timedelta(minutes=10)

COUNTED: frozenset[Stage] = frozenset(
    stage for stage, kind in STAGES.items() if kind.role in {Role.MAKE, Role.JUDGE}
)
"""The stages in which an agent works. Checks and pushes follow from those, cost no money, and are bounded per job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """How many agents may be started, and how many dollars spent, within `WINDOW`; None: any number."""

    starts: int | None = None
    dollars: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was counted in the window: agents started, and the dollars that runs reported when they ended."""

    starts: int
    dollars: float


def since(now: datetime, let_go_on_at: datetime | None) -> datetime:
    """Return where the window begins: ten minutes ago, or when a person let it go on after that."""
    begins = now - WINDOW
    return begins if let_go_on_at is None else max(begins, let_go_on_at)


def why_pause(seen: Seen, allowed: Allowed) -> str | None:
    """Return why nothing may begin before a person has looked, or None when one more agent may be started."""
    if allowed.starts is not None and seen.starts >= allowed.starts:
        were = "1 agent was" if seen.starts == 1 else f"{seen.starts} agents were"
        return f"{were} started within ten minutes and another was to be, and {allowed.starts} may be"
    if allowed.dollars is not None and seen.dollars > allowed.dollars:
        return f"${seen.dollars:.2f} were spent within ten minutes, and ${allowed.dollars:.2f} may be"
    return None
