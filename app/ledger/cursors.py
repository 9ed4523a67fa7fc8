"""Cursors: how far we have read what only grows, so that whoever reads on after a crash begins there."""

from typing import Any

from sqlalchemy import Connection, select

from app.ledger.database import insert, instant
from app.ledger.schema import cursors


def get(connection: Connection, key: str) -> dict[str, Any] | None:
    """Return how far somebody has read; None when nobody has begun."""
    found: dict[str, Any] | None = connection.scalar(select(cursors.c.value).where(cursors.c.key == key))
    return found


def keep(connection: Connection, key: str, value: dict[str, Any]) -> None:
    """Keep how far somebody has read."""
    values = {"value": value, "changed_at": instant(connection)}
    statement = insert(connection, cursors).values(key=key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))
