"""Removes what nobody needs any more: what runs left on this host and in the ledger, and what processes that died left.

What goes is decided in `prune`. Every step is bounded, goes in the order of time, and may be done twice or by two
workers at once; what one round leaves, the next one takes.
"""

import asyncio
import contextlib
import logging
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from app.domain.errors import Defect, HandoffError
from app.ledger.keeping import ASKED_MAX
from app.ledger.rows import RunStanding
from workers.cage.engine.leftovers import remove_leftovers
from workers.cage.engine.sandbox import Containers
from workers.cage.ownership import remove_tree
from workers.cage.supervise import bounds
from workers.checks.kept import tidy_every
from workers.presence import forget_dead
from workers.reconcile.leftovers import folders_of_runs, forgotten_files
from workers.reconcile.prune import Going, all_that_goes
from workers.tools import Tools
from workers.workspace.mirror import Mirror

logger = logging.getLogger(__name__)

FOLDERS_MAX = 200
JOBS_MAX = 50
"""What goes in one round at most: a worker has other things to do."""

Step = Callable[[Tools], Awaitable[dict[str, int]]]


async def keep_tidy(
    tools: Tools, *, kept_for: timedelta | None, every_seconds: float, stopping: asyncio.Event
) -> None:
    """Tidy up now, and again whenever the time has come, until `stopping`. `kept_for` None: for ever."""
    while not stopping.is_set():
        await tidy_up(tools, kept_for=kept_for)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every_seconds)


async def tidy_up(tools: Tools, *, kept_for: timedelta | None) -> dict[str, int]:
    """Go one round; return how many things of each kind went, and say so in the log, once, if there were any."""
    gone: dict[str, int] = {}
    steps: tuple[Step, ...] = (
        partial(_reap_folders, kept_for=kept_for),
        partial(_prune_artifacts, kept_for=kept_for),
        _forget_refs,
        _reap_groups,
        _remove_containers,
        _remove_forgotten,
        _let_go_of_dependencies,
        _forget_workers,
    )
    for step in steps:
        gone |= await _carefully(step, tools)
    told = ", ".join(f"{count} {what}" for what, count in gone.items() if count)
    if told:
        logger.info("removed what nobody needs any more: %s", told, extra={"action": "tidy"})
    return gone


async def _carefully(step: Step, tools: Tools) -> dict[str, int]:
    try:
        return await step(tools)
    except HandoffError as error:
        logger.warning("tidying up was not finished: %s", error, extra={"action": "tidy"})
    except Exception:
        logger.exception("tidying up failed", extra={"action": "tidy"})
    return {}


async def _reap_folders(tools: Tools, *, kept_for: timedelta | None) -> dict[str, int]:
    """Remove what is not needed of the folders of runs. The ledger is asked after the disk: a run comes before its folder."""
    seen = await asyncio.to_thread(folders_of_runs, tools.data / "runs")
    standings: dict[str, RunStanding] = {}
    for some in _batches(left.run for left in seen):
        standings |= await tools.ledger.standings(some)
    going = all_that_goes(seen, standings, kept_for=kept_for, now=tools.now(), limit=FOLDERS_MAX)
    gone = Counter([each.because for each in going if await _remove(tools.run_folder(each.run), each)])
    return {f"folders of runs ({why})": count for why, count in sorted(gone.items())}


async def _remove(folder: Path, going: Going) -> bool:
    """Remove what goes of one folder; False, and a word in the log, when that could not be: others must not wait for it."""
    try:
        for path in [folder] if going.names is None else [folder / name for name in going.names]:
            await remove_tree(path)
    except Defect as error:
        logger.warning("not removed: %s", error, extra={"action": "tidy", "run": going.run})
        return False
    return True


async def _prune_artifacts(tools: Tools, *, kept_for: timedelta | None) -> dict[str, int]:
    old = 0
    if kept_for is not None:
        _, old = await tools.ledger.drop_old_artifacts(tools.now() - kept_for, JOBS_MAX)
    _, details = await tools.ledger.drop_details(JOBS_MAX)
    return {"artifacts (old)": old, "artifacts (closed)": details}


async def _forget_refs(tools: Tools) -> dict[str, int]:
    """Stop keeping the commits of jobs that ended, in every mirror on this host."""
    count = 0
    for path in await asyncio.to_thread(lambda: sorted((tools.data / "mirrors").glob("*.git"))):
        mirror = Mirror(path)
        for some in _batches(await mirror.jobs()):
            for job in sorted(await tools.ledger.ended_among(some)):
                await mirror.forget(job)
                count += 1
    return {"commits of jobs": count}


async def _reap_groups(_: Tools) -> dict[str, int]:
    """Kill what is left in the control groups of cages whose supervisor is gone."""
    return {"control groups": len(await asyncio.to_thread(bounds.reap))}


async def _remove_containers(tools: Tools) -> dict[str, int]:
    """Remove the containers of this folder's cages whose supervisor is gone."""
    launch = tools.sandbox.launch
    if not isinstance(launch, Containers):
        return {}
    return {"containers": await remove_leftovers(launch.engine, tools.data / "runs")}


async def _let_go_of_dependencies(tools: Tools) -> dict[str, int]:
    return {"kept dependencies": await tidy_every(tools.data / "caches", tools.now())}


async def _forget_workers(tools: Tools) -> dict[str, int]:
    """Remove the signs of workers that are dead for long: by now their runs have been taken up, or have ended."""
    return {"signs of workers": await asyncio.to_thread(forget_dead, tools.data, tools.now())}


async def _remove_forgotten(tools: Tools) -> dict[str, int]:
    folder = Path(tempfile.gettempdir())
    paths = await asyncio.to_thread(lambda: list(forgotten_files(folder, tools.now())))
    for path in paths:
        await remove_tree(path)
    return {"temporary files": len(paths)}


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    """Yield names in as many at a time as the ledger is asked for."""
    every = sorted(names)
    yield from (every[at : at + ASKED_MAX] for at in range(0, len(every), ASKED_MAX))
