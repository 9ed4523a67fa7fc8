"""Group commit for SQLite: one thread, one connection, one `COMMIT` for all units that wait.

A commit costs one flush to disk however much it holds, so under load this is many times faster than a commit
each, with the same promise: a unit is told *done* only after its commit is on disk. One failing unit does not
spoil its batch; a failing commit fails every unit of it.
"""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from app.domain.errors import TryAgain

T = TypeVar("T")

BATCH_LIMIT = 64


@dataclass(slots=True)
class _Waiting:
    unit: Callable[[Connection], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        if self.future.done():  # nobody waits any more; what was done stays done
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class GroupCommit:
    """The one writer of this process. `engine` must begin its transactions with `BEGIN IMMEDIATE`."""

    def __init__(self, engine: Engine, sort_error: Callable[[Exception], Exception]) -> None:
        self._connection, self._sort_error = engine.connect(), sort_error
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._closed = False
        # A daemon, because what it was not asked to finish was not promised to anyone.
        self._thread = threading.Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    async def run(self, unit: Callable[[Connection], T]) -> T:
        """Run a unit with whatever else waits; return its result when it is on disk."""
        if self._closed:
            raise TryAgain("The ledger is closed.")
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(_Waiting(unit, future))
        return await future

    async def close(self) -> None:
        """Finish what waits, then end the thread."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        with self._connection as connection:
            while (first := self._queue.get()) is not None:
                batch = [first]
                self._commit(connection, batch)
                with contextlib.suppress(RuntimeError):  # the loop has ended, and with it all who waited
                    self._loop.call_soon_threadsafe(_tell_all, batch)

    def _commit(self, connection: Connection, batch: list[_Waiting]) -> None:
        try:
            with connection.begin():
                self._gather(batch)  # after BEGIN, which may have waited for another process
                for waiting in batch:
                    self._try(connection, waiting)
        except Exception as error:  # noqa: BLE001 (whatever it was, none of the batch is on disk)
            with contextlib.suppress(sqlite3.Error):
                _driver(connection).rollback()  # a COMMIT that fails leaves its transaction open
            failure = self._sort_error(error)
            for waiting in batch:
                waiting.error = waiting.error or failure

    def _gather(self, batch: list[_Waiting]) -> None:
        with contextlib.suppress(Empty):
            while len(batch) < BATCH_LIMIT:
                waiting = self._queue.get_nowait()
                if waiting is None:
                    self._queue.put(None)
                    return
                batch.append(waiting)

    def _try(self, connection: Connection, waiting: _Waiting) -> None:
        """Run a unit in a savepoint. Raises only if SQLite has rolled the whole transaction back (a full disk)."""
        driver = _driver(connection)
        driver.execute("SAVEPOINT unit")
        try:
            waiting.result = waiting.unit(connection)
        except Exception as error:
            waiting.error = self._sort_error(error)
            if not driver.in_transaction:
                raise
            driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _tell_all(batch: list[_Waiting]) -> None:
    for waiting in batch:
        waiting.tell()
