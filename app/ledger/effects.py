"""Effects: the outbox. A row is claimed, performed on GitHub by the worker, and settled; each may be tried again."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select, update

from app.domain.effects import (
    CompleteCheck,
    External,
    PostReview,
    ReplyInThread,
    RequestReview,
    SayAnswerTaken,
    SayNeedsYou,
    SayRevised,
    SayWords,
    ShowStatus,
)
from app.domain.evidence import EffectResult
from app.domain.job import Job
from app.ledger import codec, inbox, jobs, machinery, within
from app.ledger.database import insert, instant
from app.ledger.rows import STOP, EffectRow
from app.ledger.schema import effects
from app.ledger.schema import jobs as jobs_table

LATEST_ONLY = (ShowStatus.__name__, CompleteCheck.__name__)
"""Kinds that say how things stand: an older one performed after a newer one would be a lie."""

_LIVE = ("waiting", "claimed")


def key_of(effect: External, version: int) -> str:
    """Return what makes an effect of a job the same effect: most are wanted once in a job's life."""
    name = type(effect).__name__
    match effect:
        case ShowStatus() | CompleteCheck() | SayNeedsYou():
            return f"{name}:v{version}"
        case RequestReview() | SayAnswerTaken() | SayRevised():
            return f"{name}:v{version}"
        case PostReview(run=run):
            return f"{name}:{run}"
        case ReplyInThread(item=item, sha=sha):
            return f"{name}:{item.id}:{sha}:v{version}"
        case SayWords(key=key):
            return f"{name}:{key}"
        case _:
            return name


def put(connection: Connection, job: Job, effect: External, key: str = "") -> None:
    """Put an effect into the outbox, unless the job has had it; `key` says what *it* is, where its kind does not."""
    kind = type(effect).__name__
    values = {
        "job_id": job.id,
        "key": key or key_of(effect, job.version),
        "kind": kind,
        "body": codec.dump(effect),
        "state": "waiting",
        "attempts": 0,
        "started": False,
        "because": "",
        "created_at": instant(connection),
    }
    statement = insert(connection, effects).values(values)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["job_id", "key"]))
    _supersede(connection, job.id, instant(connection))


def _supersede(connection: Connection, job_id: str, now: datetime) -> None:
    """Drop what nobody is performing and a newer row of its kind makes untrue."""
    newer = effects.alias()
    outdated = exists().where(
        newer.c.job_id == job_id, newer.c.kind == effects.c.kind, newer.c.id > effects.c.id
    )
    idle = effects.c.job_id == job_id, effects.c.kind.in_(LATEST_ONLY), _idle(effects.c, now)
    values = {"state": "superseded", "because": "a newer one takes its place"}
    connection.execute(update(effects).where(*idle, outdated).values(values))


def _idle(columns: Any, now: datetime) -> ColumnElement[bool]:
    """Waiting, or claimed by a worker whose time is up."""
    return or_(columns.state == "waiting", and_(columns.state == "claimed", columns.claimed_until <= now))


def claim(connection: Connection, job_id: str, worker: str, seconds: float) -> EffectRow | None:
    """Take the oldest effect that is due, of a kind that nobody is performing for this job right now.

    While everything is stopped there is none: nothing is written to GitHub.
    """
    if machinery.switch(connection, STOP).on:
        return None
    connection.execute(select(jobs_table.c.id).where(jobs_table.c.id == job_id).with_for_update())
    now = instant(connection)
    _supersede(connection, job_id, now)
    busy = effects.alias()
    performing = exists().where(
        busy.c.job_id == job_id,
        busy.c.kind == effects.c.kind,
        busy.c.state == "claimed",
        busy.c.claimed_until > now,
    )
    due = or_(effects.c.not_before.is_(None), effects.c.not_before <= now)
    query = select(effects.c.id).where(effects.c.job_id == job_id, _idle(effects.c, now), due, ~performing)
    chosen = connection.scalar(query.order_by(effects.c.id).limit(1))
    if chosen is None:
        return None
    values = {
        "state": "claimed",
        "attempts": effects.c.attempts + 1,
        "claimed_by": worker,
        "claimed_until": now + timedelta(seconds=seconds),
    }
    taking = update(effects).where(effects.c.id == chosen).values(values).returning(*effects.c)
    return row_of(connection.execute(taking).one())


def mark_started(connection: Connection, effect_id: int) -> None:
    """Keep that an attempt may reach GitHub from now on."""
    connection.execute(update(effects).where(effects.c.id == effect_id).values(started=True))


def fulfil(
    connection: Connection, effect_id: int, result: dict[str, Any], report: bool, because: str
) -> None:
    """Keep that an effect took place."""
    _settle(connection, effect_id, report, {"state": "done", "result": result, "because": because})


def fail(connection: Connection, effect_id: int, report: bool, because: str) -> None:
    """Keep that an effect will not take place."""
    _settle(connection, effect_id, report, {"state": "failed", "because": because})


def _settle(connection: Connection, effect_id: int, report: bool, values: dict[str, Any]) -> None:
    unsettled = effects.c.id == effect_id, effects.c.state.in_(_LIVE)
    settling = update(effects).where(*unsettled).values(values).returning(effects.c.job_id)
    job_id = connection.scalar(settling)
    if job_id is None or not report:
        return
    job = jobs.job(connection, job_id)
    assert job is not None, "a foreign key"
    inbox.hear(connection, within.effect_reported(job, effect_id, instant(connection)), "effect")


def postpone(connection: Connection, effect_id: int, not_before: datetime, because: str) -> None:
    """Put a claimed effect back into the outbox, for later."""
    claimed = effects.c.id == effect_id, effects.c.state == "claimed"
    values = {"state": "waiting", "not_before": not_before, "because": because}
    connection.execute(update(effects).where(*claimed).values(values))


def of_job(connection: Connection, job_id: str) -> list[EffectRow]:
    """Return a job's effects and intents, oldest first."""
    query = select(effects).where(effects.c.job_id == job_id).order_by(effects.c.id)
    return [row_of(row) for row in connection.execute(query)]


def result_of(connection: Connection, effect_id: int) -> EffectResult | None:
    """Return how an effect came out, once it has."""
    settled = effects.c.id == effect_id, effects.c.state.in_(("done", "failed"))
    query = select(effects.c.kind, effects.c.state, effects.c.because).where(*settled)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return EffectResult(kind=row.kind, done=row.state == "done", because=row.because)


def row_of(row: Row[Any]) -> EffectRow:
    """Return a row as a value."""
    return EffectRow(
        id=row.id,
        job_id=row.job_id,
        key=row.key,
        effect=None if row.body is None else codec.load_effect(row.body),
        state=row.state,
        attempts=row.attempts,
        started=row.started,
        result=row.result,
        because=row.because,
        not_before=row.not_before,
        created_at=row.created_at,
    )
