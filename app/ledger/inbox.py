"""The inbox: facts, each heard once, each taken in in the order of its lane, each kept with what became of it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select, update

from app.domain import acts
from app.domain.facts import Fact
from app.ledger import codec
from app.ledger.database import insert, instant, serialize, took_place
from app.ledger.rows import Letter
from app.ledger.schema import inbox

_ALIKE_MAX = 50


def hear(connection: Connection, fact: Fact, source: str, delivery: str | None = None) -> bool:
    """Put a fact into the inbox, unless the same act is in it.

    An act that came by another road, dated a little otherwise, is kept as ignored: so it is not heard the next time.
    """
    road = acts.other_road(fact, source)
    if road is None:
        return _put(connection, fact, source, delivery)
    serialize(connection, f"hear {fact.lane}")
    named = select(inbox.c.id).where(inbox.c.act_key == fact.act_key)
    if (same := connection.scalar(named)) is not None:
        _came_by_both(connection, same, road)
        return False
    twin = acts.twin(fact, _heard_by(connection, fact, road))
    if twin is None:
        return _put(connection, fact, source, delivery)
    _came_by_both(connection, twin, road)
    _put(
        connection,
        fact,
        source,
        delivery,
        because=f"it is the same act that the {road} told, as letter {twin}",
    )
    return False


def heard(connection: Connection, keys: Collection[str]) -> set[str]:
    """Return which of these acts are in the inbox."""
    return set(connection.scalars(select(inbox.c.act_key).where(inbox.c.act_key.in_(keys))))


def _heard_by(connection: Connection, fact: Fact, road: str) -> dict[int, Fact]:
    """Return what the other road alone told of this kind about this issue, the newest of it."""
    about = inbox.c.repository_id == fact.repository.id, inbox.c.number == fact.number
    alike = inbox.c.kind == type(fact).__name__, inbox.c.source == road
    query = (
        select(inbox.c.id, inbox.c.body).where(*about, *alike).order_by(inbox.c.id.desc()).limit(_ALIKE_MAX)
    )
    return {row.id: codec.load_fact(row.body) for row in connection.execute(query)}


def _came_by_both(connection: Connection, letter_id: int, road: str) -> None:
    alone = inbox.c.id == letter_id, inbox.c.source == road
    connection.execute(update(inbox).where(*alone).values(source=acts.BOTH_ROADS))


def _put(connection: Connection, fact: Fact, source: str, delivery: str | None, because: str = "") -> bool:
    values = {
        "lane": fact.lane,
        "act_key": fact.act_key,
        "kind": type(fact).__name__,
        "body": codec.dump(fact),
        "source": source,
        "delivery_guid": delivery,
        "repository_id": fact.repository.id,
        "repository": fact.repository.full_name.lower(),
        "number": fact.number,
        "received_at": instant(connection),
        "state": "ignored" if because else "waiting",
        "because": because,
        "attempts": 0,
    }
    statement = insert(connection, inbox).values(values).on_conflict_do_nothing(index_elements=["act_key"])
    return took_place(connection, statement)


def head(connection: Connection, lane: str, now: datetime) -> Letter | None:
    """Return the oldest waiting letter of a lane, if it may be taken in now."""
    waiting = inbox.c.lane == lane, inbox.c.state == "waiting"
    row = connection.execute(select(inbox).where(*waiting).order_by(inbox.c.id).limit(1)).one_or_none()
    if row is None or (row.not_before is not None and row.not_before > now):
        return None
    return Letter(id=row.id, fact=codec.load_fact(row.body), source=row.source, attempts=row.attempts)


def lock(connection: Connection, letter_id: int) -> bool:
    """Keep a letter from being settled by anyone else in this transaction; False when it is settled."""
    query = select(inbox.c.id).where(inbox.c.id == letter_id, inbox.c.state == "waiting").with_for_update()
    return connection.scalar(query) is not None


def settle(connection: Connection, letter_id: int, state: str, because: str) -> None:
    """Say what became of a letter. The first word stands."""
    waiting = inbox.c.id == letter_id, inbox.c.state == "waiting"
    connection.execute(update(inbox).where(*waiting).values(state=state, because=because))


def postpone(connection: Connection, letter_id: int, not_before: datetime, because: str) -> None:
    """Keep a letter waiting until later."""
    later = {"not_before": not_before, "because": because, "attempts": inbox.c.attempts + 1}
    waiting = inbox.c.id == letter_id, inbox.c.state == "waiting"
    connection.execute(update(inbox).where(*waiting).values(later))
