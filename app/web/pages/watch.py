"""Notices what changed, for everybody who has a page open: one look at the ledger a second, whoever many watch.

Nobody watches, nobody looks. It tells that something is different, never what: the page asks for itself again, and
is given what its viewer may see.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.domain.errors import HandoffError
from app.ledger.reading import Reading
from app.ledger.rows import Glance, Touched

LOOK_SECONDS = 1.0
WATCHERS_MAX = 200
PENDING_MAX = 2000

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Watcher:
    """Somebody with a page open: what changed since they were last told."""

    touched: set[Touched] = field(default_factory=set)
    machine: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self) -> tuple[frozenset[Touched], bool]:
        """Return what changed since the last time, jobs and machinery, and forget it."""
        told = frozenset(self.touched), self.machine
        self.touched.clear()
        self.machine = False
        self.news.clear()
        return told

    def note(self, touched: frozenset[Touched], *, machine: bool) -> None:
        """Keep what changed, for when they ask."""
        if len(self.touched) < PENDING_MAX:
            self.touched |= touched
        self.machine = self.machine or machine
        self.news.set()


def changed(before: Glance, now: Glance) -> frozenset[Touched]:
    """Return the jobs of which a page may look different now."""
    either = before.live.keys() | now.live.keys()
    moved = {run for run in either if before.live.get(run) != now.live.get(run)}
    return now.happened | {(now.live.get(run) or before.live[run])[0] for run in moved}


class Watch:
    """The one who looks. `machine` says how the machinery is, in any words that differ when it does."""

    def __init__(
        self,
        ledger: Reading,
        machine: Callable[[], Awaitable[str]],
        *,
        look_seconds: float = LOOK_SECONDS,
        watchers_max: int = WATCHERS_MAX,
    ) -> None:
        self._ledger, self._machine = ledger, machine
        self._look_seconds, self._watchers_max = look_seconds, watchers_max
        self._watchers: set[Watcher] = set()
        self._somebody = asyncio.Event()
        self._seen = Glance(newest=0, happened=frozenset(), live={})
        self._said = ""
        self._away = False
        self.closing = asyncio.Event()

    @property
    def live(self) -> Mapping[str, tuple[Touched, str, str | None]]:
        """The runs that had not ended at the last look, by id: their job, their state and why they wait."""
        return self._seen.live

    @property
    def seen(self) -> int:
        """The number of the newest event at the last look."""
        return self._seen.newest

    @property
    def crowded(self) -> bool:
        """Whether nobody else is let in."""
        return len(self._watchers) >= self._watchers_max or self.closing.is_set()

    @contextmanager
    def joined(self, watcher: Watcher) -> Iterator[None]:
        """Watch for as long as this lasts."""
        self._watchers.add(watcher)
        self._somebody.set()
        try:
            yield
        finally:
            self._watchers.discard(watcher)
            if not self._watchers:
                self._somebody.clear()

    def close(self) -> None:
        """Tell everybody that it is over."""
        self.closing.set()
        for watcher in self._watchers:
            watcher.news.set()

    async def newest(self) -> int:
        """Return the number of the newest event that everybody was told of; what comes later will be told."""
        if not self._watchers:
            self._seen, self._said = await self._ledger.glance(sys.maxsize), await self._machine()
        return self._seen.newest

    async def look_out(self) -> None:
        """Look, and tell, until cancelled."""
        while True:
            await self._somebody.wait()
            await asyncio.sleep(self._look_seconds)
            try:
                await self._look()
            except HandoffError as trouble:
                self._note_outage(trouble)
            except Exception:
                logger.exception("The pages could not be kept fresh.", extra={"action": "watch"})

    def _note_outage(self, trouble: HandoffError) -> None:
        if not self._away:
            logger.warning("The pages cannot be kept fresh: %s", trouble, extra={"action": "watch"})
        self._away = True

    async def _look(self) -> None:
        now, said = await self._ledger.glance(self._seen.newest), await self._machine()
        touched, machine = changed(self._seen, now), said != self._said
        self._seen, self._said, self._away = now, said, False
        if touched or machine:
            for watcher in self._watchers:
                watcher.note(touched, machine=machine)
