"""Looks from time to time whether a pull request that waits for people can still be merged: no webhook tells.

What it finds becomes a fact like any other; the same conflict, seen again, is the same fact.
"""

import asyncio
import contextlib
import logging

from app.domain.errors import HandoffError
from app.domain.facts import ConflictSeen
from app.domain.ids import Actor
from app.domain.job import Job, Phase
from app.domain.kinds import KINDS
from workers.tools import Tools

logger = logging.getLogger(__name__)

JOBS_LIMIT = 100
US = Actor(login="handoff", id=0, is_bot=True)


async def look_for_conflicts(tools: Tools, *, every_seconds: float, stopping: asyncio.Event) -> None:
    """Look at every waiting pull request now, and again whenever the time has come, until `stopping`."""
    while not stopping.is_set():
        try:
            for job in await tools.ledger.jobs(open_only=True, limit=JOBS_LIMIT):
                if job.phase is Phase.IN_REVIEW and KINDS[job.kind].tended and not stopping.is_set():
                    await _look(tools, job)
        except HandoffError as error:
            logger.info("a look for conflicts was not finished: %s", error, extra={"action": "reconcile"})
        except Exception:
            logger.exception("a look for conflicts failed", extra={"action": "reconcile"})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every_seconds)


async def _look(tools: Tools, job: Job) -> None:
    assert job.work.pull_request is not None, "in review only once it is open"
    pull = await tools.github.at(job.repository).pulls.get(job.work.pull_request.number)
    # GitHub says None while it has not found out yet.
    if pull.state != "open" or pull.mergeable is not False:
        return
    fact = ConflictSeen(
        act_key=f"conflict:{job.id}:{pull.head_sha}:{pull.base_sha}",
        repository=job.repository,
        number=job.number,
        by=US,
        at=tools.now(),
        job=job.id,
        base_sha=pull.base_sha,
    )
    if await tools.ledger.hear(fact, "reconciler"):
        tools.nudge()
