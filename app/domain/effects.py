"""Effects: what we will do about an event, in the imperative. Counterpart: `events.py`.

Effects are rows of an outbox, committed with the decision that wants them. The effects of one decision are
independent of each other; what depends on a result waits for that result as an event. Each may be performed
twice and is seen once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.domain.agenda import Stage
from app.domain.blockers import Tried
from app.domain.conversation import Item, Question
from app.domain.critique import Finding
from app.domain.job import CheckResult


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRun:
    """Put a run into the queue of runs."""

    run: str
    stage: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRun:
    """Tell the worker that has this run to end it now."""

    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer:
    """Ring at an instant. A timer with the same key is moved."""

    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Put 👀 on the issue: seen, and it costs nobody a notification."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowStatus:
    """Bring the one status comment up to date with the job as it is when this is performed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostReview:
    """Post one review with what the run found on `head_sha`."""

    run: str
    head_sha: str
    findings: tuple[Finding, ...]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteCheck:
    """Bring the check run on the head to its conclusion, in GitHub's words."""

    conclusion: Literal["success", "neutral", "failure"]
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkReady:
    """Turn the draft into a pull request that is ready for review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReview:
    """Ask a person for a review."""

    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SayReady:
    """Write the one new comment that says: ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SayNeedsYou:
    """Write a new comment that says what a person must do, and why."""

    because: str
    checks: tuple[CheckResult, ...] = ()
    question: Question | None = None
    tried: tuple[Tried, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveLabel:
    """Take our label off the issue: the job is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SayAnswerTaken:
    """Write a comment that says which answer was taken when the deadline came."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SayWords:
    """Answer somebody who asked for an explanation: `what` is help, why or hint."""

    what: str
    key: str
    login: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyInThread:
    """Reply to one thing that was asked for, in its own thread, and resolve the thread if it is ours and done."""

    item: Item
    sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SayRevised:
    """Write the one closing comment of a revision: what became of each thing that was asked for."""

    items: tuple[Item, ...]
    sha: str
    login: str


Internal = StartRun | CancelRun | SetTimer
"""Effects that are rows of the ledger themselves, and take place with the commit."""

External = (
    Acknowledge
    | ShowStatus
    | PostReview
    | CompleteCheck
    | MarkReady
    | RequestReview
    | SayReady
    | SayNeedsYou
    | SayAnswerTaken
    | SayWords
    | SayRevised
    | ReplyInThread
    | RemoveLabel
)
"""Effects that are performed on GitHub afterwards."""

Effect = Internal | External
