"""The live tail of a run's output: written by the worker that has the run, read by the web process, through Redis.

It is for people who watch, and nothing depends on it: Redis may lose it at any moment, and it is bounded in every
direction. What is kept of a run for good is an artifact of the ledger. The text was redacted before it comes here.
"""

from datetime import timedelta

from redis.asyncio import Redis

ENTRIES_MAX = 32
ENTRY_CHARACTERS_MAX = 8_000
"""Together at most a quarter of a megabyte of Redis for each run that was alive within the hour."""
KEPT = timedelta(hours=1)
BEGINNING = "0-0"


def _key(run: str) -> str:
    return f"handoff:live:{run}"


class LiveTail:
    """The tails of all runs. Every method raises RedisError or OSError when Redis is away."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def add(self, run: str, text: str) -> None:
        """Add to a run's tail; the oldest part of it makes room, and a longer text loses its beginning."""
        async with self._redis.pipeline(transaction=True) as both:
            both.xadd(
                _key(run), {"text": text[-ENTRY_CHARACTERS_MAX:]}, maxlen=ENTRIES_MAX, approximate=False
            )
            both.expire(_key(run), KEPT)
            await both.execute()

    async def read(self, run: str, after: str = BEGINNING) -> tuple[str, str]:
        """Return what was added after a position, and the position that it ends at."""
        entries = await self._redis.xrange(_key(run), min=f"({after}", max="+")
        text = "".join(fields[b"text"].decode("utf-8", "replace") for _, fields in entries)
        return text, entries[-1][0].decode() if entries else after
