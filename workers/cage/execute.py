"""Runs one command in a cage, within its limits, and does not return before everything it started is dead."""

import asyncio
import signal
from asyncio import Event, Task
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from workers.cage.ownership import prepare
from workers.cage.process import NotStartedError, Running, start
from workers.cage.record import Record
from workers.cage.sandbox import Sandbox
from workers.cage.spec import CageSpec, Exit, How, Limits

_KILLED = 128 + signal.SIGKILL
_LAST_WORDS_SECONDS = 2  # to read what is in the pipe at the end; longer only if somebody escaped a bare run


async def execute(
    spec: CageSpec,
    sandbox: Sandbox,
    *,
    on_output: Callable[[bytes], None] | None = None,
    cancelled: Event | None = None,
) -> Exit:
    """Run a spec and return how it ended; a cancelled task kills the cage at once, then is cancelled.

    `on_output` is called with each piece of output on the event loop. `cancelled` ends the run with a grace.
    """
    await prepare(spec, sandbox.identity)
    began = monotonic()
    with Record(spec.output, spec.limits.output_bytes, on_output) as record:
        try:
            how, code = await _run(spec, sandbox, record, cancelled or Event())
        except NotStartedError as error:
            record.keep(f"{error}\n".encode())
            how, code = How.NOT_STARTED, None
    return Exit(
        how=how,
        code=code,
        seconds=monotonic() - began,
        output_tail=record.tail,
        output_bytes=record.heard,
        output_path=spec.output,
    )


async def _run(spec: CageSpec, sandbox: Sandbox, record: Record, cancelled: Event) -> tuple[How, int | None]:
    launch = sandbox.launch(spec, sandbox.identity)
    async with _started(await start(launch)) as running:
        await running.ready(contains=sandbox.contains)
        async with _task(record.follow(running.output)) as following:
            await running.begin(launch.config)
            how, code = await _until_over(running, spec.limits, record, cancelled, following)
            running.kill()
            await running.over()
            await asyncio.wait({following}, timeout=_LAST_WORDS_SECONDS)
        if how is How.EXITED and not running.begun():
            return How.NOT_STARTED, None
        return how, code


async def _until_over(
    running: Running, limits: Limits, record: Record, cancelled: Event, following: Task[None]
) -> tuple[How, int]:
    """Wait for a first reason to end, ask the command to where that has a point, and say what came of it."""
    async with (
        _task(running.finished()) as exiting,
        _task(cancelled.wait()) as cancelling,
        _task(record.flooded.wait()) as flooding,
    ):
        reasons: dict[Task[Any], How] = {
            flooding: How.FLOODED,
            exiting: How.EXITED,
            cancelling: How.CANCELLED,
        }
        how = await _first_of(reasons, limits, record, following)
        if how in {How.TIMED_OUT, How.STALLED, How.CANCELLED}:
            running.ask()
            await asyncio.wait({exiting}, timeout=limits.grace_seconds)
        return how, exiting.result() if exiting.done() else _KILLED


async def _first_of(
    reasons: dict[Task[Any], How], limits: Limits, record: Record, following: Task[None]
) -> How:
    """Return what happens first; the record's failure, should it fail, is raised."""
    record.last_at = monotonic()
    deadline = record.last_at + limits.timeout_seconds
    while True:
        wake_at = min(deadline, record.last_at + limits.stall_seconds)
        waiting = {*reasons, following} if not following.done() else {*reasons}
        await asyncio.wait(
            waiting, timeout=max(0, wake_at - monotonic()), return_when=asyncio.FIRST_COMPLETED
        )
        if following.done():
            following.result()
        for task, how in reasons.items():
            if task.done():
                return how
        if monotonic() >= deadline:
            return How.TIMED_OUT
        if monotonic() >= record.last_at + limits.stall_seconds:
            return How.STALLED


@asynccontextmanager
async def _started(running: Running) -> AsyncIterator[Running]:
    """Kill and wait at the end, however it comes; shielded, so that a second cancellation leaves nothing alive."""
    try:
        yield running
    finally:
        running.kill()
        await asyncio.shield(_bury(running))


async def _bury(running: Running) -> None:
    await running.over()
    running.close()


@asynccontextmanager
async def _task(work: Coroutine[Any, Any, Any]) -> AsyncIterator[Task[Any]]:
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})
