"""The condition of a database, seen without changing it: no file is made, no step of the schema is taken."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from app.domain.errors import BadConfiguration
from app.ledger import machinery
from app.ledger.migrate import steps, taken
from app.ledger.rows import PAUSED, STOP, Switch

CONNECT_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What was seen. `revision` None: no tables of ours yet. `because` says why it could not be looked at.

    `file` is where an SQLite database lies (it may not be there yet), None for PostgreSQL. `durable` is the setting
    that keeps an acknowledged write through a power cut, as the database names it. `stop` and `paused` are the switches.
    """

    file: Path | None = None
    exists: bool = True
    because: str | None = None
    version: str = ""
    durable: str = ""
    revision: str | None = None
    newest: str = ""
    known: bool = True
    stop: Switch = field(default_factory=Switch)
    paused: Switch = field(default_factory=Switch)


async def condition_of(address: str) -> Condition:
    """Look at the database at an address.

    Raises:
        BadConfiguration: the address is none of ours.
    """
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise BadConfiguration("The database address is not one.") from error
    if url.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_sqlite, url.database or "")
    return await asyncio.to_thread(_postgres, url.set(drivername="postgresql+psycopg"))


def _sqlite(name: str) -> Condition:
    path = Path(name).absolute()
    if not path.exists():
        return Condition(file=path, exists=False, newest=steps()[-1])
    engine = create_engine(
        URL.create("sqlite", database=f"file:{path}", query={"mode": "ro", "uri": "true"}), poolclass=NullPool
    )
    return _looked_at(engine, path, "SELECT sqlite_version()", "PRAGMA journal_mode")


def _postgres(url: URL) -> Condition:
    engine = create_engine(
        url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS}, hide_parameters=True
    )
    return _looked_at(engine, None, "SHOW server_version", "SHOW fsync")


def _looked_at(engine: Engine, file: Path | None, version: str, durable: str) -> Condition:
    try:
        with engine.connect() as connection:
            revision = taken(connection)
            return Condition(
                file=file,
                version=_scalar(connection, version),
                durable=_scalar(connection, durable),
                revision=revision,
                newest=steps()[-1],
                known=revision is None or revision in steps(),
                stop=_switch(connection, revision, STOP),
                paused=_switch(connection, revision, PAUSED),
            )
    except DBAPIError as error:
        return Condition(file=file, because=str(error.orig).strip().partition("\n")[0], newest=steps()[-1])
    finally:
        engine.dispose()


def _switch(connection: Connection, revision: str | None, key: str) -> Switch:
    return Switch() if revision is None else machinery.switch(connection, key)


def _scalar(connection: Connection, statement: str) -> str:
    return str(connection.execute(text(statement)).scalar_one())
