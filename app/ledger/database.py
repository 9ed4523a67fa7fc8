"""What both databases have in common: units of work, the ledger's clock, and errors sorted by who must act.

A unit of work is a function that takes a connection and runs in one transaction. It may be run in a batch with
others (SQLite) or beside others (PostgreSQL), so it touches nothing but its connection.
"""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection, DateTime, Table, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.domain.errors import Defect, HandoffError, TryAgain

T = TypeVar("T")

# Not now(): that is when the transaction began, and it may have waited for a lock since.
_POSTGRES_TIME = select(func.clock_timestamp(type_=DateTime(timezone=True)))


class Database(Protocol):
    """Runs units of work off the event loop. Errors are those of `sorted_error`."""

    async def write(self, unit: Callable[[Connection], T]) -> T:
        """Run a unit in a transaction; when this returns, what it wrote is on disk."""

    async def read(self, unit: Callable[[Connection], T]) -> T:
        """Run a unit that only looks."""

    async def close(self) -> None:
        """Finish what was asked and let go."""


def sorted_error(error: Exception) -> Exception:
    """Return what to raise for an error of a unit. Statements and their values never become part of a message."""
    match error:
        case HandoffError():
            return error
        case OperationalError() | InterfaceError() if not _is_our_mistake(error):
            return TryAgain(f"The database could not do this just now: {_first_line(error)}.")
        case PoolTimeoutError():
            return TryAgain("All connections to the database are busy.")
        case DBAPIError():
            return Defect(f"The database refused this: {_first_line(error)}.")
        case _:
            return error


def _is_our_mistake(error: DBAPIError) -> bool:
    """SQLite calls a wrong statement an operational error too, and only the number behind it tells."""
    return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def _first_line(error: DBAPIError) -> str:
    """PostgreSQL's second line may quote a whole row."""
    return str(error.orig).partition("\n")[0]


def instant(connection: Connection) -> datetime:
    """Return the ledger's time: PostgreSQL's own, because hosts disagree; the host's for SQLite, which is one."""
    if connection.dialect.name == "postgresql":
        return connection.execute(_POSTGRES_TIME).scalar_one().astimezone(UTC)
    return datetime.now(UTC)


def insert(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT that can say `on_conflict_…`, which both databases spell alike and SQLAlchemy does not."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def took_place(connection: Connection, statement: "postgresql.Insert | sqlite.Insert") -> bool:
    """Run an INSERT that may do nothing, and say whether it did something (a row count does not always tell)."""
    return connection.scalar(statement.returning(literal(1))) is not None


def serialize(connection: Connection, what: str) -> None:
    """Let transactions that name the same thing pass one after the other. SQLite's writers always do."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))
