"""The machinery's own rows: workers that are alive, and switches that people throw."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select, update

from app.ledger.database import insert, instant
from app.ledger.rows import Switch, WorkerRow
from app.ledger.schema import switches, workers

PROBE = "probe"


def greet(connection: Connection, worker: str, said: Mapping[str, Any]) -> None:
    """Enter a worker, or what changed about it."""
    values = {**said, "heartbeat_at": instant(connection), "draining": False}
    statement = insert(connection, workers).values(id=worker, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def beat(connection: Connection, worker: str, draining: bool) -> None:
    """Keep that a worker is alive."""
    values = {"heartbeat_at": instant(connection), "draining": draining}
    connection.execute(update(workers).where(workers.c.id == worker).values(values))


def part(connection: Connection, worker: str) -> None:
    """Forget a worker."""
    connection.execute(delete(workers).where(workers.c.id == worker))


def list_workers(connection: Connection) -> list[WorkerRow]:
    """Return all workers."""
    rows = connection.execute(select(workers).order_by(workers.c.id)).mappings()
    return [WorkerRow(**row) for row in rows]


def set_switch(connection: Connection, key: str, on: bool, because: str) -> None:
    """Throw a switch."""
    values = {"on": on, "because": because, "at": instant(connection)}
    statement = insert(connection, switches).values(key=key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))


def switch(connection: Connection, key: str) -> Switch:
    """Return a switch."""
    row = connection.execute(select(switches).where(switches.c.key == key)).one_or_none()
    return Switch() if row is None else Switch(on=row.on, because=row.because, at=row.at)


def probe(connection: Connection) -> None:
    """Write a row and read it back."""
    set_switch(connection, PROBE, on=True, because="somebody asked whether the ledger can be written")
    assert switch(connection, PROBE).on, "what was written is there"
