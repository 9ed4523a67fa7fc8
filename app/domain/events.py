"""Events: what happened to a job, in the past tense. Counterpart: `effects.py`, what we do about it.

An event is the only way in: whatever arrives, by whatever road, becomes one of these before a job hears it.
"""

from dataclasses import dataclass
from datetime import datetime

from app.domain.conversation import Ask
from app.domain.ids import Actor, Repository
from app.domain.job import Close, Kind, Report, Snapshot
from app.domain.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequested:
    """An authorised person asked for work. The only event that meets no job."""

    at: datetime
    job: str
    kind: Kind
    repository: Repository
    number: int
    snapshot: Snapshot
    policy: Policy
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """A worker began the run."""

    at: datetime
    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """A run came to one of its endings."""

    at: datetime
    run: str
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPosted:
    """Our review can be read on the pull request."""

    at: datetime
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewImpossible:
    """Our review cannot be posted, and trying again would not help."""

    at: datetime
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A person wants this job to end now."""

    at: datetime
    by: Actor
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceGone:
    """The issue was closed, deleted or transferred while its job had nothing to merge yet."""

    at: datetime
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The job's pull request was merged or closed by a person."""

    at: datetime
    by: Actor
    close: Close


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldExpired:
    """The time until which a hold was placed has come. `key` names the hold's timer."""

    at: datetime
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGiven:
    """An authorised person answered what we asked, or told us what to do about what we reported."""

    at: datetime
    by: Actor
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryAsked:
    """An authorised person wants the step that failed to be tried again."""

    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class GoGiven:
    """An authorised person says: go on, as you recommend."""

    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeAsked:
    """An authorised person wants this job to rest until an instant."""

    at: datetime
    by: Actor
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAsked:
    """An authorised person wants the pull request to be reviewed once more."""

    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsAsked:
    """Somebody asked us to explain something: `what` is help, why, or a hint about words we did not understand."""

    at: datetime
    by: Actor
    what: str
    key: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionAsked:
    """An authorised person asked for changes, in a review that they submitted."""

    at: datetime
    ask: Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionNoted:
    """An authorised person asked for changes in a loose comment; more may follow, so we wait a little."""

    at: datetime
    ask: Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionDue:
    """The time to wait for more loose comments is over."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchMoved:
    """A person added commits to our branch."""

    at: datetime
    by: Actor
    head_sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchRewritten:
    """A person force-pushed our branch: what we built on is gone from it."""

    at: datetime
    by: Actor
    head_sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictFound:
    """The pull request cannot be merged into its base as it is."""

    at: datetime
    base_sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestTouched:
    """A person changed something about the pull request that is theirs to change; we only take note."""

    at: datetime
    because: str


Event = (
    JobRequested
    | RunStarted
    | RunEnded
    | ReviewPosted
    | ReviewImpossible
    | Stopped
    | SourceGone
    | Settled
    | HoldExpired
    | AnswerGiven
    | RetryAsked
    | GoGiven
    | SnoozeAsked
    | ReviewAsked
    | WordsAsked
    | RevisionAsked
    | RevisionNoted
    | RevisionDue
    | BranchMoved
    | BranchRewritten
    | ConflictFound
    | PullRequestTouched
)
