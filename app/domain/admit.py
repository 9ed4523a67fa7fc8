"""admit: a fact and its evidence in, an event or a stored reason out. Pure.

It answers two questions: may this person ask that, and what does it mean to the job? The reason for every *no*
is kept, because *why did nothing happen?* deserves an answer.
"""

from datetime import datetime
from typing import assert_never

from app.domain import admit_conversation as conversation
from app.domain import admit_installation, ids
from app.domain.acts import is_earlier
from app.domain.decide import DEBOUNCE_KEY
from app.domain.events import (
    ConflictFound,
    Event,
    HoldExpired,
    JobRequested,
    ReviewImpossible,
    ReviewPosted,
    RevisionDue,
    RunEnded,
    RunStarted,
    Settled,
    SourceGone,
    Stopped,
)
from app.domain.evidence import WRITERS, Evidence
from app.domain.facts import (
    BaseChanged,
    BoxTicked,
    BranchPushed,
    CommandGiven,
    CommentWritten,
    ConflictSeen,
    EffectReported,
    Fact,
    IssueClosed,
    IssueLabeled,
    IssueRemoved,
    IssueUnlabeled,
    PullRequestClosed,
    PullRequestDrafted,
    PullRequestReadied,
    PullRequestReopened,
    RepositoryInstalled,
    ReviewDismissed,
    ReviewSubmitted,
    RunClaimed,
    RunReported,
    StopAsked,
    TimerRang,
)
from app.domain.ignored import Ignored
from app.domain.job import Close, Kind, Phase, Snapshot
from app.domain.kinds import KINDS


def admit(fact: Fact, evidence: Evidence, at: datetime) -> Event | Ignored:
    """Return the event that this fact means to its job, or why it means nothing."""
    if evidence.job is not None and is_earlier(fact, evidence.job.snapshot.asked_at):
        return Ignored("it happened before this work was handed over, and arrived late")
    match fact:
        case IssueLabeled():
            return _labeled(fact, evidence, at)
        case IssueUnlabeled():
            return _unlabeled(fact, evidence, at)
        case IssueClosed() | IssueRemoved():
            return _gone(fact, evidence, at)
        case CommentWritten():
            return conversation.comment(fact, evidence, at)
        case ReviewSubmitted():
            return conversation.review(fact, evidence, at)
        case CommandGiven():
            return conversation.command(fact, evidence, at)
        case BoxTicked():
            return conversation.box(fact, evidence, at)
        case BranchPushed():
            return conversation.push(fact, evidence, at)
        case (
            ReviewDismissed()
            | PullRequestDrafted()
            | PullRequestReadied()
            | PullRequestReopened()
            | BaseChanged()
        ):
            return conversation.touch(fact, evidence, at)
        case PullRequestClosed(by=by, merged=merged):
            close = Close.MERGED if merged else Close.CLOSED
            return _ours(evidence, Settled(at=at, by=by, close=close))
        case RepositoryInstalled():
            return admit_installation.installed(fact, evidence, at)
        case StopAsked(by=by) if not by.is_owner:
            return Ignored(
                f"@{by.login} is not at the command line, and only from there a job is stopped unasked"
            )
        case StopAsked(by=by):
            return _ours(evidence, Stopped(at=at, by=by, how=conversation.ASKED))
        case RunClaimed(run=run):
            return _ours(evidence, RunStarted(at=at, run=run))
        case RunReported(run=run):
            return _run_reported(run, evidence, at)
        case EffectReported():
            return _effect_reported(evidence, at)
        case ConflictSeen(base_sha=base_sha):
            return _conflict(base_sha, evidence, at)
        case TimerRang(key=key):
            due = RevisionDue(at=at) if key == DEBOUNCE_KEY else HoldExpired(at=at, key=key)
            return _ours(evidence, due)
        case _:
            assert_never(fact)


def _labeled(fact: IssueLabeled, evidence: Evidence, at: datetime) -> Event | Ignored:
    refusal = _why_not(fact, evidence)
    if refusal is not None:
        return refusal
    assert evidence.repository is not None, "looked up for every label of ours"
    assert evidence.policy is not None, "looked up for every label of ours"
    snapshot = Snapshot(
        title=fact.title,
        body=fact.body,
        author=fact.author,
        asked_by=fact.by,
        asked_at=fact.at,
        private=evidence.repository.private,
        default_branch=evidence.repository.default_branch,
    )
    ordinal = evidence.earlier_jobs + 1
    return JobRequested(
        at=at,
        job=ids.job_id(fact.act_key),
        kind=Kind.BUILD,
        repository=fact.repository,
        number=fact.number,
        snapshot=snapshot,
        policy=evidence.policy,
        branch=ids.branch(evidence.us.branch_prefix, fact.number, fact.title, ordinal),
    )


