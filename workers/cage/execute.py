"""Has one command run in a cage, within its limits, by a supervisor, and says how it ended.

The same spec executed again finds its cage again: alive, it is followed from the beginning of its output; over,
its end is read. So whoever takes up a run after a crash repeats its steps, and nothing is started twice.
"""

import asyncio
from asyncio import Event, Task
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from socket import socket
from typing import Any

from workers.cage import supervisor
from workers.cage.ownership import prepare
from workers.cage.sandbox import Sandbox
from workers.cage.spec import CageSpec, Exit
from workers.cage.supervise.attention import KILL, STOP


class LeftAliveError(Exception):
    """The worker leaves and the cage goes on: whoever executes the same spec next finds it again."""


async def execute(
    spec: CageSpec,
    sandbox: Sandbox,
    *,
    on_output: Callable[[bytes], None] | None = None,
    cancelled: Event | None = None,
    leaving: Event | None = None,
) -> Exit:
    """Run a spec, or find it running, and return how it ended.

    `on_output` is called with each piece of output on the event loop. `cancelled` ends the run with a grace. A
    cancelled task kills the cage at once, unless it may outlive its worker.

    Raises:
        LeftAliveError: `leaving` was set, and the cage may outlive its worker.
    """
    reader = supervisor.Reader(spec.records, on_output)
    connection = await _connected(spec, sandbox)
    if connection is not None:
        with connection:
            await _follow(connection, spec, reader, cancelled or Event(), leaving or Event())
    await reader.read_on()
    return supervisor.exit_of(spec)


async def _connected(spec: CageSpec, sandbox: Sandbox) -> socket | None:
    """Return the connection to the cage's supervisor, a new one if it is to begin; None when it is over."""
    if not supervisor.begun(spec.records):
        await prepare(spec, sandbox.identity)
        spec.records.mkdir(parents=True, exist_ok=True, mode=0o700)
        return await asyncio.to_thread(supervisor.start, spec, sandbox)
    return None if supervisor.ended(spec.records) else await supervisor.find(spec.records)


async def _follow(
    connection: socket, spec: CageSpec, reader: supervisor.Reader, cancelled: Event, leaving: Event
) -> None:
    """Read along until the supervisor closes the connection, and pass on the wish to end."""
    async with (
        _task(_hear(connection, reader)) as hearing,
        _task(cancelled.wait()) as cancelling,
        _task(leaving.wait()) as going,
    ):
        try:
            await asyncio.wait({hearing, cancelling, going}, return_when=asyncio.FIRST_COMPLETED)
            if cancelling.done():
                _say(connection, STOP)
            elif going.done() and spec.outlives_its_worker and not hearing.done():
                raise LeftAliveError
            await asyncio.shield(hearing)
        except asyncio.CancelledError:
            if not spec.outlives_its_worker:
                _say(connection, KILL)
                await asyncio.wait({hearing})
            raise


async def _hear(connection: socket, reader: supervisor.Reader) -> None:
    loop = asyncio.get_running_loop()
    await reader.read_on()  # what was said before we came
    with suppress(ConnectionError):
        while await loop.sock_recv(connection, 4096):
            await reader.read_on()


def _say(connection: socket, what: bytes) -> None:
    """Ask the supervisor for something; if it is gone, so is the cage."""
    with suppress(OSError):
        connection.send(what)


@asynccontextmanager
async def _task(work: Coroutine[Any, Any, Any]) -> AsyncIterator[Task[Any]]:
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})
