"""The law: three tables that say how a job may move. `docs/lifecycle.md` is drawn from them.

1. `PHASES`: phase x event -> phase. An absent pair means that the event means nothing to a job in that phase.
2. `LIFTS`: hold x event -> lifted. A hold that an event does not lift stays.
3. `ENDINGS`: role x ending -> what follows when a run ends so.

Every change of state is a row here. A guard belongs in the type of the event, not in an `if` beside the table.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.agenda import Ending, Role
from app.domain.events import (
    AnswerGiven,
    BranchMoved,
    BranchRewritten,
    ConflictFound,
    Event,
    GoGiven,
    HoldExpired,
    PullRequestTouched,
    RetryAsked,
    ReviewAsked,
    ReviewImpossible,
    ReviewPosted,
    RevisionAsked,
    RevisionDue,
    RevisionNoted,
    RunEnded,
    RunStarted,
    Settled,
    SnoozeAsked,
    SourceGone,
    Stopped,
    WordsAsked,
)
from app.domain.holds import Hold, HoldKind
from app.domain.job import Phase

PHASES: dict[Phase, dict[type[Event], Phase]] = {
    Phase.QUEUED: {
        RunStarted: Phase.ACTIVE,
        HoldExpired: Phase.QUEUED,
        GoGiven: Phase.QUEUED,
        SnoozeAsked: Phase.QUEUED,
        WordsAsked: Phase.QUEUED,
        Stopped: Phase.ENDED,
        SourceGone: Phase.ENDED,
    },
    Phase.ACTIVE: {
        RunStarted: Phase.ACTIVE,
        RunEnded: Phase.ACTIVE,
        HoldExpired: Phase.ACTIVE,
        ReviewPosted: Phase.ACTIVE,
        ReviewImpossible: Phase.ACTIVE,
        AnswerGiven: Phase.ACTIVE,
        RetryAsked: Phase.ACTIVE,
        GoGiven: Phase.ACTIVE,
        SnoozeAsked: Phase.ACTIVE,
        WordsAsked: Phase.ACTIVE,
        RevisionAsked: Phase.ACTIVE,
        RevisionNoted: Phase.ACTIVE,
        RevisionDue: Phase.ACTIVE,
        BranchMoved: Phase.ACTIVE,
        BranchRewritten: Phase.ACTIVE,
        PullRequestTouched: Phase.ACTIVE,
        Stopped: Phase.ENDED,
        SourceGone: Phase.ENDED,
        Settled: Phase.ENDED,
    },
    Phase.IN_REVIEW: {
        WordsAsked: Phase.IN_REVIEW,
        ReviewAsked: Phase.ACTIVE,
        RevisionAsked: Phase.ACTIVE,
        RevisionNoted: Phase.IN_REVIEW,
        RevisionDue: Phase.ACTIVE,
        BranchMoved: Phase.IN_REVIEW,
        BranchRewritten: Phase.ACTIVE,
        ConflictFound: Phase.ACTIVE,
        PullRequestTouched: Phase.IN_REVIEW,
        Stopped: Phase.ENDED,
        Settled: Phase.ENDED,
    },
    Phase.ENDED: {},
}

LIFTS: dict[HoldKind, frozenset[type[Event]]] = {
    HoldKind.ANSWER: frozenset({AnswerGiven, RetryAsked, GoGiven, HoldExpired}),
    HoldKind.APPROVAL: frozenset({GoGiven}),
    HoldKind.DEPENDENCY: frozenset({GoGiven}),
    HoldKind.SNOOZE: frozenset({HoldExpired, GoGiven, RetryAsked}),
    HoldKind.SLOT: frozenset({HoldExpired}),
    HoldKind.REVIEW_QUEUE: frozenset({GoGiven}),
    HoldKind.BUDGET: frozenset(),
    HoldKind.RATE_LIMIT: frozenset({HoldExpired}),
}


class Step(StrEnum):
    """What follows when a run has ended."""

    ADVANCE = "go on with the next stage"
    POST = "post what was found, and go on when it can be read"
    AGAIN = "try once more"
    MEND = "have it mended, and check again"
    ASK = "ask a person"
    SKIP = "go on without it, and say so"
    LEAVE = "let it be, and keep why"


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """A row of `ENDINGS`: the step, and for AGAIN how often and how soon, and what when that is used up."""

    step: Step
    attempts: int = 1
    pause_seconds: int = 0
    then: Step = Step.ASK


_ADVANCE = Follow(step=Step.ADVANCE)
_ASK = Follow(step=Step.ASK)
_SKIP = Follow(step=Step.SKIP)
_MEND = Follow(step=Step.MEND)
_LEAVE = Follow(step=Step.LEAVE)
_AGAIN_SOON = Follow(step=Step.AGAIN, attempts=2, pause_seconds=15)
_AGAIN_OR_SKIP = Follow(step=Step.AGAIN, attempts=2, pause_seconds=15, then=Step.SKIP)
_AGAIN_OR_LEAVE = Follow(step=Step.AGAIN, attempts=2, pause_seconds=15, then=Step.LEAVE)
# A killed worker is not the agent's fault, so a lost run has more tries and no pause.
_AGAIN_LOST = Follow(step=Step.AGAIN, attempts=6)
_AGAIN_LOST_OR_SKIP = Follow(step=Step.AGAIN, attempts=6, then=Step.SKIP)
_AGAIN_LOST_OR_LEAVE = Follow(step=Step.AGAIN, attempts=6, then=Step.LEAVE)
# A run is stopped while its job goes on when the branch moved under it: it begins anew from there.
_AGAIN_MOVED = Follow(step=Step.AGAIN, attempts=20)

ENDINGS: dict[Role, dict[Ending, Follow]] = {
    Role.MAKE: {
        Ending.SUCCEEDED: _ADVANCE,
        Ending.NOT_REPRODUCED: _ASK,
        Ending.BLOCKED: _ASK,
        Ending.NEEDS_ANSWER: _ASK,
        Ending.NOTHING_CHANGED: _ASK,
        Ending.OVER_BUDGET: _ASK,
        Ending.TIMED_OUT: _ASK,
        Ending.STALLED: _AGAIN_SOON,
        Ending.REFUSED: _ASK,
        Ending.CRASHED: _AGAIN_SOON,
        Ending.LOST: _AGAIN_LOST,
        Ending.STOPPED: _AGAIN_MOVED,
    },
    Role.CHECK: {
        Ending.SUCCEEDED: _ADVANCE,
        Ending.NOT_REPRODUCED: _ASK,
        Ending.BLOCKED: _MEND,
        Ending.NEEDS_ANSWER: _ASK,
        Ending.NOTHING_CHANGED: _ASK,
        Ending.OVER_BUDGET: _ASK,
        Ending.TIMED_OUT: _ASK,
        Ending.STALLED: _AGAIN_SOON,
        Ending.REFUSED: _ASK,
        Ending.CRASHED: _AGAIN_SOON,
        Ending.LOST: _AGAIN_LOST,
        Ending.STOPPED: _AGAIN_MOVED,
    },
    Role.PUBLISH: {
        Ending.SUCCEEDED: _ADVANCE,
        Ending.NOT_REPRODUCED: _ASK,
        Ending.BLOCKED: _MEND,
        Ending.NEEDS_ANSWER: _ASK,
        Ending.NOTHING_CHANGED: _ASK,
        Ending.OVER_BUDGET: _ASK,
        Ending.TIMED_OUT: _AGAIN_SOON,
        Ending.STALLED: _AGAIN_SOON,
        Ending.REFUSED: _ASK,
        Ending.CRASHED: _AGAIN_SOON,
        Ending.LOST: _AGAIN_LOST,
        Ending.STOPPED: _AGAIN_MOVED,
    },
    Role.JUDGE: {
        Ending.SUCCEEDED: Follow(step=Step.POST),
        Ending.NOT_REPRODUCED: _SKIP,
        Ending.BLOCKED: _SKIP,
        Ending.NEEDS_ANSWER: _SKIP,
        Ending.NOTHING_CHANGED: _SKIP,
        Ending.OVER_BUDGET: _SKIP,
        Ending.TIMED_OUT: _SKIP,
        Ending.STALLED: _AGAIN_OR_SKIP,
        Ending.REFUSED: _SKIP,
        Ending.CRASHED: _AGAIN_OR_SKIP,
        Ending.LOST: _AGAIN_LOST_OR_SKIP,
        Ending.STOPPED: _AGAIN_MOVED,
    },
    Role.OFFER: {
        Ending.SUCCEEDED: _ADVANCE,
        Ending.NOT_REPRODUCED: _LEAVE,
        Ending.BLOCKED: _LEAVE,
        Ending.NEEDS_ANSWER: _LEAVE,
        Ending.NOTHING_CHANGED: _LEAVE,
        Ending.OVER_BUDGET: _LEAVE,
        Ending.TIMED_OUT: _LEAVE,
        Ending.STALLED: _AGAIN_OR_LEAVE,
        Ending.REFUSED: _LEAVE,
        Ending.CRASHED: _AGAIN_OR_LEAVE,
        Ending.LOST: _AGAIN_LOST_OR_LEAVE,
        Ending.STOPPED: _AGAIN_LOST_OR_LEAVE,
    },
}


def after(phase: Phase, event: type[Event]) -> Phase | None:
    """Return the phase that follows, or None when the event means nothing in this phase."""
    return PHASES[phase].get(event)


def holds_after(holds: tuple[Hold, ...], event: Event) -> tuple[Hold, ...]:
    """Return the holds that remain. An expiry lifts only the hold whose timer it is."""
    key = event.key if isinstance(event, HoldExpired) else None
    return tuple(
        hold
        for hold in holds
        if type(event) not in LIFTS[hold.kind] or (key is not None and hold.timer_key != key)
    )


def follow(role: Role, ending: Ending, attempts: int) -> Follow:
    """Return what follows a run of this role that ended so, at its nth attempt (counted from 1)."""
    row = ENDINGS[role][ending]
    exhausted = row.step is Step.AGAIN and attempts >= row.attempts
    return Follow(step=row.then) if exhausted else row
