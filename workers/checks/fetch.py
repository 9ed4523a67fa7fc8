"""Has set-up fetch the dependencies of a base once, and keeps them for every other cage of the repository.

It runs in a room of its own that holds nothing but the base: never a file that an agent or a stranger wrote, never a
secret. That it fails is no error: the checks fetch for themselves then, and say what is wrong.
"""

import asyncio
import json
import os
from contextlib import AsyncExitStack
from pathlib import Path

from app.domain.errors import Refused, TryAgain
from workers.cage.ownership import reclaim, remove_tree
from workers.checks.dependencies import (
    NO_DEPENDENCIES,
    Cache,
    DependencyView,
    cache_of,
    view_of,
)
from workers.checks.harvest import harvest
from workers.checks.kept import failed_lately, let_go_of, tidy
from workers.checks.plan import Plan
from workers.checks.project import project_of
from workers.checks.room import Room
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.locks import locked
from workers.workspace.mirror import Mirror

WAIT_SECONDS = 1800
"""How long a run waits for another one that fetches the same, before it goes on without."""
_LOOK_UP_SECONDS = 1.0
_NEW = ".new"
_KEEPING = "keeping dependencies"


async def borrowed(tools: Tools, visit: RunVisit, mirror: Mirror, plan: Plan) -> DependencyView:
    """Return the dependencies of the visit's base, fetched now if nobody has; nothing where that cannot be.

    The choice is made once for a run, so that one which is taken up again begins the same cages again.
    """
    cache = await cache_of(tools, mirror, visit.job, plan, visit.base_sha)
    if cache is None:
        return NO_DEPENDENCIES

    async def kept() -> bool:
        if not cache.content.is_dir() and not failed_lately(cache.failure, tools.now()):
            await _in_turn(tools, visit, mirror, plan, cache)
        return cache.content.is_dir()

    return view_of(cache, tools.now()) if await visit.journal.once("dependencies", kept) else NO_DEPENDENCIES


async def _in_turn(tools: Tools, visit: RunVisit, mirror: Mirror, plan: Plan, cache: Cache) -> None:
    """Fetch while nobody else does; who waited finds what the other has fetched."""
    cache.folder.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as turn:
        for _ in range(int(WAIT_SECONDS / _LOOK_UP_SECONDS)):
            if visit.cancelled.is_set() or visit.leaving.is_set() or visit.halted.is_set():
                return
            try:
                await turn.enter_async_context(locked(cache.lock, _LOOK_UP_SECONDS))
            except TryAgain:
                continue
            if not cache.content.is_dir() and not failed_lately(cache.failure, tools.now()):
                await _fetch(tools, visit, mirror, plan, cache)
            return


async def _fetch(tools: Tools, visit: RunVisit, mirror: Mirror, plan: Plan, cache: Cache) -> None:
    visit.log.begin("the dependencies of the base, fetched once for all that follow")
    folder, new = visit.folder / "dependencies", cache.folder / _NEW
    await remove_tree(new)
    try:
        project = project_of(tools, visit.job).without_secrets()
        room = await Room.open(tools, mirror, visit.base_sha, folder, visit, project=project)
        broken = await room.set_up(plan.setup)
        if visit.cancelled.is_set():
            return
        if broken is not None:
            raise Refused(f"{broken.name} failed on the base")  # noqa: TRY301 -- told in one place
        if visit.journal.counted(_KEEPING):
            raise Refused("a worker ended in the middle of it")  # noqa: TRY301 -- some of them were moved away
        visit.journal.count(_KEEPING)
        await reclaim(room.spec.home)
        size = await asyncio.to_thread(_keep, room.spec.home, new)
        await let_go_of(cache.content.parent)
        new.rename(cache.content.parent)
        visit.log.begin(f"kept {size / 1e6:.1f} MB of dependencies")
    except (Refused, OSError) as error:
        visit.log.begin(f"no dependencies are kept: {error}")
        cache.failure.touch()
        os.utime(cache.failure, (tools.now().timestamp(),) * 2)
    await remove_tree(folder)
    await remove_tree(new)
    await tidy(cache.folder, tools.now())


def _keep(home: Path, new: Path) -> int:
    """Put what was fetched, and what is known of it, into a new folder; return its size in bytes."""
    new.mkdir()
    size = harvest(home, new / "home")
    (new / "about.json").write_text(json.dumps({"bytes": size}), encoding="utf-8")
    return size
