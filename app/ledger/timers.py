"""Timers: instants that become facts when they come. Deadlines, snoozes and pauses are all of this one kind."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from app.domain.effects import SetTimer
from app.ledger import codec, inbox, within
from app.ledger.database import insert
from app.ledger.schema import jobs, timers

RING_LIMIT = 500


def set_timer(connection: Connection, job_id: str, timer: SetTimer) -> None:
    """Set a timer, or move it."""
    values = {"job_id": job_id, "key": timer.key, "due_at": timer.due_at}
    moved = {"due_at": timer.due_at}
    statement = insert(connection, timers).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["job_id", "key"], set_=moved))


def drop(connection: Connection, job_id: str) -> None:
    """Forget a job's timers."""
    connection.execute(delete(timers).where(timers.c.job_id == job_id))


def ring(connection: Connection, now: datetime) -> int:
    """Put a fact into the inbox for each timer that is due, and take the timer away."""
    due = (
        select(timers, jobs.c.state)
        .join(jobs)
        .where(timers.c.due_at <= now)
        .order_by(timers.c.due_at)
        .limit(RING_LIMIT)
        .with_for_update(of=timers, skip_locked=True)
    )
    rows = connection.execute(due).all()
    for row in rows:
        fact = within.timer_rang(codec.load_job(row.state), row.key, row.due_at, now)
        inbox.hear(connection, fact, "timer")
        connection.execute(delete(timers).where(timers.c.job_id == row.job_id, timers.c.key == row.key))
    return len(rows)
