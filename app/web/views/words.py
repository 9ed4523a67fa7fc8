"""The pages' own words: an event as a clause, a proof as a sentence, the state of the machinery. Pure."""

from typing import assert_never

from app.domain.agenda import STAGES, Stage
from app.domain.events import (
    AnswerGiven,
    BranchMoved,
    BranchRewritten,
    ConflictFound,
    Event,
    GoGiven,
    HoldExpired,
    JobRequested,
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
from app.domain.ids import Actor
from app.domain.job import Close, Job
from app.domain.kinds import KINDS


def capital(text: str) -> str:
    """Return a text with a capital first letter, and otherwise as it is."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Return a clause as a sentence; nothing stays nothing."""
    said = capital(text.strip())
    return said if not said or said[-1] in ".!?…" else f"{said}."


def what_happened(event: Event, stage: Stage | None) -> str:
    """Return an event as a clause. `stage` is that of the run which it is about, where it is about one."""
    doing = STAGES[stage].doing if stage else "a run"
    match event:
        case JobRequested(snapshot=snapshot, kind=kind):
            return f"{snapshot.asked_by.called} {KINDS[kind].begun}"
        case RunStarted():
            return f"Began {doing}"
        case RunEnded(report=report):
            return f"{capital(doing)}: {report.ending}"
        case ReviewPosted():
            return "The review was posted"
        case ReviewImpossible():
            return "The review could not be posted"
        case HoldExpired():
            return "The wait was over"
        case SourceGone():
            return "The issue went away"
        case RevisionDue():
            return "No more comments came"
        case ConflictFound():
            return "A conflict with the base branch was found"
        case PullRequestTouched():
            return "Somebody changed the pull request"
        case _:
            return _what_a_person_did(event)


_Personal = (
    Stopped
    | Settled
    | AnswerGiven
    | RetryAsked
    | GoGiven
    | SnoozeAsked
    | ReviewAsked
    | WordsAsked
    | RevisionAsked
    | RevisionNoted
    | BranchMoved
    | BranchRewritten
)


def _what_a_person_did(event: _Personal) -> str:
    who = _person(event).called
    match event:
        case Stopped(how=how):
            return f"{who} {how}"
        case Settled(close=close):
            return f"{who} {'merged' if close is Close.MERGED else 'closed'} the pull request"
        case AnswerGiven():
            return f"{who} answered"
        case RetryAsked():
            return f"{who} asked for another try"
        case GoGiven():
            return f"{who} said: go on"
        case SnoozeAsked(until=until):
            return f"{who} put this to rest until {until:%Y-%m-%d %H:%M} UTC"
        case ReviewAsked():
            return f"{who} asked for a review"
        case WordsAsked(what=what):
            return f"{who} asked for words ({what})"
        case RevisionAsked():
            return f"{who} asked for changes in a review"
        case RevisionNoted():
            return f"{who} asked for something in a comment"
        case BranchMoved(head_sha=head_sha):
            return f"{who} moved the branch to {head_sha[:7]}"
        case BranchRewritten():
            return f"{who} force-pushed the branch"
        case _:
            assert_never(event)


def _person(event: _Personal) -> Actor:
    match event:
        case RevisionAsked(ask=ask) | RevisionNoted(ask=ask):
            return ask.by
        case _:
            return event.by


def who_did(event: Event) -> str | None:
    """Return the login of the person behind an event, None where there is none."""
    match event:
        case JobRequested(snapshot=snapshot):
            return snapshot.asked_by.login
        case RevisionAsked(ask=ask) | RevisionNoted(ask=ask):
            return ask.by.login
        case (
            RunStarted()
            | RunEnded()
            | ReviewPosted()
            | ReviewImpossible()
            | HoldExpired()
            | SourceGone()
            | RevisionDue()
            | ConflictFound()
            | PullRequestTouched()
        ):
            return None
        case _:
            return event.by.login


def proof(job: Job) -> str | None:
    """Return what running the change's own tests showed, None where they were not run."""
    shown = job.work.proof
    if shown is None or not shown.green_on_head:
        return None
    names = ", ".join(f"`{name}`" for name in shown.names or shown.tests)
    main = f"`{job.snapshot.default_branch}`"
    if shown.red_on_base and shown.red_reversed:
        return f"Red on {main}, green here, and red again with the change taken back: {names}."
    return f"The change's own tests pass on {main} as well, so they do not prove it: {names}."
