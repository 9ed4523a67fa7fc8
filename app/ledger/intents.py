"""Intents: what a run is about to write to GitHub, kept before it does, so that a second attempt looks first.

They share the table of effects, in a state that no deliverer takes: the run itself performs them.
"""

from typing import Any

from sqlalchemy import Connection, select, update

from app.domain.errors import Defect
from app.ledger.database import insert, instant, took_place
from app.ledger.rows import Intent
from app.ledger.schema import effects

KIND = "Intent"


def intend(connection: Connection, job_id: str, key: str) -> Intent:
    """Keep an intent; say whether it was there before, and what came of it."""
    values = {
        "job_id": job_id,
        "key": f"{KIND}:{key}",
        "kind": KIND,
        "state": "intended",
        "attempts": 0,
        "started": True,
        "because": "",
        "created_at": instant(connection),
    }
    statement = insert(connection, effects).values(values)
    if took_place(connection, statement.on_conflict_do_nothing(index_elements=["job_id", "key"])):
        return Intent(done=None, started_before=False)
    query = select(effects.c.result).where(effects.c.job_id == job_id, effects.c.key == f"{KIND}:{key}")
    return Intent(done=connection.scalar(query), started_before=True)


def fulfil(connection: Connection, job_id: str, key: str, result: dict[str, Any]) -> None:
    """Keep what came of an intent; a second word replaces the first, since whoever looked last knows best."""
    ours = effects.c.job_id == job_id, effects.c.key == f"{KIND}:{key}"
    fulfilled = connection.execute(update(effects).where(*ours).values(state="done", result=result))
    if fulfilled.rowcount != 1:
        raise Defect(f"Job {job_id} fulfilled {key!r}, which it never intended.")
