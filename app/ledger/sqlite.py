"""SQLite: one writer thread with group commit, a few readers. For one machine, and never on a network file system.

`synchronous=FULL` keeps what was acknowledged through a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous).
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from app.domain.errors import BadConfiguration
from app.ledger.database import sorted_error
from app.ledger.group_commit import GroupCommit
from app.ledger.migrate import migrate

T = TypeVar("T")

BUSY_SECONDS = 15
MIGRATION_SECONDS = 600
READERS = 4


class SqliteDatabase:
    """A SQLite file as a `Database`."""

    def __init__(self, path: Path) -> None:
        self._writing = _writing_engine(path, "foreign_keys=ON")
        self._reading = _reading_engine(path)
        self._writer = GroupCommit(self._writing, sorted_error)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="ledger-reader")

    @classmethod
    async def open(cls, name: str) -> Self:
        """Open the file, made if it is missing, at the newest schema."""
        path = _make(name)
        await asyncio.to_thread(_migrate, path)
        return cls(path)

    async def write(self, unit: Callable[[Connection], T]) -> T:
        """Run a unit in the next batch."""
        return await self._writer.run(unit)

    async def read(self, unit: Callable[[Connection], T]) -> T:
        """Run a unit that only looks."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._look, unit)

    def _look(self, unit: Callable[[Connection], T]) -> T:
        try:
            with self._reading.begin() as connection:
                return unit(connection)
        except Exception as error:
            raise sorted_error(error) from error

    async def close(self) -> None:
        """Finish what was asked and close the file."""
        await self._writer.close()
        await asyncio.to_thread(self._readers.shutdown)
        self._reading.dispose()
        self._writing.dispose()


def _make(name: str) -> Path:
    """Make the file readable by us alone: what people wrote in private repositories is in it."""
    path = Path(name).absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise BadConfiguration(f"The database file {path} cannot be opened: {error.strerror}.") from error
    return path


def _migrate(path: Path) -> None:
    """Migrate in one transaction that holds the write lock: of processes that start at once, one does it."""
    # Rebuilding a table, which is how SQLite alters one, drops the old one: with foreign keys on, what refers
    # to its rows would be in the way.
    engine = _writing_engine(path, "foreign_keys=OFF", f"busy_timeout={MIGRATION_SECONDS * 1000}")
    try:
        with engine.begin() as connection:
            migrate(connection)
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
            raise BadConfiguration(f"{path} is not a database; name another file.") from error
        raise sorted_error(error) from error
    finally:
        engine.dispose()


def _writing_engine(path: Path, *pragmas: str) -> Engine:
    """Return an engine whose transactions take the write lock at their begin, so that none fails half way."""
    always = ("journal_mode=WAL", "synchronous=FULL")
    return _engine(path, (*always, *pragmas), begin="BEGIN IMMEDIATE", pool_size=1)


def _reading_engine(path: Path) -> Engine:
    return _engine(path, ("query_only=ON",), begin="BEGIN", pool_size=READERS)


def _engine(path: Path, pragmas: tuple[str, ...], *, begin: str, pool_size: int) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,
    )

    def connected(driver: Any, _record: object) -> None:
        driver.isolation_level = None  # otherwise Python begins transactions by itself, and the wrong kind
        for pragma in pragmas:
            driver.execute(f"PRAGMA {pragma}")

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine
