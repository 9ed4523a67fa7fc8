"""Runs: put into the queue, taken by a worker, called off. A run that is taken is the concern of `leases`."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, or_, select, update

from app.domain import schedule
from app.domain.agenda import Ending, Stage
from app.domain.effects import ShowStatus, StartRun
from app.domain.job import Job, Report
from app.domain.schedule import Candidate, Limits
from app.ledger import codec, effects, inbox, jobs, machinery, spike, within
from app.ledger.database import insert, instant, serialize
from app.ledger.rows import PAUSED, STOP, Claimed, Waiting
from app.ledger.schema import runs


def start(connection: Connection, job: Job, effect: StartRun) -> None:
    """Put a run into the queue."""
    values = {
        "id": effect.run,
        "job_id": job.id,
        "stage": effect.stage.value,
        "repository_id": job.repository.id,
        "state": "waiting",
        "fence": 0,
        "releases": 0,
        "cancel_asked": False,
        "created_at": instant(connection),
    }
    connection.execute(insert(connection, runs).values(values))


def cancel(connection: Connection, run_id: str, because: str) -> None:
    """Tell the worker that has the run to end it; end it here when nobody has it."""
    unended = runs.c.id == run_id, runs.c.state != "ended"
    connection.execute(update(runs).where(*unended).values(cancel_asked=True))
    end_waiting(connection, run_id, because)


def end_waiting(connection: Connection, run_id: str, because: str) -> None:
    """End a run that nobody has, and tell its job, unless that is over."""
    now = instant(connection)
    stopped = codec.dump_report(Report(ending=Ending.STOPPED, because=because))
    values = {"state": "ended", "report": stopped, "ended_at": now}
    ending = update(runs).where(runs.c.id == run_id, runs.c.state == "waiting").values(values)
    row = connection.execute(ending.returning(runs.c.job_id, runs.c.fence)).one_or_none()
    job = jobs.job(connection, row.job_id) if row else None
    if row is not None and job is not None and job.open:
        inbox.hear(connection, within.run_reported(job, run_id, row.fence, now), "run")


def claim(
    connection: Connection, run_id: str, worker: str, lease_seconds: float, limits: Limits
) -> Claimed | Waiting | None:
    """Take a run if it waits, its job still wants it, and nothing forbids it."""
    serialize(connection, "handoff:claims")  # limits are counted, so two claims must not count at once
    now = instant(connection)
    due = runs.c.state == "waiting", or_(runs.c.not_before.is_(None), runs.c.not_before <= now)
    row = connection.execute(select(runs).where(runs.c.id == run_id, *due).with_for_update()).one_or_none()
    if row is None:
        return None
    job = jobs.job(connection, row.job_id)
    if job is None or not job.open:
        end_waiting(connection, run_id, "its job is over")
        return None
    because, alarm = _why_wait(connection, row, limits), False
    if because is None and (tripped := spike.trip(connection, Stage(row.stage), limits.spike, now)):
        because, alarm = schedule.why_paused(tripped), True
    _say_paused(connection, job, row, because or "", now)
    if because is not None:
        if because != row.waiting_because:
            connection.execute(update(runs).where(runs.c.id == run_id).values(waiting_because=because))
        return Waiting(because, alarm=alarm)
    fence = row.fence + 1
    values = {
        "state": "claimed",
        "fence": fence,
        "worker": worker,
        "lease_until": now + timedelta(seconds=lease_seconds),
        "heartbeat_at": now,
        "started_at": row.started_at or now,
        "waiting_because": None,
    }
    connection.execute(update(runs).where(runs.c.id == run_id).values(values))
    inbox.hear(connection, within.run_claimed(job, run_id, fence, now), "run")
    return Claimed(run_id=run_id, job=job, stage=Stage(row.stage), fence=fence)


def _why_wait(connection: Connection, row: Row[tuple[object, ...]], limits: Limits) -> str | None:
    claimed = select(runs.c.id, runs.c.repository_id).where(runs.c.state == "claimed")
    running = [Candidate(run=r.id, repository_id=r.repository_id) for r in connection.execute(claimed)]
    candidate = Candidate(run=row.id, repository_id=row.repository_id)
    stop, paused = machinery.switch(connection, STOP), machinery.switch(connection, PAUSED)
    because = paused.because if paused.on else ""
    return schedule.why_wait(candidate, running, limits, stopped=stop.on, paused=because)


def _say_paused(
    connection: Connection, job: Job, row: Row[tuple[object, ...]], because: str, now: datetime
) -> None:
    """Have the status comment say that the run waits for a person to let it go on, or that it does no more; each once."""
    if schedule.is_pause(row.waiting_because or "") != schedule.is_pause(because):
        key = f"{ShowStatus.__name__}:v{job.version}:{row.id}:{now.isoformat()}"
        effects.put(connection, job, ShowStatus(), key)
