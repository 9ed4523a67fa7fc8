"""What follows when a run has ended: the next stage, another try, a fix, a person, or the announcement. Pure.

Which of these it is, is said by the table of endings in `lifecycle`; here it is only carried out.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Literal, assert_never

from app.domain import critique, lifecycle
from app.domain.agenda import REVISION, STAGES, Ending, Role, Stage, Tier
from app.domain.blockers import Tried, next_tier
from app.domain.decision import Decision
from app.domain.effects import (
    CompleteCheck,
    Effect,
    MarkReady,
    PostReview,
    ReplyInThread,
    RequestReview,
    SayNeedsYou,
    SayReady,
    SayRevised,
    SetTimer,
    ShowStatus,
    StartRun,
)
from app.domain.events import RunEnded
from app.domain.holds import Hold, HoldKind
from app.domain.ids import run_id
from app.domain.job import CheckResult, Close, Job, LiveRun, Phase, Report
from app.domain.lifecycle import Step

ANSWER_SECONDS = 3 * 24 * 3600
"""How long a question waits for a person before its recommended answer is taken."""


def seconds(count: int) -> timedelta:
    """A span of time."""
    return timedelta(seconds=count)


def run_ended(job: Job, event: RunEnded) -> Decision:
    """Take in the report, then do what the table of endings says."""
    report, before = event.report, job.work.head_sha
    role = job.role
    assert role is not None, "a live run has a stage"
    row = lifecycle.follow(role, report.ending, job.attempts)
    run = job.run
    assert run is not None, "checked by the caller"
    job = replace(take_in(job, report), run=None, because=report.because)
    if report.ending is Ending.SUCCEEDED:
        job = replace(job, asks=tuple(ask for ask in job.asks if ask not in run.asks))
    match row.step:
        case Step.ADVANCE if role is Role.MAKE and before is not None and job.work.head_sha == before:
            # Nothing was changed, so nothing has to be checked or pushed: an answer can be all that was wanted.
            return advance(replace(job, cursor=len(job.agenda) - 1), report.because)
        case Step.ADVANCE:
            return advance(job, report.because)
        case Step.POST:
            post = PostReview(
                run=run.id,
                head_sha=report.head_sha or "",
                findings=(*(report.findings or ()), *(job.work.weakened or ())),
                summary=report.summary or "",
            )
            return Decision(job=job, effects=(post,), because=report.because)
        case Step.AGAIN:
            return _again(job, event, row.pause_seconds)
        case Step.MEND:
            return _mend(job, event)
        case Step.SKIP:
            return advance(
                replace(job, work=replace(job.work, review_because=report.because)), report.because
            )
        case Step.ASK:
            return _ask(job, event)
        case Step.LEAVE:
            return _leave(job, report.because)
        case _:
            assert_never(row.step)


def take_in(job: Job, report: Report) -> Job:
    """Keep what a report knows; what it does not know stays as it was."""
    names = ["base_sha", "head_sha", "checks", "detected", "weakened", "proof", "pull_request", "pushed_sha"]
    names += ["check_run_id", "items"]
    if job.role is not Role.JUDGE:
        names += ["summary", "title", "why", "how_checked"]
    if report.ending is Ending.SUCCEEDED:
        names.append("findings")
    # A revision's words are about the revision; the pull request keeps those it was opened with.
    if job.work.pull_request is not None and job.role is Role.MAKE:
        names = [name for name in names if name not in {"summary", "title", "why", "how_checked"}]
    known = {name: value for name in names if (value := getattr(report, name)) is not None}
    cost = report.cost_dollars
    total = job.work.cost_dollars if cost is None else (job.work.cost_dollars or 0.0) + cost
    work = replace(
        job.work,
        **known,
        cost_dollars=total,
        agents=_with(job.work.agents, report.agent),
        cages=_with(job.work.cages, report.cage),
    )
    return replace(job, work=work, problems=report.problems)


def _with(names: tuple[str, ...], name: str | None) -> tuple[str, ...]:
    return names if name is None or name in names else (*names, name)


def _again(job: Job, event: RunEnded, pause_seconds: int) -> Decision:
    job = replace(job, attempts=job.attempts + 1)
    if not pause_seconds:
        return go_on(job, (ShowStatus(),), event.report.because)
    until = event.at + seconds(pause_seconds * (job.attempts - 1))
    hold = Hold(kind=HoldKind.SNOOZE, because=event.report.because, until=until)
    held = replace(job, holds=(*job.holds, hold))
    effects = (SetTimer(key=hold.timer_key, due_at=until), ShowStatus())
    return Decision(job=held, effects=effects, because=f"{event.report.because}; I try again shortly")


def _mend(job: Job, event: RunEnded) -> Decision:
    """Give what blocks the change to the junior tier, the same once more to the senior tier, then to a person."""
    blockers = event.report.blockers
    tier = next_tier(blockers, job.tried, job.fixes)
    if tier is None or not blockers:
        return _ask(job, event)
    tried = tuple(Tried(blocker=blocker, name=name, tier=tier) for blocker, name in blockers.items())
    return _mended_by(replace(job, tried=(*job.tried, *tried)), tier, event.report.because)


def mend_as_told(job: Job, because: str) -> Decision:
    """A person said what to do about what blocks the change: the senior tier does it."""
    return _mended_by(job, Tier.SENIOR, because)


def _mended_by(job: Job, tier: Tier, because: str) -> Decision:
    stages = (Stage.FIX, Stage.CHECK) if job.role is Role.CHECK else (Stage.FIX, Stage.CHECK, Stage.PUBLISH)
    here = job.cursor + 1
    agenda = (*job.agenda[:here], *stages, *job.agenda[here:])
    return go_on(
        replace(job, agenda=agenda, cursor=here, attempts=1, fixes=job.fixes + 1, tier=tier),
        (ShowStatus(),),
        because,
    )


def _ask(job: Job, event: RunEnded) -> Decision:
    """Park the job at no cost, and ask a person once. A recommended answer is taken when nobody answers in time."""
    report = event.report
    default = report.question is not None and report.question.recommended is not None
    until = event.at + seconds(ANSWER_SECONDS) if default else None
    hold = Hold(kind=HoldKind.ANSWER, because=report.because, until=until)
    held = replace(job, holds=(*job.holds, hold), question=report.question)
    say = SayNeedsYou(
        because=report.because, checks=_standing_in_the_way(job), question=report.question, tried=job.tried
    )
    effects: list[Effect] = [say, ShowStatus()]
    if until is not None:
        effects.append(SetTimer(key=hold.timer_key, due_at=until))
    if job.work.check_run_id is not None:
        effects.append(CompleteCheck(conclusion="neutral", because=report.because))
    return Decision(job=held, effects=tuple(effects), because=report.because)


def _leave(job: Job, because: str) -> Decision:
    """Nobody asked for it, so nobody is bothered: the job is over, and its reason is kept."""
    return Decision(job=replace(job, phase=Phase.ENDED, close=Close.STOPPED, holds=()), because=because)


def _standing_in_the_way(job: Job) -> tuple[CheckResult, ...]:
    return tuple(check for check in job.work.checks or () if check.blocker)


def advance(job: Job, because: str) -> Decision:
    """Move the cursor; start what is next, or announce the work when nothing is."""
    moved = replace(job, cursor=job.cursor + 1, attempts=1, tier=Tier.JUNIOR)
    if moved.stage is None:
        return _announce(moved, because)
    return go_on(moved, (), because)


def go_on(job: Job, effects: tuple[Effect, ...], because: str) -> Decision:
    """Start the stage under the cursor if the job may run."""
    if not job.runnable:
        done = job.phase is Phase.ACTIVE and job.stage is None and not job.holds
        return Decision(
            job=replace(job, phase=Phase.IN_REVIEW) if done else job, effects=effects, because=because
        )
    assert job.stage is not None, "a runnable job has a stage"
    asks = job.asks if STAGES[job.stage].takes_asks else ()
    run = LiveRun(id=run_id(job.id, job.runs + 1), stage=job.stage, tier=job.tier, asks=asks)
    started = replace(job, run=run, runs=job.runs + 1)
    return Decision(job=started, effects=(*effects, StartRun(run=run.id, stage=run.stage)), because=because)


def add_stages(job: Job, stages: tuple[Stage, ...]) -> Job:
    """Add stages behind what was done; only for a job that has nothing left to do."""
    return replace(
        job, phase=Phase.ACTIVE, agenda=(*job.agenda[: job.cursor], *stages), attempts=1, fixes=0, tried=()
    )


def begin_revision(job: Job) -> Decision:
    """Take in everything that was asked for so far, in one revise run."""
    if not job.asks:
        return Decision(job=replace(job, phase=Phase.IN_REVIEW), because="nothing was asked for")
    because = f"{job.asks[0].by.called} asked for changes"
    fresh = replace(job, work=replace(job.work, items=None), because=because)
    return go_on(add_stages(fresh, REVISION), (ShowStatus(),), because)


def _announce(job: Job, because: str) -> Decision:
    """Hand the finished pull request over to people; or take in what they asked for meanwhile."""
    conclusion, verdict = _verdict(job)
    check = CompleteCheck(conclusion=conclusion, because=verdict)
    items = job.work.items
    announced = replace(job, phase=Phase.IN_REVIEW, because=because, tried=())
    if items is None:
        effects: tuple[Effect, ...] = (
            check,
            MarkReady(),
            RequestReview(login=job.snapshot.asked_by.login),
            SayReady(),
            ShowStatus(),
        )
        return _next_revision(announced, effects, because)
    sha = job.work.head_sha or ""
    replies = tuple(ReplyInThread(item=item, sha=sha) for item in items if item.comment is not None)
    login = job.snapshot.asked_by.login
    closing: tuple[Effect, ...] = (
        *replies,
        SayRevised(items=items, sha=sha, login=login),
        check,
        ShowStatus(),
    )
    told = replace(announced, revisions=job.revisions + 1, work=replace(job.work, items=None))
    return _next_revision(told, closing, because)


def _next_revision(job: Job, effects: tuple[Effect, ...], because: str) -> Decision:
    if not job.asks:
        return Decision(job=job, effects=effects, because=because)
    following = begin_revision(job)
    return replace(following, effects=(*effects, *following.effects))


def _verdict(job: Job) -> tuple[Literal["success", "neutral"], str]:
    """Return the check run's conclusion and its reason. Never an approval: people approve."""
    findings = job.work.findings
    if findings is None:
        return "neutral", job.work.review_because or "no review could be made"
    if critique.blocks(findings):
        return "neutral", "the review found something a person should look at before merging"
    return "success", "the checks passed and the review found nothing grave"
