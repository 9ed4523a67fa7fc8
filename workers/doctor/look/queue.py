"""Looks at the Redis or Valkey that wakes workers: whether it answers, and what it says of itself. Writes nothing."""

import asyncio
import contextlib

from redis.exceptions import AuthenticationError, RedisError, ResponseError

from app.config import Settings
from app.queue import open_redis
from workers.doctor.judge.stores import RedisSeen

ANSWER_SECONDS = 10


async def redis(settings: Settings) -> RedisSeen:
    """Ask it.

    Raises:
        BadConfiguration: its address cannot be read.
    """
    ours = settings.redis_url is None
    client = open_redis(settings.redis)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            told = await client.info()
            return RedisSeen(
                ours=ours,
                name="Valkey" if "valkey_version" in told else "Redis",
                version=str(told.get("valkey_version") or told.get("redis_version", "")),
                appendonly=await _setting(client, "appendonly"),
                save=await _setting(client, "save"),
                memory_limit_bytes=int(told.get("maxmemory", 0)),
                eviction=told.get("maxmemory_policy"),
            )
    except (OSError, RedisError, TimeoutError) as error:
        return RedisSeen(ours=ours, because=_why(error))
    finally:
        with contextlib.suppress(OSError, RedisError):
            await client.aclose(close_connection_pool=True)


async def _setting(client: object, name: str) -> str | None:
    """Return a setting; servers that others run for us may keep theirs to themselves."""
    try:
        found = await client.config_get(name)  # type: ignore[attr-defined] # redis-py types it for both worlds
    except ResponseError:
        return None
    return str(found[name]) if name in found else None


def _why(error: Exception) -> str:
    """Return half a sentence without the address, which may hold a password."""
    if isinstance(error, AuthenticationError):
        return "it does not accept our password"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    return (
        "nothing answers at its address" if isinstance(error, OSError | RedisError) else type(error).__name__
    )
