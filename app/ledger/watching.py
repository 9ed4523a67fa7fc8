"""What the pages ask: the jobs to show, the runs under way, and whether anything changed since the last look.

A viewer sees some repositories, or all (None). What they do not see is left out by the database, not afterwards, so
that limits count what is shown.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, true

from app.domain.job import Job, Phase
from app.ledger import codec
from app.ledger.history import run_row
from app.ledger.rows import Glance, RunRow, Touched
from app.ledger.schema import events, inbox, jobs, runs

Repositories = Collection[int] | None

LIVE_MAX = 1000
TOUCHED_MAX = 1000

_ended = jobs.c.phase == Phase.ENDED.value


def open_jobs(connection: Connection, repositories: Repositories, limit: int) -> tuple[list[Job], int]:
    """Return the open jobs that were opened last, and how many there are in all."""
    mine = ~_ended, _seen(repositories)
    newest = select(jobs.c.state).where(*mine).order_by(jobs.c.opened_at.desc(), jobs.c.id).limit(limit)
    total = select(func.count()).select_from(jobs).where(*mine)
    return _loaded(connection, newest), connection.execute(total).scalar_one()


def ended_jobs(connection: Connection, repositories: Repositories, limit: int) -> list[Job]:
    """Return the jobs that ended last, last first."""
    query = select(jobs.c.state).where(_ended, _seen(repositories))
    return _loaded(connection, query.order_by(jobs.c.changed_at.desc()).limit(limit))


def _loaded(connection: Connection, query: Select[tuple[Any]]) -> list[Job]:
    return [codec.load_job(state) for state in connection.scalars(query)]


def _seen(repositories: Repositories) -> ColumnElement[bool]:
    return true() if repositories is None else jobs.c.repository_id.in_(sorted(repositories))


def live_runs(connection: Connection) -> list[RunRow]:
    """Return the runs that have not ended, in the order of their line."""
    query = select(runs).where(runs.c.state != "ended").order_by(runs.c.created_at, runs.c.id)
    return [run_row(row) for row in connection.execute(query.limit(LIVE_MAX))]


def repositories_heard_of(connection: Connection, repositories: Repositories, limit: int) -> list[str]:
    """Return the names, in lower case, of repositories that we heard anything of."""
    names = select(inbox.c.repository).distinct().order_by(inbox.c.repository).limit(limit)
    if repositories is not None:
        names = names.where(inbox.c.repository_id.in_(sorted(repositories)))
    return list(connection.scalars(names))


def glance(connection: Connection, since: int) -> Glance:
    """Return what must be known to tell whether a page is out of date: four looks at the end of an index."""
    newest = connection.scalar(select(func.max(events.c.id))) or 0
    happened = (
        select(jobs.c.id, jobs.c.repository_id)
        .join(events, events.c.job_id == jobs.c.id)
        .where(events.c.id > since)
        .distinct()
        .limit(TOUCHED_MAX)
    )
    live = select(runs.c.job_id, runs.c.repository_id, runs.c.id, runs.c.state, runs.c.waiting_because)
    rows = connection.execute(live.where(runs.c.state != "ended").limit(LIVE_MAX))
    return Glance(
        newest=newest,
        happened=frozenset(_touched(row) for row in connection.execute(happened)),
        live={row.id: (_touched(row), row.state, row.waiting_because) for row in rows},
    )


def _touched(row: Row[Any]) -> Touched:
    return Touched(row[0], row[1])
