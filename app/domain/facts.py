"""Facts: what arrived in the inbox, in our own words. What we make of them is decided in `admit`.

Counterpart: `events.py`, what a fact means to a job. A fact's `act_key` names the human act behind it,
so that the same act by webhook, by poll and by redelivery counts once.
"""

from dataclasses import dataclass
from datetime import datetime

from app.domain.ids import Actor, Repository, lane
from app.domain.verbs import Command, Misunderstood


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What every fact about an issue or a pull request has."""

    act_key: str
    repository: Repository
    number: int
    by: Actor
    at: datetime

    @property
    def lane(self) -> str:
        """The lane in which this fact is taken in."""
        return lane(self.repository.id, self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLabeled(Heard):
    """Somebody put a label on an issue. Title and body are as they were at that moment."""

    label: str
    title: str
    body: str
    author: Actor
    is_pull_request: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueUnlabeled(Heard):
    """Somebody took a label off an issue."""

    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueClosed(Heard):
    """Somebody closed an issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRemoved(Heard):
    """An issue was deleted, or transferred to another repository."""

    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentWritten(Heard):
    """Somebody wrote a comment on an issue or, outside any review, on a pull request."""

    comment_id: int
    body: str
    on_pull_request: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandGiven(Heard):
    """A comment holds a command, or a line that was meant as one; `place` counts from 1. Made by intake, never sent."""

    comment_id: int
    place: int
    command: Command | Misunderstood
    on_pull_request: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxTicked(Heard):
    """A person ticked a checkbox in a bot's comment. Whether the bot is us, and the box was offered, is not judged yet."""

    comment_id: int
    comment_author: Actor
    box: str
    on_pull_request: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSubmitted(Heard):
    """Somebody submitted a review on a pull request. `state` is approved, commented or changes_requested."""

    review_id: int
    state: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDismissed(Heard):
    """Somebody dismissed a review: it counts no longer."""

    review_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchPushed(Heard):
    """The branch of a pull request moved. GitHub does not say whether its history was rewritten."""

    before_sha: str
    head_sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestDrafted(Heard):
    """Somebody turned a pull request into a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestReadied(Heard):
    """Somebody took a pull request out of draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestReopened(Heard):
    """Somebody opened a closed pull request again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseChanged(Heard):
    """Somebody aimed a pull request at another branch."""

    base: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestClosed(Heard):
    """A pull request was closed, by merging it or without. So it is too when its branch is deleted."""

    merged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAsked(Heard):
    """Somebody asked for a job to be stopped, at the command line or at the desk (never a webhook)."""

    job: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunClaimed(Heard):
    """A worker took a run."""

    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReported(Heard):
    """A run came to its end, or its worker was lost. The report itself is in the run's row."""

    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectReported(Heard):
    """An effect that the job waits for was performed, or cannot be. The result is in the effect's row."""

    effect: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRang(Heard):
    """A timer of a job is due."""

    job: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSeen(Heard):
    """We saw, going the rounds, that a pull request cannot be merged into its base any more."""

    job: str
    base_sha: str


Fact = (
    ConflictSeen
    | IssueLabeled
    | IssueUnlabeled
    | IssueClosed
    | IssueRemoved
    | CommentWritten
    | CommandGiven
    | BoxTicked
    | ReviewSubmitted
    | ReviewDismissed
    | BranchPushed
    | PullRequestDrafted
    | PullRequestReadied
    | PullRequestReopened
    | BaseChanged
    | PullRequestClosed
    | StopAsked
    | RunClaimed
    | RunReported
    | EffectReported
    | TimerRang
)


@dataclass(frozen=True, slots=True)
class Unread:
    """A delivery that means nothing to us, with the reason that answers why nothing happened."""

    because: str
