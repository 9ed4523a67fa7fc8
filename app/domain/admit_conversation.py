"""What people's words and acts around a pull request mean to its job, and who may say them. Pure; part of `admit`."""

from datetime import datetime
from typing import assert_never

from app.domain import commands
from app.domain.conversation import Ask, AskKind
from app.domain.events import (
    AnswerGiven,
    BranchMoved,
    BranchRewritten,
    Event,
    GoGiven,
    PullRequestTouched,
    RetryAsked,
    ReviewAsked,
    RevisionAsked,
    RevisionNoted,
    SnoozeAsked,
    Stopped,
    WordsAsked,
)
from app.domain.evidence import WRITERS, Evidence, Moved, concerns_us, waits_for_answer
from app.domain.facts import (
    BaseChanged,
    BoxTicked,
    BranchPushed,
    CommandGiven,
    CommentWritten,
    PullRequestDrafted,
    PullRequestReadied,
    PullRequestReopened,
    ReviewDismissed,
    ReviewSubmitted,
)
from app.domain.ids import Actor
from app.domain.ignored import Ignored
from app.domain.job import Job
from app.domain.kinds import KINDS
from app.domain.verbs import Answer, Go, Help, Misunderstood, Retry, Review, Snooze, Stop, Why

Touch = ReviewDismissed | PullRequestDrafted | PullRequestReadied | PullRequestReopened | BaseChanged

ASKED = "asked me to stop"
"""How a job is stopped where nothing is said: at the command line, at the desk."""

BOX = "answer-"
"""Boxes that answer a question are keyed by the option's place, counted from 1."""


def command(fact: CommandGiven, evidence: Evidence, at: datetime) -> Event | Ignored:
    """A command: who gave it counts first, then whether there is a job to give it to."""
    refusal = None if fact.from_owner else _may_not_steer(fact.by, evidence)
    if refusal is not None:
        return refusal
    if evidence.job is None and fact.job:
        return Ignored(f"job {fact.job} had ended before this was heard")
    if evidence.job is None:
        return Ignored(
            "there is no open job here",
            tell=f"there is no open job here, so there is nothing for me to do. Put the label `{evidence.us.label}` on "
            "an issue to hand it over.",
        )
    by, key = fact.by, fact.act_key.removeprefix("comment:")
    match fact.command:
        case Misunderstood(hint=hint):
            return WordsAsked(at=at, by=by, what="hint", key=key, text=hint)
        case Help():
            return WordsAsked(at=at, by=by, what="help", key=key)
        case Why():
            return WordsAsked(at=at, by=by, what="why", key=key)
        case Stop():
            return Stopped(at=at, by=by, how=ASKED if fact.job else "said `/handoff stop`")
        case Retry():
            return RetryAsked(at=at, by=by)
        case Answer(text=text):
            return AnswerGiven(at=at, by=by, text=text)
        case Go():
            return GoGiven(at=at, by=by)
        case Snooze(duration=duration):
            return SnoozeAsked(at=at, by=by, until=fact.at + duration)
        case Review():
            return ReviewAsked(at=at, by=by) if _tended(evidence.job) else _by_hand(by, at)
        case _:
            assert_never(fact.command)


def comment(fact: CommentWritten, evidence: Evidence, at: datetime) -> Event | Ignored:
    """A loose comment: an answer to what we asked, a request to us on the pull request, or none of our business."""
    job = evidence.job
    if fact.by.is_bot:
        return Ignored(f"@{fact.by.login} is a bot, and only people steer a job")
    if fact.edited_by is not None:
        return _not_their_words(fact.by, fact.edited_by)
    if commands.parse(fact.body):
        return Ignored("it holds commands, and each of them is heard by itself")
    if job is None:
        return Ignored("there is no open job here")
    if not concerns_us(fact, job, evidence.us.slug):
        return Ignored("it is not addressed to me")
    refusal = _may_not_steer(fact.by, evidence)
    if refusal is not None:
        return refusal
    if waits_for_answer(job):
        return AnswerGiven(at=at, by=fact.by, text=fact.body)
    if not _tended(job):
        return _by_hand(fact.by, at)
    ask = Ask(kind=AskKind.COMMENT, id=fact.comment_id, by=fact.by, at=fact.at, text=fact.body)
    return RevisionNoted(at=at, ask=ask)


