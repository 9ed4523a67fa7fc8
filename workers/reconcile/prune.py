"""Decides what of a run's folder may go, from what lies there and what the ledger knows of the run. Pure.

A folder stays whole while its run waits or is under way, and while anything of it is alive. What was decided to go may
go twice: a run that ended never begins again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from app.ledger.rows import RunStanding
from workers.agents.files import BRIEF, EVENTS, EXIT, INVALID_OUTCOME, OUTCOME, RESPONSES

KEPT = frozenset({BRIEF, EVENTS, EXIT, INVALID_OUTCOME, OUTCOME, RESPONSES})
"""What stays of a run when it ends."""
SUMMARY = frozenset({EXIT, OUTCOME})
"""What stays of it when its pull request is closed."""
TIDYING = timedelta(minutes=10)
"""How long the worker of a run that ended may take to tidy up itself."""
STRANGE = timedelta(days=1)
"""How long a folder of a run that the ledger does not know is left alone: somebody may be about to put it to use."""

Why = Literal["unknown", "old", "closed", "leftover"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The folder of a run: what lies in it, when that changed last, and whether a process of its cages is alive."""

    run: str
    names: frozenset[str]
    changed_at: datetime
    alive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """What goes of a run's folder: these names, or with None all of it."""

    run: str
    names: tuple[str, ...] | None
    because: Why


def what_goes(
    left: Left, standing: RunStanding | None, *, kept_for: timedelta | None, now: datetime
) -> Going | None:
    """Return what of one folder goes, None when nothing does. `kept_for` None: files are kept for ever."""
    if left.alive:
        return None
    if standing is None:
        strange = now - left.changed_at > STRANGE
        return Going(run=left.run, names=None, because="unknown") if strange else None
    if standing.state != "ended" or standing.ended_at is None or now - standing.ended_at < TIDYING:
        return None
    over_at = standing.job_ended_at
    if over_at is not None and kept_for is not None and now - over_at > kept_for:
        return Going(run=left.run, names=None, because="old")
    stays = SUMMARY if standing.pull_closed else KEPT
    because: Why = "closed" if standing.pull_closed else "leftover"
    if not left.names & stays:
        return Going(run=left.run, names=None, because=because)
    names = tuple(sorted(left.names - stays))
    return Going(run=left.run, names=names, because=because) if names else None


def all_that_goes(
    seen: Iterable[Left],
    standings: Mapping[str, RunStanding],
    *,
    kept_for: timedelta | None,
    now: datetime,
    limit: int,
) -> list[Going]:
    """Return what goes of many folders: of at most `limit` of them, those that changed longest ago."""
    in_time_order = sorted(seen, key=lambda left: (left.changed_at, left.run))
    each = (what_goes(left, standings.get(left.run), kept_for=kept_for, now=now) for left in in_time_order)
    return list(islice((going for going in each if going is not None), limit))
