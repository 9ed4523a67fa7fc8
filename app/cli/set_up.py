"""Runs the set-up process once, until the App is registered or somebody has had enough. It holds no secret itself."""

import asyncio
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.cli.processes import command
from app.cli.supervise import Log
from app.embedded.child import Child

GRACE_SECONDS = 10.0
STOPPED = 0


async def set_up(environment: Mapping[str, str], log: Log) -> int:
    """Run it with exactly this environment; return its exit code, 0 also when a signal ended it.

    To be called in the main thread. The first SIGINT, SIGTERM or SIGHUP asks it to end.
    """
    stopping = asyncio.Event()
    with _signals(stopping):
        child = await Child.start(command("setup"), environment, log)
        waits = [asyncio.create_task(child.wait()), asyncio.create_task(stopping.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        waits[1].cancel()
        if stopping.is_set():
            await child.stop(GRACE_SECONDS)
        code = int(await waits[0])
        return STOPPED if stopping.is_set() else code


@contextmanager
def _signals(stopping: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    wanted = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asked for it to be ignored
        wanted.append(signal.SIGHUP)
    for each in wanted:
        loop.add_signal_handler(each, stopping.set)
    try:
        yield
    finally:
        for each in wanted:
            loop.remove_signal_handler(each)
