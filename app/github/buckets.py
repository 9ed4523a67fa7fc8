"""The arithmetic of a pace, as a pure function and as the same script for Redis. Milliseconds throughout.

Each limit is a generic cell rate algorithm: one number, the time at which the bucket will be empty again.
A burst is taken out of the rate, so that no window ever holds more than the limit.
"""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in a window: `interval` between turns, `tolerance` for turns taken early."""

    name: str
    interval: float
    tolerance: float

    @classmethod
    def of(cls, name: str, count: int, *, per_seconds: int, burst: int) -> Self:
        """Allow `count` in any `per_seconds`, of which up to `burst` (at most half) may come at once."""
        burst = max(1, min(burst, count // 2))
        steady = count - burst if burst > 1 else count
        interval = per_seconds * 1000 / max(1, steady)
        return cls(name, interval, interval * (burst - 1))


def take(
    state: MutableMapping[str, float],
    keys: Sequence[str],
    limits: Sequence[Limit],
    *,
    now: float,
    longest: float,
) -> float:
    """Return the wait until a turn, and take the turn if the wait is at most `longest`.

    The first key holds the end of a general hold, each other one the state of the limit beside it.
    """
    hold, *names = keys
    full = [max(now, state.get(name, now)) for name in names]
    waits = [at - limit.tolerance - now for at, limit in zip(full, limits, strict=True)]
    wait = max(0.0, state.get(hold, 0.0) - now, *waits)
    if wait <= longest:
        for name, at, limit in zip(names, full, limits, strict=True):
            state[name] = max(at, now + wait) + limit.interval
    return wait


TAKE_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local longest = tonumber(ARGV[1])
local wait = math.max(0, redis.call('PTTL', KEYS[1]))
local full = {}
for i = 2, #KEYS do
  local tolerance = tonumber(ARGV[2 * i - 1])
  full[i] = math.max(now, tonumber(redis.call('GET', KEYS[i]) or '0'))
  wait = math.max(wait, full[i] - tolerance - now)
end
if wait <= longest then
  for i = 2, #KEYS do
    local at = math.max(full[i], now + wait) + tonumber(ARGV[2 * i - 2])
    redis.call('SET', KEYS[i], string.format('%.3f', at), 'PX', math.ceil(at - now) + 1000)
  end
end
return string.format('%.3f', wait)
"""
"""`take` on the server's own clock: the first key is a hold that expires, ARGV the longest wait and the limits."""
