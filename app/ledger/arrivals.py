"""Deliveries: kept as they came, then read once. What cannot be read is kept with its reason."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from app.domain.facts import Fact
from app.ledger import inbox
from app.ledger.columns import Instant
from app.ledger.rows import Delivery
from app.ledger.schema import deliveries

# Written by hand and given to the driver as it is, because a webhook is answered only after it: SQLAlchemy's
# own way to run it costs as much again as running it does.
_ACCEPT = (
    "INSERT INTO deliveries (guid, event, body, headers, received_at, state, because, attempts)"
    " VALUES ({guid}, {event}, {body}, {headers}, {received_at}, 'waiting', '', 0)"
    " ON CONFLICT (guid) DO NOTHING"
)
_NAMES = ("guid", "event", "body", "headers", "received_at")
_ACCEPT_AS = {
    "sqlite": _ACCEPT.format(**{name: f":{name}" for name in _NAMES}),
    "postgresql": _ACCEPT.format(**{name: f"%({name})s" for name in _NAMES}),
}
_INSTANT = Instant()


def accept(
    connection: Connection,
    *,
    guid: str,
    event: str,
    body: bytes,
    headers: Mapping[str, str],
    received_at: datetime,
) -> bool:
    """Keep a delivery; True when its GUID is new."""
    dialect = connection.dialect
    values = {
        "guid": guid,
        "event": event,
        "body": body,
        "headers": json.dumps(headers),
        "received_at": _INSTANT.process_bind_param(received_at, dialect),
    }
    return connection.exec_driver_sql(_ACCEPT_AS[dialect.name], values).rowcount == 1


def known(connection: Connection, guids: Collection[str]) -> set[str]:
    """Return which of these deliveries we have."""
    return set(connection.scalars(select(deliveries.c.guid).where(deliveries.c.guid.in_(guids))))


def read(connection: Connection, guid: str) -> Delivery | None:
    """Return a delivery that waits."""
    query = select(deliveries).where(deliveries.c.guid == guid, deliveries.c.state == "waiting")
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Delivery(
        guid=row.guid,
        event=row.event,
        headers=row.headers,
        body=row.body,
        received_at=row.received_at,
        attempts=row.attempts,
    )


def settle(connection: Connection, guid: str, fact: Fact | None, because: str, source: str) -> bool:
    """Settle a delivery that waits, and hear what it says. True when that is new."""
    waiting = deliveries.c.guid == guid, deliveries.c.state == "waiting"
    if connection.scalar(select(deliveries.c.guid).where(*waiting).with_for_update()) is None:
        return False
    new = fact is not None and inbox.hear(connection, fact, source, guid)
    if fact is not None and not new:
        because = f"{because} (heard before as {fact.act_key})".strip()
    state = "unread" if fact is None else "read"
    connection.execute(update(deliveries).where(*waiting).values(state=state, because=because))
    return new


def postpone(connection: Connection, guid: str, not_before: datetime, because: str) -> None:
    """Keep a delivery waiting until later."""
    later = {"not_before": not_before, "because": because, "attempts": deliveries.c.attempts + 1}
    waiting = deliveries.c.guid == guid, deliveries.c.state == "waiting"
    connection.execute(update(deliveries).where(*waiting).values(later))
