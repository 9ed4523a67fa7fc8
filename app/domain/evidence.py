"""Evidence: what was looked up to judge a fact, and which look-ups a fact deserves. No looking up happens here."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.commands import mentions_us
from app.domain.facts import (
    BoxTicked,
    BranchPushed,
    CommandGiven,
    CommentWritten,
    Fact,
    IssueLabeled,
    RepositoryInstalled,
    ReviewSubmitted,
)
from app.domain.holds import HoldKind
from app.domain.job import Job, Report
from app.domain.kinds import KINDS
from app.domain.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Us:
    """Who we are on GitHub, and the label that people hand work over with."""

    slug: str
    label: str
    branch_prefix: str = "handoff/"
    onboarding: bool = True
    """Whether a repository that we are new in is offered a configuration."""

    @property
    def offer_branch(self) -> str:
        """The branch from which a configuration is offered."""
        return f"{self.branch_prefix}configure"

    @property
    def bot_login(self) -> str:
        """The login of our bot user. The brackets keep people from taking it."""
        return f"{self.slug}[bot]"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryState:
    """The repository as it is now."""

    default_branch: str
    private: bool
    archived: bool
    empty: bool
    fork: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueState:
    """The issue as it is now."""

    open: bool
    labels: tuple[str, ...]
    title: str
    body: str
    is_pull_request: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything `admit` may know. What was not looked up, or is not there any more, is None.

    `gone` is the sentence for something that was looked up and is not there. `bad_policy` is the sentence
    for a configuration file that cannot be read. `offered` is the number of a pull request from our offer's
    branch, open or closed.
    """

    us: Us
    job: Job | None = None
    earlier_jobs: int = 0
    role: str | None = None
    repository: RepositoryState | None = None
    issue: IssueState | None = None
    policy: Policy | None = None
    bad_policy: str | None = None
    gone: str | None = None
    review_comments: int | None = None
    moved: "Moved | None" = None
    offered: int | None = None
    report: Report | None = None
    effect: "EffectResult | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectResult:
    """How an effect that a job waits for came out."""

    kind: str
    done: bool
    because: str


class Moved(StrEnum):
    """How a branch moved: on from where it was, or somewhere else, its history rewritten."""

    AHEAD = "ahead"
    REWRITTEN = "rewritten"


class Look(StrEnum):
    """A question to GitHub, in the order in which they are asked."""

    ROLE = "role"
    REPOSITORY = "repository"
    ISSUE = "issue"
    POLICY = "policy"
    REVIEW = "review"
    MOVE = "move"
    OFFER = "offer"


WRITERS = frozenset({"write", "maintain", "admin"})
"""The roles that may hand over, steer and stop work (GitHub's `role_name`)."""


def looks(fact: Fact, us: Us, job: Job | None) -> tuple[Look, ...]:
    """Return which look-ups this fact deserves; most deserve none, and then cost GitHub nothing.

    Taking the label off needs none: GitHub lets only people with triage access do it, and stopping is the
    safe direction.
    """
    if fact.by.is_bot:
        return ()
    match fact:
        case IssueLabeled(label=us.label, is_pull_request=False):
            return () if job else REQUEST
        case CommandGiven(from_owner=from_owner):
            return () if from_owner else (Look.ROLE,)
        case CommentWritten():
            return (Look.ROLE,) if job and concerns_us(fact, job, us.slug) else ()
        case ReviewSubmitted():
            return () if job is None or fact.state == "approved" else (Look.ROLE, Look.REVIEW)
        case BoxTicked(comment_author=author):
            return (Look.ROLE,) if job and author.login == us.bot_login else ()
        case BranchPushed(head_sha=head_sha):
            # What is pushed to a pull request that people keep is theirs, wherever it stands.
            if job is None or not KINDS[job.kind].tended:
                return ()
            return () if head_sha in {job.work.pushed_sha, job.work.head_sha} else (Look.MOVE,)
        case RepositoryInstalled(place=place):
            return () if job or not us.onboarding or place > OFFERS_AT_ONCE else OFFERING
        case _:
            return ()


REQUEST = (Look.ROLE, Look.REPOSITORY, Look.ISSUE, Look.POLICY)
"""What a label of ours is judged by."""

OFFERING = (Look.REPOSITORY, Look.POLICY, Look.OFFER)
"""What decides whether a repository is offered a configuration."""

OFFERS_AT_ONCE = 10
"""Somebody who installs us on all of their repositories must not find a pull request in each of them."""


def concerns_us(fact: CommentWritten, job: Job, slug: str) -> bool:
    """Whether a comment is meant for us: we asked something, or it speaks to us by name on the pull request."""
    return waits_for_answer(job) or (fact.on_pull_request and mentions_us(fact.body, slug))


def waits_for_answer(job: Job) -> bool:
    """Whether a job waits for a person to say how to go on."""
    return any(hold.kind is HoldKind.ANSWER for hold in job.holds)
