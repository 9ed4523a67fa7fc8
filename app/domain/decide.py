"""decide: a job and an event in, a decision out. Pure: no client, no clock, no randomness.

Three moves, each one thought: look up the phase that follows, lift the holds that the event lifts, spell out
the consequence. An event without a row changes nothing, and says why. What follows the end of a run is in
`follow`; what people say and do meanwhile is here.
"""

from dataclasses import replace
from typing import assert_never

from app.domain import follow, lifecycle
from app.domain.agenda import STAGES, Role, Stage
from app.domain.branch import on_the_branch
from app.domain.conversation import Answer, Ask
from app.domain.decision import Decision
from app.domain.effects import (
    Acknowledge,
    CancelRun,
    CompleteCheck,
    Effect,
    RemoveLabel,
    SayAnswerTaken,
    SayWords,
    SetTimer,
    ShowStatus,
)
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
from app.domain.follow import add_stages, advance, go_on, mend_as_told
from app.domain.holds import Hold, HoldKind
from app.domain.job import Close, Job, Phase, Work
from app.domain.kinds import KINDS, fitting

__all__ = ["Decision", "decide", "open_job"]

DEBOUNCE_SECONDS = 60
DEBOUNCE_KEY = "debounce"


def open_job(event: JobRequested) -> Decision:
    """Open a job for work that an authorised person asked for."""
    kind = KINDS[event.kind]
    job = Job(
        id=event.job,
        kind=event.kind,
        repository=event.repository,
        number=event.number,
        phase=Phase.QUEUED,
        snapshot=event.snapshot,
        policy=event.policy,
        agenda=kind.agenda,
        work=Work(branch=event.branch),
        opened_at=event.at,
        changed_at=event.at,
    )
    because = f"@{event.snapshot.asked_by.login} {kind.begun}"
    return _fitted(go_on(replace(job, because=because), (Acknowledge(), ShowStatus()), because))


def decide(job: Job, event: Event) -> Decision:
    """Return what becomes of a job when this happens to it."""
    phase = lifecycle.after(job.phase, type(event))
    if phase is None:
        return Decision(job=job, because=f"{type(event).__name__} means nothing to a job that is {job.phase}")
    lifted = tuple(hold for hold in job.holds if hold not in lifecycle.holds_after(job.holds, event))
    moved = replace(job, phase=phase, holds=lifecycle.holds_after(job.holds, event), changed_at=event.at)
    return _fitted(_consequence(moved, event, lifted))


def _fitted(decision: Decision) -> Decision:
    return replace(decision, effects=fitting(decision.job.kind, decision.effects))


def _consequence(job: Job, event: Event, lifted: tuple[Hold, ...]) -> Decision:
    match event:
        case RunStarted(run=run):
            return _run_started(job, run)
        case RunEnded(run=run):
            return follow.run_ended(job, event) if job.run and job.run.id == run else _stale(job, run)
        case ReviewPosted(because=because) | ReviewImpossible(because=because):
            return advance(replace(job, work=replace(job.work, review_because=because)), because)
        case HoldExpired():
            return _hold_expired(job, lifted)
        case AnswerGiven() | RetryAsked() | GoGiven():
            return _told(job, event, lifted)
        case SnoozeAsked():
            return _snooze(job, event)
        case WordsAsked(what=what, key=key, by=by, text=text):
            words = SayWords(what=what, key=key, login=by.login, text=text)
            return Decision(job=job, effects=(words,), because=f"{by.called} asked for words ({what})")
        case ReviewAsked(by=by):
            return go_on(add_stages(job, (Stage.REVIEW,)), (ShowStatus(),), f"{by.called} asked for a review")
        case RevisionAsked() | RevisionNoted() | RevisionDue():
            return _revision(job, event)
        case BranchMoved() | BranchRewritten() | ConflictFound():
            return on_the_branch(job, event)
        case PullRequestTouched(because=because):
            return Decision(job=replace(job, because=because), effects=(ShowStatus(),), because=because)
        case Stopped(by=by, how=how):
            return _end(job, Close.STOPPED, f"{by.called} {how}")
        case SourceGone(because=because):
            return _end(job, Close.CLOSED, because)
        case Settled(by=by, close=close):
            return _end(job, close, f"{by.called} {close} the pull request")
        case JobRequested():
            return Decision(job=job, because="there is an open job for this issue already")
        case _:
            assert_never(event)


def _stale(job: Job, run: str) -> Decision:
    return Decision(job=job, because=f"run {run} is not the one under way")


