"""The answers for people at a terminal. Pure: values in, text out."""

from collections.abc import Iterable
from datetime import datetime

from app.domain.job import Job
from app.domain.kinds import KINDS
from app.ledger.rows import EffectRow, EventRow, InboxRow, RunRow, WorkerRow
from app.telling.phrases import ago, count, instant, where_it_stands
from app.telling.standstill import Standstill
from app.telling.stories import JobStory, Overview, Why
from app.voice.heard import what_was_heard

ALIVE_SECONDS = 120


def overview_text(overview: Overview, now: datetime) -> str:
    """Say where everything stands."""
    jobs = [_job_line(job, now) for job in overview.jobs]
    return "\n".join(
        [
            *_stopped(overview.still),
            *(jobs or ["No job yet. Put your label on an issue, and it shows here within seconds."]),
            "",
            _backlog_line(overview),
            *_workers_lines(overview.workers, now),
        ]
    )


def _job_line(job: Job, now: datetime) -> str:
    since = ago(job.changed_at or job.opened_at, now)
    return f"{job.id}  {job.where:<24}  {where_it_stands(job):<36}  {since:>6}  {job.snapshot.title[:60]}"


def _backlog_line(overview: Overview) -> str:
    backlog = overview.backlog
    return (
        f"{count(backlog.runs_claimed, 'run')} under way, {backlog.runs_waiting} waiting; "
        f"to be done: {count(backlog.effects, 'effect')}, {count(backlog.letters, 'fact')}, "
        f"{count(backlog.deliveries, 'delivery', 'deliveries')}."
    )


def _workers_lines(workers: Iterable[WorkerRow], now: datetime) -> list[str]:
    alive = [worker for worker in workers if (now - worker.heartbeat_at).total_seconds() < ALIVE_SECONDS]
    if not alive:
        return ["No worker is alive, so nothing moves. Start one: `handoff up` or `handoff worker`."]
    return [_worker_line(worker) for worker in alive]


def _worker_line(worker: WorkerRow) -> str:
    cage = worker.notes.get("cage", "unknown")
    said = "WITHOUT A CAGE (HANDOFF_CAGE=none)" if cage == "none" else f"cage: {cage}"
    draining = ", takes no more work" if worker.draining else ""
    return f"Worker on {worker.host}, pid {worker.pid}: {count(worker.capacity, 'run')} at once, {said}{draining}."


def _stopped(still: Standstill) -> list[str]:
    head, colon, rest = still.sentence.partition(":")
    return [f"{head.upper()}{colon}{rest}", ""] if head else []


def status_text(story: JobStory, still: Standstill) -> str:
    """Tell one job's story, and before it what keeps every job from going on."""
    return "\n".join([*_stopped(still), job_text(story)])


def job_text(story: JobStory) -> str:
    """Tell one job's story."""
    job = story.job
    pull = job.work.pull_request
    lines = [
        f"Job {job.id}: {job.where}, {job.snapshot.title}",
        f"  {where_it_stands(job)}: {job.because}",
        f"  @{job.snapshot.asked_by.login} {KINDS[job.kind].begun}, opened {instant(job.opened_at)}, branch {job.work.branch}",
    ]
    if pull is not None:
        lines.append(f"  pull request #{pull.number} {pull.url}")
    lines += [
        f"  held, {hold.kind}: {hold.because}" + (f" (until {instant(hold.until)})" if hold.until else "")
        for hold in job.holds
    ]
    lines += _section("what happened", map(_event_line, story.events))
    lines += _section("runs", map(_run_line, story.runs))
    lines += _section("still to be done", map(_effect_line, story.pending))
    return "\n".join(lines)


def _section(title: str, rows: Iterable[str]) -> list[str]:
    listed = [f"    {row}" for row in rows]
    return [f"  {title}:", *listed] if listed else []


def _event_line(row: EventRow) -> str:
    return f"{instant(row.at)}  {type(row.event).__name__}: {row.because}"


def _run_line(row: RunRow) -> str:
    if row.report is not None:
        return f"{row.id} {row.stage}: {row.report.ending}: {row.report.because}"
    if row.state == "claimed":
        return f"{row.id} {row.stage}: under way on {row.worker}"
    return f"{row.id} {row.stage}: waiting{_because(row.waiting_because)}"


def _effect_line(row: EffectRow) -> str:
    what = type(row.effect).__name__ if row.effect is not None else row.key
    tried = f", tried {count(row.attempts, 'time')}" if row.attempts else ""
    later = f", not before {instant(row.not_before)}" if row.not_before else ""
    return f"{what} {row.state}{tried}{later}{_because(row.because)}"


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else ""


def why_text(why: Why) -> str:
    """Answer why something happened, or why nothing did."""
    parts = [f"{why.repository}#{why.number}" if why.number else why.repository, *_stopped(why.still)]
    parts += [_heard_text(row) for row in why.heard] or _silence(why)
    parts += [f"\n{job_text(story)}" for story in why.jobs]
    return "\n".join(parts)


def _heard_text(row: InboxRow) -> str:
    outcome = {"done": "taken in", "waiting": "waits to be taken in"}.get(row.state, row.state)
    return (
        f"  {instant(row.received_at)}  {what_was_heard(row.fact)} (by {row.source})\n"
        f"      {outcome}{_because(row.because)}"
    )


def _silence(why: Why) -> list[str]:
    lines = [
        "  I have heard nothing about it. Is the App installed there, does its webhook reach me, is the name right?"
    ]
    if why.unread:
        lines.append("  The newest deliveries that meant nothing to me, of any repository:")
        lines += [f"    {instant(row.received_at)}  {row.event}: {row.because}" for row in why.unread]
    return lines
