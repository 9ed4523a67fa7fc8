"""Lanes: who takes in the facts of one issue right now. A lease, so that a dead owner blocks nobody for long."""

from datetime import timedelta

from sqlalchemy import Connection, delete, or_

from app.ledger.database import insert, instant, took_place
from app.ledger.schema import lanes


def take(connection: Connection, lane: str, owner: str, seconds: float) -> bool:
    """Take a lane that is free, or whose owner's time is up, or that is yours already."""
    now = instant(connection)
    until = now + timedelta(seconds=seconds)
    statement = insert(connection, lanes).values(lane=lane, owner=owner, until=until)
    taken = statement.on_conflict_do_update(
        index_elements=["lane"],
        set_={"owner": owner, "until": until},
        where=or_(lanes.c.until <= now, lanes.c.owner == owner),
    )
    return took_place(connection, taken)


def leave(connection: Connection, lane: str, owner: str) -> None:
    """Give up a lane that is yours."""
    connection.execute(delete(lanes).where(lanes.c.lane == lane, lanes.c.owner == owner))