def _run_started(job: Job, run: str) -> Decision:
    if job.run is None or job.run.id != run:
        return _stale(job, run)
    because = f"run {run} began"
    started = replace(job, run=replace(job.run, started=True), because=because)
    shown = () if STAGES[job.run.stage].momentary else (ShowStatus(),)
    return Decision(job=started, effects=shown, because=because)


def _hold_expired(job: Job, lifted: tuple[Hold, ...]) -> Decision:
    """Go on; a question that nobody answered in time is answered by what we recommended, and we say so."""
    kinds = {hold.kind for hold in lifted}
    if HoldKind.ANSWER in kinds and job.question is not None and job.question.recommended is not None:
        question, default = job.question.text, job.question.recommended
        because = f"nobody answered in time, so I take what I recommended: {default}"
        answered = _answered(job, Answer(question=question, text=default, by=None))
        return go_on(
            replace(answered, because=because),
            (SayAnswerTaken(question=question, answer=default), ShowStatus()),
            because,
        )
    return go_on(job, (ShowStatus(),), f"the wait is over ({', '.join(sorted(kinds)) or 'nothing waited'})")


def _told(job: Job, event: AnswerGiven | RetryAsked | GoGiven, lifted: tuple[Hold, ...]) -> Decision:
    """A person said how to go on: the step that waited is taken again, with what they said."""
    if not lifted:
        return Decision(job=job, because=f"{event.by.called} answered, but nothing was asked")
    asked = any(hold.kind is HoldKind.ANSWER for hold in lifted)
    because = f"{event.by.called} said how to go on"
    text = _what_was_said(job, event)
    question = job.question.text if job.question else job.because
    told = _answered(job, Answer(question=question, text=text, by=event.by)) if asked and text else job
    fresh = replace(told, attempts=1, question=None, because=because)
    blocked = asked and isinstance(event, AnswerGiven) and job.role in {Role.CHECK, Role.PUBLISH}
    return mend_as_told(fresh, because) if blocked else go_on(fresh, (ShowStatus(),), because)


def _what_was_said(job: Job, event: AnswerGiven | RetryAsked | GoGiven) -> str | None:
    match event:
        case AnswerGiven(text=text):
            return text
        case GoGiven():
            return job.question.recommended if job.question else None
        case RetryAsked():
            return None


def _answered(job: Job, answer: Answer) -> Job:
    return replace(job, answers=(*job.answers, answer), question=None, attempts=1)


def _snooze(job: Job, event: SnoozeAsked) -> Decision:
    because = f"{event.by.called} wants this to rest until {event.until:%Y-%m-%d %H:%M} UTC"
    hold = Hold(kind=HoldKind.SNOOZE, because=because, until=event.until)
    others = tuple(h for h in job.holds if h.kind is not HoldKind.SNOOZE)
    resting = replace(job, holds=(*others, hold), because=because)
    timer = SetTimer(key=hold.timer_key, due_at=event.until)
    return Decision(job=resting, effects=(timer, ShowStatus()), because=because)


def _revision(job: Job, event: RevisionAsked | RevisionNoted | RevisionDue) -> Decision:
    """Collect what is asked for; one revise run takes all of it, and what comes meanwhile is for the next one."""
    match event:
        case RevisionDue():
            return (
                follow.begin_revision(job)
                if _idle(job)
                else Decision(job=job, because="a revision is under way already")
            )
        case RevisionNoted(ask=ask):
            noted = _with_ask(job, ask)
            due = event.at + follow.seconds(DEBOUNCE_SECONDS)
            timer = SetTimer(key=DEBOUNCE_KEY, due_at=due)
            return Decision(
                job=noted, effects=(timer,), because=f"{ask.by.called} asked for something; I wait for more"
            )
        case RevisionAsked(ask=ask):
            noted = _with_ask(job, ask)
            if _idle(job):
                return follow.begin_revision(noted)
            return Decision(job=noted, because=f"{ask.by.called} asked for changes; they are taken in next")


def _idle(job: Job) -> bool:
    return job.stage is None and job.run is None


def _with_ask(job: Job, ask: Ask) -> Job:
    known = {known.key for known in job.asks}
    return job if ask.key in known else replace(job, asks=(*job.asks, ask))


def _end(job: Job, close: Close, because: str) -> Decision:
    effects: list[Effect] = []
    if job.run is not None:
        effects.append(CancelRun(run=job.run.id))
    if job.work.check_run_id is not None and job.stage is not None:
        effects.append(CompleteCheck(conclusion="neutral", because=because))
    effects += [RemoveLabel(), ShowStatus()]
    ended = replace(job, phase=Phase.ENDED, close=close, run=None, holds=(), asks=(), because=because)
    return Decision(job=ended, effects=tuple(effects), because=because)