def _why_not(fact: IssueLabeled, evidence: Evidence) -> Ignored | None:
    """Return why this label starts nothing, or None when it does. The order is from cheap to telling."""
    us = evidence.us
    if fact.label != us.label:
        return Ignored(f"the label `{fact.label}` is not mine; mine is `{us.label}`")
    if fact.is_pull_request:
        return Ignored(f"`{us.label}` was put on a pull request, and I take issues")
    if fact.by.is_bot:
        return Ignored(f"@{fact.by.login} is a bot, and only people hand work over")
    if evidence.job is not None:
        return Ignored(f"there is an open job for this issue already ({evidence.job.id})")
    if evidence.gone is not None:
        return Ignored(evidence.gone)
    if evidence.role not in WRITERS:
        return Ignored(
            f"@{fact.by.login} has the role {evidence.role or 'none'} here, and handing work over needs write"
        )
    return _why_not_now(fact, evidence)


def _why_not_now(fact: IssueLabeled, evidence: Evidence) -> Ignored | None:
    repository, issue = evidence.repository, evidence.issue
    if repository is None or issue is None:
        return Ignored("the repository or the issue could not be found")
    if repository.archived:
        return Ignored("the repository is archived, so nothing can be pushed to it")
    if not issue.open:
        return Ignored("the issue is closed")
    if fact.label not in issue.labels:
        return Ignored(f"`{fact.label}` was taken off again before I could begin")
    if fact.text_changed or (issue.title, issue.body) != (fact.title, fact.body):
        because = "the issue's text was changed after it was labelled, so I do not know which text was meant"
        return Ignored(
            because,
            tell=f"I could not start: {because}. Please read it once more, then take the label off and put it on again.",
        )
    if repository.empty:
        because = "the repository is empty, so there is nothing to branch from"
        return Ignored(
            because,
            tell=f"I could not start: {because}. Please push a first commit, then take the label off and put it on again.",
        )
    if evidence.bad_policy is not None:
        return Ignored(
            evidence.bad_policy,
            tell=f"I could not start: {evidence.bad_policy} Please mend it on the default branch, then take the label off and put it on again.",
        )
    return None


def _unlabeled(fact: IssueUnlabeled, evidence: Evidence, at: datetime) -> Event | Ignored:
    if fact.label != evidence.us.label:
        return Ignored(f"the label `{fact.label}` is not mine; mine is `{evidence.us.label}`")
    if fact.by.is_bot:
        return Ignored(f"@{fact.by.login} is a bot; when I take my own label off, the job has ended already")
    return _ours(evidence, Stopped(at=at, by=fact.by, how=f"took the label `{fact.label}` off"))


def _gone(fact: IssueClosed | IssueRemoved, evidence: Evidence, at: datetime) -> Event | Ignored:
    how = "closed" if isinstance(fact, IssueClosed) else fact.how
    job = evidence.job
    if job is not None and job.phase is Phase.IN_REVIEW and isinstance(fact, IssueClosed):
        return Ignored("the pull request is what counts now: merging or closing it ends the job")
    return _ours(evidence, SourceGone(at=at, because=f"@{fact.by.login} {how} the issue"))


def _conflict(base_sha: str, evidence: Evidence, at: datetime) -> Event | Ignored:
    if evidence.job is not None and not KINDS[evidence.job.kind].tended:
        return Ignored("this pull request is kept up to date by hand")
    return _ours(evidence, ConflictFound(at=at, base_sha=base_sha))


def _run_reported(run: str, evidence: Evidence, at: datetime) -> Event | Ignored:
    report = evidence.report
    if report is None:
        return Ignored(f"run {run} has left no report")
    return _ours(evidence, RunEnded(at=at, run=run, report=report))


def _effect_reported(evidence: Evidence, at: datetime) -> Event | Ignored:
    result = evidence.effect
    if result is None or result.kind != "PostReview":
        return Ignored("nothing waits for the result of this effect")
    posted = ReviewPosted if result.done else ReviewImpossible
    return _ours(evidence, posted(at=at, because=result.because))


def _ours(evidence: Evidence, event: Event) -> Event | Ignored:
    """Return the event if there is an open job to hear it."""
    return event if evidence.job is not None else Ignored("there is no open job here")
