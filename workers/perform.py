"""Takes a run that is due: claims it, keeps its lease alive, has it performed, and hands in its report.

It knows nothing of what a run does. Whatever goes wrong becomes an ending, by who must act: what the queue can
mend is given back for later, what a person can mend is *refused* with a sentence, and the rest is our mistake.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

from app.domain.agenda import STAGES, Ending, Stage
from app.domain.errors import Refused, TryAgain
from app.domain.job import Report
from app.ending import end
from app.ledger.artifacts import LOG
from app.ledger.rows import Claimed
from app.voice.comments import apology
from app.voice.endings import sentence
from workers.cage.execute import LeftAliveError
from workers.cage.ownership import remove_tree
from workers.cage.supervisor import end_living
from workers.keep import keep_files, tidy
from workers.runs.broadcast import broadcast
from workers.runs.caged import CageLostError
from workers.runs.journal import Journal
from workers.runs.log import RunLog
from workers.runs.visit import CAGES, RunVisit
from workers.tools import Tools

logger = logging.getLogger(__name__)

Performer = Callable[[Tools, RunVisit], Awaitable[Report]]
RETRY_SECONDS = 15.0
DENIED_MAX = 100


async def perform(tools: Tools, performers: Mapping[Stage, Performer], run_id: str) -> None:
    """Perform a run if it can be claimed now; otherwise the ledger knows why it waits."""
    claimed = await tools.ledger.claim_run(run_id, tools.worker, tools.lease_seconds, tools.limits)
    if not isinstance(claimed, Claimed):
        return
    tools.nudge()
    logger.info("run begins", extra={"action": "run", "job": claimed.job.id, "run": run_id})

    async def anew(tools: Tools, visit: RunVisit) -> Report:
        await end_living(visit.folder / CAGES)  # whoever had it before gave it back, or was taken for dead
        await remove_tree(visit.folder)
        visit.folder.mkdir(parents=True)
        return await performers[claimed.stage](tools, visit)

    await _attend(tools, anew, _visit(tools, claimed, Journal(tools.run_folder(run_id))))


async def perform_again(tools: Tools, performers: Mapping[Stage, Performer], claimed: Claimed) -> None:
    """Perform a run that another worker began, from its first line: what is done is found done, or alive."""
    visit = _visit(tools, claimed, Journal.of(tools.run_folder(claimed.run_id)))
    visit.log.begin("another worker has taken this up; what was said before follows once more")
    await _attend(tools, performers[claimed.stage], visit)


def _visit(tools: Tools, claimed: Claimed, journal: Journal) -> RunVisit:
    folder = tools.run_folder(claimed.run_id)
    return RunVisit(
        run=claimed.run_id,
        stage=claimed.stage,
        job=claimed.job,
        fence=claimed.fence,
        folder=folder,
        cancelled=asyncio.Event(),
        log=RunLog(tools.redactor.redact, folder),
        journal=journal,
        leaving=tools.leaving,
    )


async def _attend(tools: Tools, performer: Performer, visit: RunVisit) -> None:
    """Have a run performed to its end, and hand in what came of it; or leave it, alive, to the next worker."""
    told = {"action": "run", "job": visit.job.id, "run": visit.run}
    async with _heartbeat(tools, visit), broadcast(tools.live, visit):
        try:
            report = await _report(tools, performer, visit)
        except TryAgain as error:
            await _give_back(tools, visit, error)
            return
        except LeftAliveError:
            await tools.ledger.hand_over(visit.run, visit.fence)
            logger.info("run left to the next worker", extra=told)
            return
    await _keep_output(tools, visit)
    await keep_files(tools.ledger, visit.job.id, visit.run, visit.folder, tools.redactor.redact)
    if not await tools.ledger.end_run(visit.run, visit.fence, report, tools.now()):
        logger.warning(
            "run %s, but it is not ours any more, and nor is its folder", report.ending, extra=told
        )
        return
    logger.info("run %s", report.ending, extra=told)
    tools.nudge()
    await end_living(visit.folder / CAGES)  # one that we broke down beside
    await tidy(visit.folder)


async def _report(tools: Tools, performer: Performer, visit: RunVisit) -> Report:
    what = STAGES[visit.stage].noun
    try:
        report = await performer(tools, visit)
    except Refused as error:
        return Report(ending=Ending.REFUSED, because=sentence(Ending.REFUSED, what, _lowered(str(error))))
    except CageLostError as error:
        return Report(ending=Ending.LOST, because=sentence(Ending.LOST, what, str(error)))
    except (TryAgain, LeftAliveError):
        raise
    except Exception:
        logger.exception("run failed", extra={"action": "run", "job": visit.job.id, "run": visit.run})
        return Report(ending=Ending.CRASHED, because=sentence(Ending.CRASHED, what, apology(visit.run)))
    if visit.halted.is_set() and report.ending is Ending.STOPPED:
        raise TryAgain("everything is stopped", after_seconds=1)
    return replace(report, denied=tuple(visit.denied)[:DENIED_MAX])


async def _give_back(tools: Tools, visit: RunVisit, error: TryAgain) -> None:
    later = error.after or tools.now() + timedelta(seconds=error.after_seconds or RETRY_SECONDS)
    because = tools.redactor.redact(str(error))
    logger.info("run given back: %s", because, extra={"action": "run", "job": visit.job.id, "run": visit.run})
    if (await tools.ledger.beat(visit.run, visit.fence, tools.lease_seconds)).kept:
        await end_living(visit.folder / CAGES)  # whoever claims it begins anew, and not beside it
    await tools.ledger.release_run(visit.run, visit.fence, later, because)


async def _keep_output(tools: Tools, visit: RunVisit) -> None:
    """Keep what the run put out, so that any host can show it; a run does not fail for want of that."""
    output = visit.log.whole()
    if not output:
        return
    try:
        await tools.ledger.keep_artifact(visit.job.id, f"{LOG}{visit.run}", "text/plain", output.encode())
    except TryAgain as error:
        logger.warning("output not kept: %s", error, extra={"action": "run", "run": visit.run})


@asynccontextmanager
async def _heartbeat(tools: Tools, visit: RunVisit) -> AsyncIterator[None]:
    beating = asyncio.create_task(_beat(tools, visit))
    try:
        yield
    finally:
        await end(beating)


async def _beat(tools: Tools, visit: RunVisit) -> None:
    """Extend the lease until told otherwise; cancel the run when a person stopped it or the lease is lost."""
    pause = min(tools.lease_seconds / 4, 2.0)
    while True:
        await asyncio.sleep(pause)
        try:
            pulse = await tools.ledger.beat(visit.run, visit.fence, tools.lease_seconds)
        except TryAgain as error:
            logger.warning("heartbeat missed: %s", error, extra={"action": "beat", "run": visit.run})
            continue
        if pulse.halted:
            visit.halted.set()
        if pulse.cancel or pulse.halted or not pulse.kept:
            visit.cancelled.set()
            return


def _lowered(text: str) -> str:
    stripped = text.strip().rstrip(".")
    return f"{stripped[:1].lower()}{stripped[1:]}"
