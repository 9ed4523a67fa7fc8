"""Passes on what a run puts out while it runs, a little at a time, to whoever watches. Nobody waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.exceptions import RedisError

from app.ending import end
from app.live import LiveTail
from workers.runs.visit import RunVisit

PAUSE_SECONDS = 0.7


@asynccontextmanager
async def broadcast(live: LiveTail | None, visit: RunVisit) -> AsyncIterator[None]:
    """Pass on what a run puts out for as long as this lasts; without a Redis that answers, nothing."""
    if live is None:
        yield
        return
    passing = asyncio.create_task(_pass_on(live, visit))
    try:
        yield
    finally:
        await end(passing)


async def _pass_on(live: LiveTail, visit: RunVisit) -> None:
    try:
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            await _add(live, visit)
    finally:
        # What came since the last time; a Redis that is away must not hold the run up.
        with suppress(TimeoutError):
            await asyncio.wait_for(_add(live, visit), PAUSE_SECONDS)


async def _add(live: LiveTail, visit: RunVisit) -> None:
    text = visit.log.take()
    if text:
        with suppress(RedisError, OSError):
            await live.add(visit.run, text)
