"""What the repository's own checks said of a base commit: asked once for each commit and plan, by any worker."""

from typing import Any

from sqlalchemy import Connection, select

from app.ledger.database import insert, instant
from app.ledger.schema import base_checks


def keep(connection: Connection, repository_id: int, sha: str, plan: str, failures: dict[str, Any]) -> None:
    """Keep what failed; the first word counts, so that two workers who asked at once go on with the same one."""
    values = {"failures": failures, "at": instant(connection)}
    statement = insert(connection, base_checks).values(
        repository_id=repository_id, sha=sha, plan=plan, **values
    )
    connection.execute(statement.on_conflict_do_nothing(index_elements=["repository_id", "sha", "plan"]))


def get(connection: Connection, repository_id: int, sha: str, plan: str) -> dict[str, Any] | None:
    """Return what failed, or None when nobody has asked yet."""
    row = select(base_checks.c.failures).where(
        base_checks.c.repository_id == repository_id, base_checks.c.sha == sha, base_checks.c.plan == plan
    )
    found: dict[str, Any] | None = connection.scalar(row)
    return found
