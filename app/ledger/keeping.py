"""How long what runs left is kept: which of it may go, and what is known of a run whose folder lies somewhere.

It decides nothing by itself: whoever asks says how old is old. A job that ended never opens again, so what may go
today may still go tomorrow.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Text, cast, delete, or_, select

from app.domain.job import Close, Phase
from app.ledger.artifacts import SUMMARY
from app.ledger.rows import RunStanding
from app.ledger.schema import artifacts, jobs, runs

ASKED_MAX = 500
"""Ids in one question: SQLite takes some thousands of values, PostgreSQL more."""

_ended = jobs.c.phase == Phase.ENDED.value
# As text: PostgreSQL reads no document with a NUL in it, as what a check said may have, not even another part of it.
# Within a string of the document a quotation mark has a backslash before it, so that no words of others are taken for this.
_closed = or_(
    *(cast(jobs.c.state, Text).contains(f'"close": "{close}"') for close in (Close.MERGED, Close.CLOSED))
)
_pull_closed = jobs.c.pull_request.is_not(None) & _closed


def standings(connection: Connection, run_ids: Collection[str]) -> dict[str, RunStanding]:
    """Return how these runs stand; an unknown one has no entry."""
    query = select(
        runs.c.id,
        runs.c.state,
        runs.c.ended_at,
        jobs.c.phase,
        jobs.c.changed_at,
        _pull_closed.label("closed"),
    ).join(jobs, jobs.c.id == runs.c.job_id)
    found = {}
    for row in connection.execute(query.where(runs.c.id.in_(sorted(run_ids)[:ASKED_MAX]))):
        over = row.phase == Phase.ENDED.value
        found[row.id] = RunStanding(
            state=row.state,
            ended_at=row.ended_at,
            job_ended_at=row.changed_at if over else None,
            pull_closed=over and bool(row.closed),
        )
    return found


def ended_among(connection: Connection, job_ids: Collection[str]) -> set[str]:
    """Return which of these jobs have ended; an unknown one has not."""
    query = select(jobs.c.id).where(jobs.c.id.in_(sorted(job_ids)[:ASKED_MAX]), _ended)
    return set(connection.scalars(query))


def drop_old(connection: Connection, before: datetime, limit: int) -> tuple[int, int]:
    """Forget all artifacts of up to `limit` jobs that ended before; return how many jobs and artifacts that were."""
    return _drop(connection, jobs.c.changed_at < before, limit)


def drop_details(connection: Connection, limit: int) -> tuple[int, int]:
    """Forget all but a summary of up to `limit` jobs whose pull request is closed; return as `drop_old` does."""
    return _drop(connection, _pull_closed, limit, but=or_(*(artifacts.c.key.like(each) for each in SUMMARY)))


def _drop(
    connection: Connection, which: ColumnElement[bool], limit: int, *, but: ColumnElement[bool] | None = None
) -> tuple[int, int]:
    """Forget artifacts, those of the jobs that ended first before others."""
    doomed = [] if but is None else [~but]
    with_some = select(artifacts.c.job_id).where(*doomed)
    query = select(jobs.c.id).where(_ended, which, jobs.c.id.in_(with_some))
    chosen = list(connection.scalars(query.order_by(jobs.c.changed_at, jobs.c.id).limit(limit)))
    gone = connection.execute(delete(artifacts).where(artifacts.c.job_id.in_(chosen), *doomed))
    return len(chosen), gone.rowcount
