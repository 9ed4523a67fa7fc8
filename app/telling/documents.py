"""The answers for programs: JSON documents. Pure. A name in them, once given, stays."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from app.domain.facts import Fact
from app.domain.job import Job
from app.ledger.rows import EffectRow, EventRow, InboxRow, RunRow
from app.telling.phrases import where_it_stands
from app.telling.standstill import Standstill
from app.telling.stories import JobStory, Overview, Why
from app.voice.heard import what_was_heard

Document = dict[str, Any]


def overview_document(overview: Overview) -> Document:
    """Where everything stands."""
    backlog = {name: value for name, value in asdict(overview.backlog).items() if isinstance(value, int)}
    workers = [
        {
            "id": worker.id,
            "host": worker.host,
            "pid": worker.pid,
            "capacity": worker.capacity,
            "cage": worker.notes.get("cage"),
            "draining": worker.draining,
            "seen_at": worker.heartbeat_at.isoformat(),
        }
        for worker in overview.workers
    ]
    return {
        **_standstill(overview.still),
        "jobs": [job_document(job) for job in overview.jobs],
        "waiting": backlog,
        "workers": workers,
    }


def _standstill(still: Standstill) -> Document:
    """Whether everything is stopped, whether Handoff has paused itself, and why and since when of either."""
    which = still.stop if still.stop.on else still.paused
    return {
        "stopped": still.stop.on,
        "paused": still.paused.on,
        "standstill_because": which.because if which.on else None,
        "standstill_since": _instant(which.at) if which.on else None,
    }


def job_document(job: Job) -> Document:
    """One job as it stands."""
    pull = job.work.pull_request
    return {
        "id": job.id,
        "kind": job.kind,
        "repository": job.repository.full_name,
        "issue": job.number or None,
        "title": job.snapshot.title,
        "asked_by": job.snapshot.asked_by.login,
        "phase": job.phase,
        "stage": job.stage,
        "standing": where_it_stands(job),
        "close": job.close,
        "because": job.because,
        "holds": [
            {"kind": hold.kind, "because": hold.because, "until": _instant(hold.until)} for hold in job.holds
        ],
        "runs": job.runs,
        "revisions": job.revisions,
        "branch": job.work.branch,
        "pull_request": {"number": pull.number, "url": pull.url} if pull else None,
        "cost_dollars": job.work.cost_dollars,
        "opened_at": job.opened_at.isoformat(),
        "changed_at": _instant(job.changed_at),
    }


def story_document(story: JobStory) -> Document:
    """One job with all that happened to it."""
    return {
        **job_document(story.job),
        "events": [_event(row) for row in story.events],
        "run_list": [_run(row) for row in story.runs],
        "pending": [_effect(row) for row in story.pending],
    }


def why_document(why: Why) -> Document:
    """Everything heard about an issue or pull request, and what came of it."""
    return {
        "repository": why.repository,
        "number": why.number,
        **_standstill(why.still),
        "heard": [_heard(row) for row in why.heard],
        "jobs": [story_document(story) for story in why.jobs],
        "unread": [
            {"guid": row.guid, "event": row.event, "because": row.because, "at": row.received_at.isoformat()}
            for row in why.unread
        ],
    }


def _heard(row: InboxRow) -> Document:
    fact: Fact = row.fact
    return {
        "fact": type(fact).__name__,
        "number": fact.number,
        "by": fact.by.login,
        "said": what_was_heard(fact),
        "at": fact.at.isoformat(),
        "received_at": row.received_at.isoformat(),
        "source": row.source,
        "outcome": row.state,
        "because": row.because,
    }


def _event(row: EventRow) -> Document:
    return {
        "version": row.version,
        "event": type(row.event).__name__,
        "because": row.because,
        "at": row.at.isoformat(),
    }


def _run(row: RunRow) -> Document:
    return {
        "id": row.id,
        "stage": row.stage,
        "state": row.state,
        "worker": row.worker,
        "waiting_because": row.waiting_because,
        "ending": row.report.ending if row.report else None,
        "because": row.report.because if row.report else None,
        "created_at": row.created_at.isoformat(),
        "started_at": _instant(row.started_at),
        "ended_at": _instant(row.ended_at),
    }


def _effect(row: EffectRow) -> Document:
    return {
        "effect": type(row.effect).__name__ if row.effect is not None else row.key,
        "state": row.state,
        "attempts": row.attempts,
        "not_before": _instant(row.not_before),
        "because": row.because,
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
