"""History: what was heard, what happened to a job, and what still waits. Everything here can be shown to people."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, func, select

from app.domain.agenda import Stage
from app.ledger import codec, jobs
from app.ledger.rows import Backlog, DeliveryRow, EventRow, InboxRow, RunRow
from app.ledger.schema import deliveries, effects, events, inbox, runs


def list_events(connection: Connection, job_id: str) -> list[EventRow]:
    """Return a job's history, oldest first."""
    query = select(events).where(events.c.job_id == job_id).order_by(events.c.version)
    return [
        EventRow(version=row.version, event=codec.load_event(row.body), because=row.because, at=row.at)
        for row in connection.execute(query)
    ]


def list_runs(connection: Connection, job_id: str) -> list[RunRow]:
    """Return a job's runs, oldest first."""
    query = select(runs).where(runs.c.job_id == job_id).order_by(runs.c.created_at, runs.c.id)
    return [run_row(row) for row in connection.execute(query)]


def run_row(row: Row[Any]) -> RunRow:
    """Return a row of `runs` as a value."""
    return RunRow(
        id=row.id,
        job_id=row.job_id,
        stage=Stage(row.stage),
        state=row.state,
        fence=row.fence,
        worker=row.worker,
        lease_until=row.lease_until,
        heartbeat_at=row.heartbeat_at,
        not_before=row.not_before,
        releases=row.releases,
        waiting_because=row.waiting_because,
        cancel_asked=row.cancel_asked,
        report=None if row.report is None else codec.load_report(row.report),
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def inbox_of(connection: Connection, repository: str, number: int, limit: int) -> list[InboxRow]:
    """Return what was heard about an issue or pull request, newest first."""
    here = inbox.c.repository_id == jobs.find_repository(connection, repository), inbox.c.number == number
    query = select(inbox).where(*here).order_by(inbox.c.id.desc()).limit(limit)
    return [
        InboxRow(
            id=row.id,
            fact=codec.load_fact(row.body),
            source=row.source,
            state=row.state,
            because=row.because,
            received_at=row.received_at,
        )
        for row in connection.execute(query)
    ]


def list_deliveries(connection: Connection, state: str, limit: int) -> list[DeliveryRow]:
    """Return the newest deliveries in a state, newest first."""
    shown = [deliveries.c[name] for name in ("guid", "event", "received_at", "state", "because", "attempts")]
    query = select(*shown).where(deliveries.c.state == state).order_by(deliveries.c.received_at.desc())
    return [DeliveryRow(**row) for row in connection.execute(query.limit(limit)).mappings()]


def backlog(connection: Connection) -> Backlog:
    """Return how much waits, and since when."""
    delivery = _waiting(connection, deliveries, deliveries.c.received_at)
    letter = _waiting(connection, inbox, inbox.c.received_at)
    run = _waiting(connection, runs, runs.c.created_at)
    effect = _waiting(connection, effects, effects.c.created_at)
    claimed = select(func.count()).select_from(runs).where(runs.c.state == "claimed")
    return Backlog(
        deliveries=delivery[0],
        letters=letter[0],
        runs_waiting=run[0],
        runs_claimed=connection.execute(claimed).scalar_one(),
        effects=effect[0],
        oldest_delivery_at=delivery[1],
        oldest_letter_at=letter[1],
        oldest_run_at=run[1],
        oldest_effect_at=effect[1],
    )


def _waiting(connection: Connection, table: Table, since: Column[datetime]) -> tuple[int, datetime | None]:
    query = select(func.count(), func.min(since, type_=since.type)).where(table.c.state == "waiting")
    count, oldest = connection.execute(query).one()
    return count, oldest
