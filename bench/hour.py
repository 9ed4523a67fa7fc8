"""Lets the hour pass in which GitHub takes no more than 500 comments, reviews and pull requests from anybody.

A pretend GitHub takes any number of them, and nobody wants to wait for an hour that says nothing of us. The pace of
a minute is kept.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from redis.asyncio import Redis

PAUSE_SECONDS = 1.0


@contextlib.asynccontextmanager
async def without_the_limit_of_an_hour(redis_url: str) -> AsyncIterator[None]:
    """Have an installation forget, again and again, how much it has created."""

    async def forget() -> None:
        async with Redis.from_url(redis_url) as redis:
            while True:
                async for key in redis.scan_iter("handoff:pace:*:creations-hour"):
                    await redis.delete(key)
                await asyncio.sleep(PAUSE_SECONDS)

    forgetting = asyncio.create_task(forget())
    try:
        yield
    finally:
        forgetting.cancel()
        await asyncio.gather(forgetting, return_exceptions=True)
