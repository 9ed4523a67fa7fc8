"""Asks GitHub for news, repository by repository: pull mode, and from time to time a comparison with how things stand.

A repository is asked about by one worker at a time, which keeps it: an ETag is worth something only with the token
that it came with. What is found becomes facts like those of webhooks, and an act that came by both counts once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from app.domain.errors import HandoffError, RateLimited
from app.domain.ids import Repository
from workers.reconcile.compare import compare
from workers.reconcile.covered import Covered, covered
from workers.reconcile.news import Asking
from workers.reconcile.poll_issues import begin, comments, happenings
from workers.reconcile.poll_pulls import pulls
from workers.tools import Tools

logger = logging.getLogger(__name__)

COMPARE_EVERY = timedelta(minutes=10)
"""How often it is compared how things stand, whatever was told: one conditional request for each repository."""

NEWCOMERS_EVERY = timedelta(minutes=1)
"""How often it is asked in pull mode where we are installed: somebody who has just installed us waits."""

WEBHOOKS_TAKE = timedelta(minutes=1)
"""How long a webhook may be under way before we take what it tells for untold."""

JOBS_LIMIT = 1000


async def ask_for_news(
    tools: Tools,
    *,
    pull: bool,
    every_seconds: float,
    stopping: asyncio.Event,
    compare_every: timedelta = COMPARE_EVERY,
) -> None:
    """Go around the repositories now and whenever the time has come, until `stopping`.

    Without `pull` it is only compared how things stand.
    """
    every = timedelta(seconds=every_seconds) if pull else compare_every
    rounds = Rounds(tools, pull=pull, every=every, compare_every=compare_every)
    try:
        while not stopping.is_set():
            await rounds.go(stopping)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), every.total_seconds())
    finally:
        await rounds.leave()


class Rounds:
    """The repositories that this worker asks about, and when it compared them last."""

    def __init__(self, tools: Tools, *, pull: bool, every: timedelta, compare_every: timedelta) -> None:
        self._tools = tools
        self._pull = pull
        self._lease_seconds = every.total_seconds() * 2 + tools.lease_seconds
        self._compare_every = compare_every
        self._covered_every = min(compare_every, NEWCOMERS_EVERY) if pull else compare_every
        self._asking = Asking(tools, patience=timedelta() if pull else WEBHOOKS_TAKE)
        self._covered: Covered | None = None
        self._compared: dict[int, datetime] = {}
        self._kept: set[str] = set()
        self._trouble: dict[str, str] = {}

    async def go(self, stopping: asyncio.Event) -> None:
        """Ask about every repository once. Trouble with one is no trouble with the others, and is said once."""
        for repository in await self._repositories():
            if stopping.is_set() or not await self._carefully(
                repository.full_name, partial(self._one, repository)
            ):
                return

    async def leave(self) -> None:
        """Leave the repositories to other workers."""
        with contextlib.suppress(HandoffError):
            for lane in self._kept:
                await self._tools.ledger.leave_lane(lane, self._tools.worker)

    async def _repositories(self) -> tuple[Repository, ...]:
        now = self._tools.now()
        if self._covered is None or now - self._covered.at >= self._covered_every:
            await self._carefully("the list of repositories", self._look_what_is_covered)
        return self._covered.repositories if self._covered is not None else ()

    async def _look_what_is_covered(self) -> None:
        self._covered = await covered(self._tools, tell=self._pull)

    async def _one(self, repository: Repository) -> None:
        tools, lane = self._tools, f"news:{repository.id}"
        if not await tools.ledger.take_lane(lane, tools.worker, self._lease_seconds):
            return
        self._kept.add(lane)
        jobs, _ = await tools.ledger.open_jobs({repository.id}, JOBS_LIMIT)
        if self._pull:
            await begin(self._asking, repository)
            await happenings(self._asking, repository, jobs)
            await comments(self._asking, repository)
            await pulls(self._asking, repository, jobs)
        compared = self._compared.get(repository.id)
        if compared is None or tools.now() - compared >= self._compare_every:
            await compare(self._asking, repository, jobs)
            self._compared[repository.id] = tools.now()

    async def _carefully(self, what: str, step: Callable[[], Awaitable[None]]) -> bool:
        """Take a step; False when GitHub wants no more questions now."""
        try:
            await step()
        except HandoffError as error:
            if self._trouble.get(what) != str(error):
                logger.warning("no news of %s: %s", what, error, extra={"action": "poll"})
            self._trouble[what] = str(error)
            return not isinstance(error, RateLimited)
        except Exception:
            logger.exception("asking for news of %s failed", what, extra={"action": "poll"})
            return True
        if self._trouble.pop(what, None) is not None:
            logger.info("there is news of %s again", what, extra={"action": "poll"})
        return True
