"""Runs the programs of one machine as children: starts them in order, keeps them up, stops them in reverse.

It knows nothing of what they do, and it reads no settings: each program brings its whole environment, so that
a secret reaches only the program that needs it. When the supervisor itself is killed, its children die too.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

from app.cli.keeper import Keeper, Program
from app.cli.restarts import RestartPolicy

__all__ = ["Log", "Program", "RestartPolicy", "supervise"]

OURSELVES = "handoff"

Log = Callable[[str], None]


async def supervise(
    programs: Sequence[Program],
    *,
    log: Log,
    policy: RestartPolicy | None = None,
    stopping: asyncio.Event | None = None,
) -> int:
    """Run `programs` until a signal, `stopping`, or until one of them cannot be kept running.

    Each is started when the one before it is ready, and stopped when the one after it is gone. The first
    SIGINT, SIGTERM or SIGHUP asks them to end; a second one kills them. Every line goes through `log`, with the
    name of its program in front. To be called in the main thread.

    Returns:
        The exit code: 0 after a signal or `stopping`, 1 after giving up on a program.
    """
    stopping = stopping or asyncio.Event()
    width = max(len(name) for name in (OURSELVES, *(program.name for program in programs)))
    keepers = [
        Keeper(program, _labelled(log, program.name, width), policy or RestartPolicy())
        for program in programs
    ]
    say = _labelled(log, OURSELVES, width)
    with _signals(stopping, keepers, say):
        because = await _run(keepers, stopping)
    say(because or "Everything has stopped.")
    return 1 if because else 0


async def _run(keepers: Sequence[Keeper], stopping: asyncio.Event) -> str | None:
    """Start all, wait, stop all; return why a program was given up, or None if we were told to stop."""
    try:
        ends: list[asyncio.Task[str]] = []
        for keeper in keepers:
            if not stopping.is_set() and not any(end.done() for end in ends):
                ends.append(keeper.start())
                await _first_of(keeper.up.wait(), stopping.wait(), watching=ends)
        await _first_of(stopping.wait(), watching=ends)
        return None if stopping.is_set() else next(end.result() for end in ends if end.done())
    finally:
        for keeper in keepers:
            keeper.wind_up()
        stopping.set()  # from here on, a signal is an impatient one
        for keeper in reversed(keepers):
            await keeper.stop()


async def _first_of(*events: Coroutine[Any, Any, Any], watching: Sequence[asyncio.Task[Any]]) -> None:
    """Wait for one of `events` or for one of the tasks being watched, which are left alone."""
    waits = [asyncio.create_task(event) for event in events]
    try:
        await asyncio.wait([*waits, *watching], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


def _labelled(log: Log, name: str, width: int) -> Log:
    return lambda line: log(f"{name:<{width}} | {line}")


@contextlib.contextmanager
def _signals(stopping: asyncio.Event, keepers: Sequence[Keeper], say: Log) -> Iterator[None]:
    """Turn the first signal into `stopping`, and the next into the end of all patience."""

    def hear(received: signal.Signals) -> None:
        if stopping.is_set():
            for keeper in keepers:
                keeper.kill()
        else:
            say(f"{received.name}: stopping. Once more stops at once.")
            stopping.set()

    loop = asyncio.get_running_loop()
    wanted = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asked for it to be ignored
        wanted.append(signal.SIGHUP)
    for each in wanted:
        loop.add_signal_handler(each, hear, each)
    try:
        yield
    finally:
        for each in wanted:
            loop.remove_signal_handler(each)
