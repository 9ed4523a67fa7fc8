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
    """Somebody put a label on an issue. Title and body are as they were at that moment, unless `text_changed`."""

    label: str
    title: str
    body: str
    author: Actor
    is_pull_request: bool = False
    text_changed: bool = False


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
    """Somebody wrote a comment on an issue or, outside any review, on a pull request.

    `edited_by` is somebody else who edited it before we read it: then these are not the writer's words.
    """

    comment_id: int
    body: str
    on_pull_request: bool
    edited_by: Actor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandGiven(Heard):
    """A comment holds a command, or a line that was meant as one; `place` counts from 1. Made by intake, never sent.

    Where a review holds it, `comment_id` is the review's. With `job` it was given at the desk, to that very job, and
    no comment holds it.
    """

    comment_id: int
    place: int
    command: Command | Misunderstood
    on_pull_request: bool
    job: str = ""

    @property
    def from_owner(self) -> bool:
        """Whether it comes from whoever runs this Handoff, who has no role on GitHub to be looked up."""
        return bool(self.job) and self.by.is_owner


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxTicked(Heard):
    """A person ticked a checkbox in a bot's comment. Whether the bot is us, and the box was offered, is not judged yet."""

    comment_id: int
    comment_author: Actor
    box: str
    on_pull_request: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSubmitted(Heard):
    """Somebody submitted a review on a pull request. `state` is approved, commented or changes_requested.

    `edited_by` is as with a comment.
    """

    review_id: int
    state: str
    body: str
    edited_by: Actor | None = None


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
class RepositoryInstalled(Heard):
    """We were given a repository to work in. Its number is `ids.NO_ISSUE`; it was one of `together`, in this `place`."""

    place: int = 1
    together: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StopAsked(Heard):
    """Whoever runs this Handoff asked at its command line for a job to be stopped (never a webhook)."""

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
    | RepositoryInstalled
    | StopAsked
    | RunClaimed
    | RunReported
    | EffectReported
    | TimerRang
)


@dataclass(frozen=True, slots=True)
class Several:
    """A delivery that states several facts at once, at least one; `more` were left out, because there is a limit."""

    facts: tuple[Fact, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Unread:
    """A delivery that means nothing to us, with the reason that answers why nothing happened."""

    because: str