def review(fact: ReviewSubmitted, evidence: Evidence, at: datetime) -> Event | Ignored:
    """A review is the unit of a revision; GitHub also wraps every single comment and reply into an empty one."""
    if fact.by.is_bot:
        return Ignored(f"@{fact.by.login} is a bot, and only people steer a job")
    if evidence.job is None:
        return Ignored("there is no open job here")
    if fact.edited_by is not None:
        return _not_their_words(fact.by, fact.edited_by)
    if fact.state == "approved":
        return Ignored("an approval asks for nothing; merging is for people")
    refusal = _may_not_steer(fact.by, evidence)
    if refusal is not None:
        return refusal
    comments, text = evidence.review_comments or 0, commands.without_commands(fact.body)
    if not text and not comments:
        because = (
            "it holds commands, and each of them is heard by itself"
            if fact.body.strip()
            else "the review is empty"
        )
        return Ignored(because)
    if not _tended(evidence.job):
        return _by_hand(fact.by, at)
    ask = Ask(kind=AskKind.REVIEW, id=fact.review_id, by=fact.by, at=fact.at, text=text)
    loose = not text and comments == 1 and fact.state == "commented"
    return RevisionNoted(at=at, ask=ask) if loose else RevisionAsked(at=at, ask=ask)


def box(fact: BoxTicked, evidence: Evidence, at: datetime) -> Event | Ignored:
    """A box in our own comment is as good an answer as words."""
    job = evidence.job
    if fact.comment_author.login != evidence.us.bot_login:
        return Ignored(f"the comment with the box is by @{fact.comment_author.login}, not by me")
    if job is None or job.question is None or not waits_for_answer(job):
        return Ignored("nothing is asked here any more")
    refusal = _may_not_steer(fact.by, evidence)
    if refusal is not None:
        return refusal
    place = fact.box.removeprefix(BOX)
    if not place.isdecimal() or not 1 <= int(place) <= len(job.question.options):
        return Ignored(f"the box `{fact.box}` is none of mine")
    return AnswerGiven(at=at, by=fact.by, text=job.question.options[int(place) - 1])


def push(fact: BranchPushed, evidence: Evidence, at: datetime) -> Event | Ignored:
    """Somebody moved the branch of the pull request; our own pushes are known by their author or their commit."""
    job = evidence.job
    if job is None:
        return Ignored("there is no open job here")
    if fact.by.login == evidence.us.bot_login or fact.head_sha in {job.work.pushed_sha, job.work.head_sha}:
        return Ignored("that was my own push")
    if not _tended(job):
        because = f"@{fact.by.login} pushed to the branch, and what is on it is theirs now"
        return PullRequestTouched(at=at, because=because)
    if evidence.moved is Moved.AHEAD:
        return BranchMoved(at=at, by=fact.by, head_sha=fact.head_sha)
    return BranchRewritten(at=at, by=fact.by, head_sha=fact.head_sha)


def touch(fact: Touch, evidence: Evidence, at: datetime) -> Event | Ignored:
    """A person changed what is theirs to change; we note it and leave it so."""
    if fact.by.is_bot:
        return Ignored(f"@{fact.by.login} is a bot, and only people steer a job")
    if evidence.job is None:
        return Ignored("there is no open job here")
    return PullRequestTouched(at=at, because=_touched(fact))


def _touched(fact: Touch) -> str:
    who = f"@{fact.by.login}"
    match fact:
        case ReviewDismissed():
            return f"{who} dismissed a review; what I did about it stays as it is"
        case PullRequestDrafted():
            return (
                f"{who} turned the pull request into a draft, and I leave it so until a person makes it ready"
            )
        case PullRequestReadied():
            return f"{who} made the pull request ready for review"
        case PullRequestReopened():
            return f"{who} opened the pull request again"
        case BaseChanged(base=base):
            return f"{who} aimed the pull request at `{base}`; the checks were run for the branch it was made for"
        case _:
            assert_never(fact)


def _tended(job: Job) -> bool:
    return KINDS[job.kind].tended


def _by_hand(by: Actor, at: datetime) -> WordsAsked:
    """Nobody but people changes this pull request; its key makes that said once, however much is asked for."""
    return WordsAsked(at=at, by=by, what="by-hand", key="by-hand")


def _not_their_words(by: Actor, edited_by: Actor) -> Ignored:
    return Ignored(
        f"@{edited_by.login} edited it before I read it, so I cannot tell what @{by.login} wrote; please say it once more"
    )


def _may_not_steer(by: Actor, evidence: Evidence) -> Ignored | None:
    if by.is_bot:
        return Ignored(f"@{by.login} is a bot, and only people steer a job")
    if evidence.role not in WRITERS:
        return Ignored(
            f"@{by.login} has the role {evidence.role or 'none'} here, and steering a job needs write"
        )
    return None
