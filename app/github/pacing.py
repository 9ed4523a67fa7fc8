"""Keep to GitHub's pace: one bucket per installation, shared by all workers through Redis.

GitHub asks for a second between writes and bounds content-creating requests to 80 a minute and 500 an
hour, counting those of people too (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
Nobody sleeps here beyond a moment: a longer wait is `RateLimited`, and the queue comes back. When Redis is
away each process keeps the same pace for itself, and nothing waits for Redis.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.domain.errors import RateLimited
from app.github.buckets import TAKE_SCRIPT, Limit, take

_REDIS_SECONDS_MAX = 0.5
_SPENT_BELOW = 1


class Kind(Enum):
    """What a request costs GitHub."""

    READ = "read"
    WRITE = "write"
    CREATE = "create"
    """Makes something that people may be notified of: a comment, a review, a pull request."""
    MINT = "mint"
    """Asks for a token, which GitHub does not count as a write to anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How fast we go, per installation; the defaults stay a quarter below GitHub's own limits."""

    writes_per_minute: int = 60
    creations_per_minute: int = 60
    creations_per_hour: int = 400
    wait_seconds_max: float = 2.0

    def limits(self, kind: Kind) -> tuple[Limit, ...]:
        """Return what bounds a request of this kind."""
        writes = Limit.of("writes", self.writes_per_minute, per_seconds=60, burst=1)
        if kind in {Kind.READ, Kind.MINT}:
            return ()
        if kind is Kind.WRITE:
            return (writes,)
        return (
            writes,
            Limit.of("creations-minute", self.creations_per_minute, per_seconds=60, burst=10),
            Limit.of("creations-hour", self.creations_per_hour, per_seconds=3600, burst=60),
        )


class Pacing:
    """Turns at GitHub. One instance per process; `redis` None paces this process alone."""

    def __init__(
        self,
        redis: "Redis | None",
        rates: Rates,
        *,
        seconds: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Keep the parts: `seconds` is a clock for the process's own bucket, any origin will do."""
        self._redis = redis
        self._rates = rates
        self._seconds = seconds
        self._sleep = sleep
        self._own: dict[str, float] = {}

    async def turn(self, bucket: str, kind: Kind) -> None:
        """Wait for a turn, for a moment at most.

        Args:
            bucket: whose limits count, for instance an installation's id.
            kind: what the request costs.

        Raises:
            RateLimited: the wait would be longer; `after_seconds` says how long. No turn is taken then.
        """
        wait = await self._take(bucket, self._rates.limits(kind))
        if wait > self._rates.wait_seconds_max:
            raise RateLimited("I keep to GitHub's pace, and this is too early.", after_seconds=wait)
        if wait > 0:
            await self._sleep(wait)

    async def observe(self, bucket: str, headers: Mapping[str, str], *, now_seconds: float) -> None:
        """Learn from an answer: when GitHub says that the hour's budget is spent, nobody asks before its reset."""
        remaining, reset = headers.get("x-ratelimit-remaining", ""), headers.get("x-ratelimit-reset", "")
        if remaining.isdecimal() and reset.isdecimal() and int(remaining) < _SPENT_BELOW:
            await self.hold(bucket, min(3600.0, int(reset) - now_seconds))

    async def hold(self, bucket: str, seconds: float) -> None:
        """Let nobody have a turn for so long, in any process."""
        if seconds <= 0:
            return
        self._own[_hold(bucket)] = self._seconds() * 1000 + seconds * 1000
        milliseconds = int(seconds * 1000)
        await self._ask(lambda redis: redis.set(_hold(bucket), "1", px=milliseconds))

    async def _take(self, bucket: str, limits: tuple[Limit, ...]) -> float:
        keys = [_hold(bucket), *(f"{_key(bucket)}:{limit.name}" for limit in limits)]
        longest = self._rates.wait_seconds_max * 1000
        bounds = (longest, *(value for limit in limits for value in (limit.interval, limit.tolerance)))
        words = [*keys, *map(str, bounds)]
        answer = await self._ask(lambda redis: redis.eval(TAKE_SCRIPT, len(keys), *words))
        if answer is None:
            return take(self._own, keys, limits, now=self._seconds() * 1000, longest=longest) / 1000
        return float(answer) / 1000

    async def _ask(self, command: "Callable[[Redis], Any]") -> Any:
        """Ask Redis, but never wait for it: None when it is away."""
        if self._redis is None:
            return None
        try:
            async with asyncio.timeout(_REDIS_SECONDS_MAX):
                return await command(self._redis)
        except (RedisError, OSError, TimeoutError):
            return None


def _key(bucket: str) -> str:
    """Name a bucket; the braces keep its keys on one node of a cluster."""
    return f"handoff:pace:{{{bucket}}}"


def _hold(bucket: str) -> str:
    return f"{_key(bucket)}:hold"
