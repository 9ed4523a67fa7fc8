"""What wants a worker. Asked every second by every process, so each question is one look at an index of few rows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, zip_longest

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, literal, or_, select

from app.ledger import machinery
from app.ledger.rows import STOP
from app.ledger.schema import deliveries, effects, inbox, lanes, runs, timers


def due(connection: Connection, now: datetime, limit: int) -> list[str]:
    """Return up to `limit` subjects, one of each kind in turn, so that a flood of one kind drowns no other."""
    # While everything is stopped no effect is to be had; a run is claimed in vain, and so learns why it waits.
    stopped = machinery.switch(connection, STOP).on
    kinds = (
        [f"delivery:{guid}" for guid in connection.scalars(_deliveries(now).limit(limit))],
        [f"lane:{lane}" for lane in connection.scalars(_lanes(now).limit(limit))],
        [f"run:{run}" for run in connection.scalars(_runs(now).limit(limit))],
        [] if stopped else [f"effects:{job}" for job in connection.scalars(_effects(now).limit(limit))],
        ["timers:due" for _ in connection.scalars(_timers(now))],
    )
    return list(_in_turn(kinds))[:limit]


def _in_turn(kinds: Sequence[list[str]]) -> Iterator[str]:
    return (subject for subject in chain.from_iterable(zip_longest(*kinds)) if subject is not None)


def _may(not_before: ColumnElement[datetime | None], now: datetime) -> ColumnElement[bool]:
    return or_(not_before.is_(None), not_before <= now)


def _deliveries(now: datetime) -> Select[tuple[str]]:
    waiting = deliveries.c.state == "waiting", _may(deliveries.c.not_before, now)
    return select(deliveries.c.guid).where(*waiting).order_by(deliveries.c.received_at)


def _lanes(now: datetime) -> Select[tuple[str]]:
    """Lanes whose oldest waiting letter may be taken in, and that nobody is busy with."""
    older = inbox.alias()
    behind = exists().where(older.c.lane == inbox.c.lane, older.c.state == "waiting", older.c.id < inbox.c.id)
    taken = exists().where(lanes.c.lane == inbox.c.lane, lanes.c.until > now)
    head = inbox.c.state == "waiting", _may(inbox.c.not_before, now), ~behind, ~taken
    return select(inbox.c.lane).where(*head).order_by(inbox.c.id)


def _runs(now: datetime) -> Select[tuple[str]]:
    waiting = runs.c.state == "waiting", _may(runs.c.not_before, now)
    return select(runs.c.id).where(*waiting).order_by(runs.c.created_at, runs.c.id)


def _effects(now: datetime) -> Select[tuple[str]]:
    """Jobs with an effect to perform, among them those whose worker died over it."""
    waiting = and_(effects.c.state == "waiting", _may(effects.c.not_before, now))
    abandoned = and_(effects.c.state == "claimed", effects.c.claimed_until <= now)
    oldest = func.min(effects.c.id)
    return select(effects.c.job_id).where(or_(waiting, abandoned)).group_by(effects.c.job_id).order_by(oldest)


def _timers(now: datetime) -> Select[tuple[int]]:
    return select(literal(1)).select_from(timers).where(timers.c.due_at <= now).limit(1)
