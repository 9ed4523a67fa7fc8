"""Artifacts: logs, bundles and the like, redacted before they come here, kept so that any host can show them."""

from sqlalchemy import Connection, delete, func, select

from app.domain.errors import Refused
from app.ledger.database import insert, instant
from app.ledger.rows import Artifact
from app.ledger.schema import artifacts

LIMIT_BYTES = 64 * 1024 * 1024
LOG = "log:"
"""Before the id of a run, the key of what it put out."""
FILE = "file:"
"""Before the id of a run, a slash and a name, the key of a file that it left."""
SUMMARY = (f"{FILE}%/exit.json", f"{FILE}%/outcome.json")
"""The keys of what is left of a job when its pull request is closed, as patterns of SQL."""


def file_key(run_id: str, name: str) -> str:
    """Return the key of a file that a run left."""
    return f"{FILE}{run_id}/{name}"


def check_size(key: str, data: bytes, limit_bytes: int) -> None:
    """Refuse what is too large before it is sent anywhere."""
    if len(data) > limit_bytes:
        raise Refused(f"`{key}` has {len(data):,} bytes, and at most {limit_bytes:,} are kept.")


def keep(connection: Connection, job_id: str, key: str, media_type: str, data: bytes) -> None:
    """Keep an artifact, in place of one with the same key."""
    values = {"media_type": media_type, "data": data, "created_at": instant(connection)}
    statement = insert(connection, artifacts).values(job_id=job_id, key=key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["job_id", "key"], set_=values))


def get(connection: Connection, job_id: str, key: str) -> Artifact | None:
    """Return an artifact."""
    query = select(artifacts).where(artifacts.c.job_id == job_id, artifacts.c.key == key)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Artifact(media_type=row.media_type, data=row.data, created_at=row.created_at)


def keys(connection: Connection, job_id: str, prefix: str) -> list[str]:
    """Return what follows a prefix in the keys of a job's artifacts."""
    query = select(artifacts.c.key).where(artifacts.c.job_id == job_id)
    return [key.removeprefix(prefix) for key in connection.scalars(query) if key.startswith(prefix)]


def sizes(connection: Connection, job_id: str, prefix: str) -> dict[str, int]:
    """Return the sizes, in bytes, of a job's artifacts by what follows a prefix in their keys."""
    query = select(artifacts.c.key, func.length(artifacts.c.data)).where(artifacts.c.job_id == job_id)
    found = connection.execute(query.order_by(artifacts.c.key)).tuples()
    return {key.removeprefix(prefix): size for key, size in found if key.startswith(prefix)}


def drop(connection: Connection, job_id: str) -> int:
    """Forget a job's artifacts."""
    return connection.execute(delete(artifacts).where(artifacts.c.job_id == job_id)).rowcount
