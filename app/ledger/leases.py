"""Leases: a claimed run belongs to its worker while it beats. A fence that is not the newest is refused.

Lease time is the database's, so hosts whose clocks disagree still agree on who is late.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select, update

from app.domain.agenda import Ending, Stage
from app.domain.errors import Defect
from app.domain.job import Report
from app.ledger import codec, inbox, jobs, machinery, within
from app.ledger import runs as queue
from app.ledger.database import instant
from app.ledger.rows import STOP, Claimed, Pulse
from app.ledger.schema import runs


def _held(run_id: str, fence: int) -> tuple[ColumnElement[bool], ...]:
    return runs.c.id == run_id, runs.c.fence == fence, runs.c.state == "claimed"


def beat(connection: Connection, run_id: str, fence: int, lease_seconds: float) -> Pulse:
    """Extend a lease. One that is over but was not taken away yet is kept."""
    now = instant(connection)
    values = {"heartbeat_at": now, "lease_until": now + timedelta(seconds=lease_seconds)}
    beating = update(runs).where(*_held(run_id, fence)).values(values).returning(runs.c.cancel_asked)
    row = connection.execute(beating).one_or_none()
    halted = machinery.switch(connection, STOP).on
    return Pulse(kept=row is not None, cancel=row is None or row.cancel_asked, halted=halted)


def release(connection: Connection, run_id: str, fence: int, not_before: datetime, because: str) -> bool:
    """Put a claimed run back into the queue; one that was called off meanwhile ends."""
    values = {
        "state": "waiting",
        "worker": None,
        "lease_until": None,
        "not_before": not_before,
        "releases": runs.c.releases + 1,
        "waiting_because": because,
    }
    releasing = update(runs).where(*_held(run_id, fence)).values(values).returning(runs.c.cancel_asked)
    row = connection.execute(releasing).one_or_none()
    if row is not None and row.cancel_asked:
        queue.end_waiting(connection, run_id, because)
    return row is not None


def end(connection: Connection, run_id: str, fence: int, report: Report, at: datetime) -> bool:
    """Store a report, and tell the run's job."""
    values = {"state": "ended", "report": codec.dump_report(report), "ended_at": at, "lease_until": None}
    ending = update(runs).where(*_held(run_id, fence)).values(values).returning(runs.c.job_id)
    job_id = connection.scalar(ending)
    if job_id is None:
        return False
    job = jobs.job(connection, job_id)
    if job is None:
        raise Defect(f"Run {run_id} has no job.")
    inbox.hear(connection, within.run_reported(job, run_id, fence, at), "run")
    return True


def hand_over(connection: Connection, run_id: str, fence: int) -> bool:
    """End a lease and not its run: the worker leaves, and what it started goes on for whoever takes it up."""
    leaving = update(runs).where(*_held(run_id, fence)).values(lease_until=instant(connection))
    return connection.execute(leaving).rowcount == 1


def take_up(
    connection: Connection, run_id: str, before: str, worker: str, lease_seconds: float, *, departed: bool
) -> Claimed | None:
    """Take over a run, as it is, from the worker `before`, whose lease is over or who is known to have `departed`."""
    now = instant(connection)
    claimed = runs.c.id == run_id, runs.c.state == "claimed", runs.c.worker == before
    due = claimed if departed else (*claimed, runs.c.lease_until <= now)
    row = connection.execute(select(runs).where(*due).with_for_update()).one_or_none()
    job = jobs.job(connection, row.job_id) if row else None
    if row is None or job is None:
        return None
    values = {
        "fence": row.fence + 1,
        "worker": worker,
        "lease_until": now + timedelta(seconds=lease_seconds),
        "heartbeat_at": now,
    }
    connection.execute(update(runs).where(runs.c.id == run_id).values(values))
    return Claimed(run_id=run_id, job=job, stage=Stage(row.stage), fence=row.fence + 1)


def expire(connection: Connection, after_seconds: float) -> list[str]:
    """End, as lost, each run whose lease has been over for so long: its own host had the time to take it up."""
    now = instant(connection)
    silent = runs.c.state == "claimed", runs.c.lease_until < now - timedelta(seconds=after_seconds)
    query = select(runs.c.id, runs.c.fence, runs.c.worker).where(*silent).order_by(runs.c.lease_until)
    lost = connection.execute(query.with_for_update(skip_locked=True)).all()
    for row in lost:
        because = f"the worker {row.worker} fell silent in the middle of it"
        end(connection, row.id, row.fence, Report(ending=Ending.LOST, because=because), now)
    return [row.id for row in lost]


def report_of(connection: Connection, run_id: str) -> Report | None:
    """Return an ended run's report."""
    document = connection.scalar(select(runs.c.report).where(runs.c.id == run_id))
    return None if document is None else codec.load_report(document)
