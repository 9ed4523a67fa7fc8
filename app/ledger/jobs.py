"""Jobs: found, and written with their version compared."""

from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from app.domain.facts import (
    CommandGiven,
    ConflictSeen,
    EffectReported,
    Fact,
    RunClaimed,
    RunReported,
    StopAsked,
    TimerRang,
)
from app.domain.job import Job, Phase
from app.ledger import codec
from app.ledger.database import insert, instant, took_place
from app.ledger.schema import effects, inbox, jobs, runs

_open = jobs.c.phase != Phase.ENDED.value


def job(connection: Connection, job_id: str) -> Job | None:
    """Return a job by its id."""
    state = connection.scalar(select(jobs.c.state).where(jobs.c.id == job_id))
    return None if state is None else codec.load_job(state)


def list_jobs(connection: Connection, open_only: bool, limit: int) -> list[Job]:
    """Return the newest jobs, newest first."""
    query = select(jobs.c.state).order_by(jobs.c.opened_at.desc(), jobs.c.id).limit(limit)
    return [codec.load_job(state) for state in connection.scalars(query.where(_open) if open_only else query)]


def jobs_of(connection: Connection, repository: str, number: int, limit: int) -> list[Job]:
    """Return the newest jobs of an issue or of a pull request, newest first."""
    repository_id = find_repository(connection, repository)
    query = (
        select(jobs.c.state)
        .where(_about(repository_id, number))
        .order_by(jobs.c.opened_at.desc())
        .limit(limit)
    )
    return [codec.load_job(state) for state in connection.scalars(query)]


def find_repository(connection: Connection, full_name: str) -> int | None:
    """Return the id of the repository that was last heard of by this name."""
    named = inbox.c.repository == full_name.lower()
    query = select(inbox.c.repository_id).where(named).order_by(inbox.c.id.desc()).limit(1)
    return connection.scalar(query)


def job_for(connection: Connection, fact: Fact) -> tuple[Job | None, int]:
    """Return the open job that a fact is about, and how many jobs of the same issue have ended."""
    found = select(jobs.c.state).where(_open, _meant_by(fact)).order_by(jobs.c.opened_at).limit(1)
    state = connection.scalar(found)
    here = jobs.c.repository_id == fact.repository.id, jobs.c.number == fact.number
    earlier = connection.scalar(select(func.count()).select_from(jobs).where(*here, ~_open))
    return None if state is None else codec.load_job(state), earlier or 0


def _meant_by(fact: Fact) -> ColumnElement[bool]:
    """What comes from within names its own job: it must never reach a later job of the same issue."""
    match fact:
        case StopAsked(job=job_id) | TimerRang(job=job_id) | ConflictSeen(job=job_id):
            return jobs.c.id == job_id
        case CommandGiven(job=job_id) if job_id:
            return jobs.c.id == job_id
        case RunClaimed(run=run) | RunReported(run=run):
            return jobs.c.id == select(runs.c.job_id).where(runs.c.id == run).scalar_subquery()
        case EffectReported(effect=effect):
            return jobs.c.id == select(effects.c.job_id).where(effects.c.id == effect).scalar_subquery()
        case _:
            return _about(fact.repository.id, fact.number)


def _about(repository_id: int | None, number: int) -> ColumnElement[bool]:
    return (jobs.c.repository_id == repository_id) & or_(
        jobs.c.number == number, jobs.c.pull_request == number
    )


def write(connection: Connection, before: Job | None, after: Job) -> Job | None:
    """Store a job over the version it was decided from; None when that is not the stored one any more."""
    stored = replace(after, version=before.version + 1 if before else 1)
    values = {
        "id": stored.id,
        "repository_id": stored.repository.id,
        "owner": stored.repository.owner,
        "name": stored.repository.name,
        "number": stored.number,
        "kind": stored.kind.value,
        "phase": stored.phase.value,
        "pull_request": stored.work.pull_request.number if stored.work.pull_request else None,
        "version": stored.version,
        "state": codec.dump_job(stored),
        "opened_at": stored.opened_at,
        "changed_at": stored.changed_at or instant(connection),
    }
    if before is None:
        opened = insert(connection, jobs).values(values).on_conflict_do_nothing()
        return stored if took_place(connection, opened) else None
    same = jobs.c.id == before.id, jobs.c.version == before.version
    return stored if connection.execute(update(jobs).where(*same).values(values)).rowcount == 1 else None
