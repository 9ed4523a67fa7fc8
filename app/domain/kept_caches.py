"""Which of a repository's caches are let go: what nobody used lately, then the oldest-used beyond a size. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

BYTES_MAX = 5_000_000_000
UNUSED_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One cache that is kept, how large it is, and when it was last used."""

    key: str
    bytes: int
    used_at: datetime


def let_go(
    kept: Iterable[Kept], now: datetime, *, bytes_max: int = BYTES_MAX, unused_for: timedelta = UNUSED_FOR
) -> tuple[str, ...]:
    """Return the keys of what is removed; what was used last stays as far as it fits."""
    gone: list[str] = []
    left = bytes_max
    for cache in sorted(kept, key=lambda cache: (cache.used_at, cache.key), reverse=True):
        if now - cache.used_at > unused_for or cache.bytes > left:
            gone.append(cache.key)
        else:
            left -= cache.bytes
    return tuple(gone)
