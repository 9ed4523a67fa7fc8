"""Failed attempts to come in, counted for a minute by where they come from. Kept in memory: it saves work, not secrets.

Nobody guesses 256 random bits; but each attempt costs the ledger a look, and some cost a call to GitHub.
"""

from collections import OrderedDict
from collections.abc import Callable

ATTEMPTS_MAX = 20
WINDOW_SECONDS = 60.0
SOURCES_MAX = 1000

Clock = Callable[[], float]
"""Seconds that only go forward."""


class Attempts:
    """How many times each source has failed lately."""

    def __init__(self, clock: Clock, *, most: int = ATTEMPTS_MAX) -> None:
        self._clock, self._most = clock, most
        self._failed: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def too_many(self, source: str) -> bool:
        """Say whether somebody has to wait."""
        return self._count(source) >= self._most

    def note(self, source: str) -> None:
        """Count a failure. The sources that began longest ago are forgotten when there are too many."""
        since = self._failed[source][0] if self._count(source) else self._clock()
        self._failed[source] = (since, self._count(source) + 1)
        while len(self._failed) > SOURCES_MAX:
            self._failed.popitem(last=False)

    def _count(self, source: str) -> int:
        since, count = self._failed.get(source, (0.0, 0))
        return count if count and self._clock() - since < WINDOW_SECONDS else 0
