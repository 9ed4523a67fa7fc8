"""Takes up the runs of this machine whose worker is gone: their agents live, or what they said is kept.

A run without a cage has nothing to take up; it ends as lost, at once where its worker is known to be dead, and
begins again. So does one that was taken up too often, since it may be what its workers died of.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from enum import Enum

from app.domain.agenda import STAGES, Ending, Stage
from app.domain.errors import HandoffError
from app.domain.job import Report
from app.ledger.rows import Claimed, RunRow
from app.voice.endings import sentence
from workers.cage.supervisor import end_living
from workers.perform import Performer, perform_again
from workers.presence import Presence, presence
from workers.runs.journal import Journal
from workers.runs.visit import CAGES
from workers.tools import Tools

logger = logging.getLogger(__name__)

TIMES_MAX = 3
TAKEN_UP = "taken up"


class Verdict(Enum):
    """What to do about a claimed run."""

    LEAVE = "leave"
    TAKE_UP = "take up"
    END = "end"


def verdict(before: Presence, *, here: bool, began: bool, taken_up: int) -> Verdict:
    """Return what to do about a run of another worker. `here`: its folder is on this machine; `began`: so is a cage.

    A worker that is *unknown* left no sign: then only the end of its lease tells that it is gone.
    """
    if before is Presence.ALIVE or not here:
        return Verdict.LEAVE
    if began and taken_up < TIMES_MAX:
        return Verdict.TAKE_UP
    return Verdict.END if before is Presence.DEAD else Verdict.LEAVE


class Uptake:
    """The runs that were taken up by this worker, each performed in a task."""

    def __init__(self, tools: Tools, performers: Mapping[Stage, Performer]) -> None:
        """Begin with none."""
        self._tools, self._performers = tools, performers
        self._tasks: set[asyncio.Task[None]] = set()

    async def look(self) -> None:
        """Take up, or end, what there is; what is wrong with one run keeps nobody from the others."""
        for run in await self._tools.ledger.live_runs():
            if run.state == "claimed" and run.worker not in {None, self._tools.worker}:
                try:
                    await self._consider(run)
                except HandoffError:
                    raise
                except Exception:
                    logger.exception(
                        "a run could not be taken up", extra={"action": "take up", "run": run.id}
                    )

    async def _consider(self, run: RunRow) -> None:
        folder, before = self._tools.run_folder(run.id), str(run.worker)
        journal = Journal.of(folder)
        standing = presence(self._tools.data, before)
        match verdict(
            standing, here=folder.is_dir(), began=journal.begun, taken_up=journal.counted(TAKEN_UP)
        ):
            case Verdict.LEAVE:
                return
            case Verdict.TAKE_UP:
                if claimed := await self._take(run, before, standing):
                    journal.count(TAKEN_UP)
                    self._start(claimed)
            case Verdict.END:
                if claimed := await self._take(run, before, standing):
                    await self._end(claimed, before)

    async def _take(self, run: RunRow, before: str, standing: Presence) -> Claimed | None:
        tools = self._tools
        return await tools.ledger.take_up(
            run.id, before, tools.worker, tools.lease_seconds, departed=standing is Presence.DEAD
        )

    def _start(self, claimed: Claimed) -> None:
        logger.info("run taken up", extra={"action": "take up", "job": claimed.job.id, "run": claimed.run_id})
        task = asyncio.create_task(perform_again(self._tools, self._performers, claimed))
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (trouble := task.exception()) is not None:
            logger.error("taking up a run failed", exc_info=trouble, extra={"action": "take up"})

    async def _end(self, claimed: Claimed, before: str) -> None:
        await end_living(self._tools.run_folder(claimed.run_id) / CAGES)
        because = sentence(
            Ending.LOST, STAGES[claimed.stage].noun, f"the worker {before} died in the middle of it"
        )
        lost = Report(ending=Ending.LOST, because=because)
        await self._tools.ledger.end_run(claimed.run_id, claimed.fence, lost, self._tools.now())
        logger.warning("run lost: its worker died", extra={"action": "take up", "run": claimed.run_id})
        self._tools.nudge()

    async def leave(self) -> None:
        """Wait until every run has been left to the next worker."""
        if self._tasks:
            await asyncio.wait(self._tasks)


async def take_up_runs(
    tools: Tools, performers: Mapping[Stage, Performer], *, every_seconds: float, stopping: asyncio.Event
) -> None:
    """Look now, and again whenever the time has come, until `stopping`."""
    uptake = Uptake(tools, performers)
    try:
        while not stopping.is_set():
            try:
                await uptake.look()
            except HandoffError as error:
                logger.warning("runs could not be taken up: %s", error, extra={"action": "take up"})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), every_seconds)
    finally:
        await uptake.leave()
