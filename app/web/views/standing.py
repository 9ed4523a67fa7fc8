"""Where a job stands, and so what it needs: from whom, since when, until when, why, and what comes next. Pure.

The order of the rows is their rank: what a person has to do hides what we wait for, and that hides what runs.
"""

from dataclasses import dataclass
from datetime import datetime

from app.domain.agenda import STAGES, Role
from app.domain.holds import Hold, HoldKind
from app.domain.job import Close, Job, Phase
from app.ledger.rows import RunRow
from app.telling.phrases import count
from app.web.views.models import Needs
from app.web.views.words import capital

YOURS = frozenset({HoldKind.ANSWER, HoldKind.APPROVAL})
"""The holds that only a person lifts, or that a person is asked to lift before their time comes."""

_HELD = {
    HoldKind.DEPENDENCY: "Waiting for other work",
    HoldKind.SNOOZE: "Resting",
    HoldKind.SLOT: "Waiting for a place",
    HoldKind.REVIEW_QUEUE: "Waiting until reviews catch up",
    HoldKind.BUDGET: "Out of budget",
    HoldKind.RATE_LIMIT: "Waiting for a rate limit",
}
_ENDED = {Close.MERGED: "Merged", Close.CLOSED: "Closed", Close.STOPPED: "Stopped"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a job stands. The fields are those of a `JobCard`."""

    needs: Needs
    headline: str
    because: str
    next_step: str
    since: datetime
    until: datetime | None = None
    ready: bool = False


def standing(job: Job, run: RunRow | None) -> Standing:
    """Say where a job stands; `run` is its live run, if it has one."""
    since = job.changed_at or job.opened_at
    yours = next((hold for hold in job.holds if hold.kind in YOURS), None)
    if job.phase is Phase.ENDED:
        headline = _ENDED.get(job.close, "Ended") if job.close else "Ended"
        return Standing(needs=Needs.DONE, headline=headline, because=job.because, next_step="", since=since)
    if job.phase is Phase.IN_REVIEW:
        return _in_review(job, since)
    if yours is not None:
        return _yours(job, yours, since)
    if job.holds:
        return _held(job, job.holds[0], since)
    if run is not None and run.state == "waiting":
        return _in_line(run)
    return _working(job, run, since)


def _in_review(job: Job, since: datetime) -> Standing:
    if job.asks:
        return Standing(
            needs=Needs.WAITING,
            headline="Waiting for more comments",
            because=f"{job.asks[-1].by.called} asked for something, and more may follow",
            next_step="In a minute I take in all of it at once.",
            since=since,
        )
    pull = f"pull request #{job.work.pull_request.number}" if job.work.pull_request else "the pull request"
    return Standing(
        needs=Needs.YOU,
        headline="Ready for your review",
        because=_what_there_is(job),
        next_step=f"Read {pull}, then merge it, ask for changes, or close it.",
        since=since,
        ready=True,
    )


def _what_there_is(job: Job) -> str:
    """What speaks for a change, and what was remarked on it."""
    checks, findings = job.work.checks, job.work.findings
    green = sum(1 for check in checks or () if check.passed or check.flaky)
    checked = f"{count(green, 'check')} passed" if checks else "no checks are configured, so none were run"
    if findings is None:
        return (
            f"{checked}; it was not reviewed: {job.work.review_because}"
            if job.work.review_because
            else checked
        )
    remarks = count(len(findings), "remark") if findings else "no remarks"
    revised = f" after {count(job.revisions, 'revision')}" if job.revisions else ""
    return f"{checked}, and the review has {remarks}{revised}"


def _yours(job: Job, hold: Hold, since: datetime) -> Standing:
    question = job.question
    if hold.kind is HoldKind.APPROVAL:
        headline, next_step = "Waiting for your approval", "Say `/handoff go` on the issue, or stop it."
    elif question is not None:
        default = f" Without an answer I take: {question.recommended}" if question.recommended else ""
        headline, next_step = "A question for you", f"Answer on its page, or on the issue.{default}"
    else:
        headline = "Stuck, and needs your decision"
        next_step = "Say on the issue how to go on, have it tried again, or stop it."
    return Standing(
        needs=Needs.YOU,
        headline=headline,
        because=hold.because,
        next_step=next_step,
        since=since,
        until=hold.until,
    )


def _held(job: Job, hold: Hold, since: datetime) -> Standing:
    again = hold.kind is HoldKind.SNOOZE and job.attempts > 1
    return Standing(
        needs=Needs.WAITING,
        headline="Waiting before the next try" if again else _HELD.get(hold.kind, f"Held: {hold.kind}"),
        because=hold.because,
        next_step=_then(job),
        since=since,
        until=hold.until,
    )


def _in_line(run: RunRow) -> Standing:
    waiting = run.waiting_because or "it is in line, and a worker takes it as soon as there is a place"
    return Standing(
        needs=Needs.WAITING,
        headline="Waiting to go on" if run.releases else "Waiting for a place",
        because=waiting,
        next_step=f"Then: {STAGES[run.stage].doing}.",
        since=run.created_at,
        until=run.not_before,
    )


def _working(job: Job, run: RunRow | None, since: datetime) -> Standing:
    doing = STAGES[run.stage].doing if run else _between(job)
    return Standing(
        needs=Needs.RUNNING,
        headline=capital(doing),
        because=_why_it_runs(job),
        next_step="",
        since=(run.started_at or run.created_at) if run else since,
    )


def _between(job: Job) -> str:
    """What goes on when no run does: what the last one brought is on its way to GitHub."""
    return "posting the review" if job.role is Role.JUDGE else "going on to the next step"


def _why_it_runs(job: Job) -> str:
    """Why the stage under way is taken, where that is not simply the next one."""
    if job.run is not None and job.run.asks:
        return f"{job.run.asks[0].by.called} asked for changes"
    if job.tried and job.role is Role.MAKE:
        return f"this stood in the way: {', '.join(dict.fromkeys(tried.name for tried in job.tried))}"
    return f"attempt {job.attempts}, because the last one did not come to its end" if job.attempts > 1 else ""


def _then(job: Job) -> str:
    return f"Then: {STAGES[job.stage].doing}." if job.stage else ""
