"""PostgreSQL: a small pool, each unit a transaction in a thread. For as many machines as you like."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeVar

from sqlalchemy import URL, Connection, create_engine

from app.domain.errors import TryAgain
from app.ledger.database import serialize, sorted_error
from app.ledger.migrate import migrate

T = TypeVar("T")

CONNECTIONS = 8
# Nothing of ours takes seconds; whatever does is stuck, and must not hold its locks.
OPTIONS = "-c statement_timeout=60s -c lock_timeout=15s -c idle_in_transaction_session_timeout=60s"


class PostgresDatabase:
    """A PostgreSQL database as a `Database`."""

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=True,  # a server that was restarted costs one ping, not one failed unit
            connect_args={"connect_timeout": 10, "application_name": "handoff", "options": OPTIONS},
            hide_parameters=True,
        )
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="ledger")
        self._closed = False

    @classmethod
    async def open(cls, url: URL) -> Self:
        """Open the database at the newest schema."""
        database = cls(url)
        try:
            await database.write(_migrate)
        except BaseException:
            await database.close()
            raise
        return database

    async def write(self, unit: Callable[[Connection], T]) -> T:
        """Run a unit in a transaction of its own."""
        return await self._run(unit)

    async def read(self, unit: Callable[[Connection], T]) -> T:
        """Run a unit that only looks."""
        return await self._run(unit)

    async def _run(self, unit: Callable[[Connection], T]) -> T:
        if self._closed:
            raise TryAgain("The ledger is closed.")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._transact, unit)

    def _transact(self, unit: Callable[[Connection], T]) -> T:
        try:
            with self._engine.begin() as connection:
                return unit(connection)
        except Exception as error:
            raise sorted_error(error) from error

    async def close(self) -> None:
        """Finish what was asked and close the connections."""
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()


def _migrate(connection: Connection) -> None:
    """Migrate under a lock: two processes that start at once must not both do it."""
    # Only here may something take long: a large table that changes, or the other process that changes it.
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    serialize(connection, "handoff:migrate")
    migrate(connection)
