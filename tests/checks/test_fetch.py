"""Dependencies that are fetched once are kept whole, or not at all, whenever a worker ends."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.agenda import Stage
from app.domain.decide import open_job
from tests.builders import requested
from tests.cage.test_cage_ends import until
from tests.reconcile.conftest import a_world
from tests.world.repository import FILES, make_repository
from workers.cage.probe import choose
from workers.checks.dependencies import NO_DEPENDENCIES
from workers.checks.fetch import borrowed
from workers.checks.plan import Plan
from workers.runs.journal import Journal
from workers.runs.log import RunLog
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.mirror import Mirror

PLAN = Plan(setup=("mkdir -p ~/.cache/pip && cd ~/.cache/pip && seq 20000 | xargs touch",), checks=())


@pytest.fixture
async def tools(tmp_path: Path) -> AsyncIterator[Tools]:
    async with a_world(tmp_path) as world:
        yield replace(world.tools, sandbox=await choose("auto"))


@pytest.fixture
async def mirror(tools: Tools, tmp_path: Path) -> Mirror:
    made = Mirror(tools.data / "mirror.git")
    await made.fetch(f"file://{make_repository(tmp_path / 'origin', FILES)}", None)
    return made


async def visit(tools: Tools, mirror: Mirror, fence: int) -> RunVisit:
    folder = tools.run_folder("run-1")
    folder.mkdir(parents=True, exist_ok=True)
    job = open_job(requested()).job
    base_sha = await mirror.head_of("main")
    return RunVisit(
        run="run-1",
        stage=Stage.CHECK,
        job=replace(job, work=replace(job.work, base_sha=base_sha)),
        fence=fence,
        folder=folder,
        cancelled=asyncio.Event(),
        log=RunLog(str, folder),
        journal=Journal.of(folder),
    )


async def test_what_was_kept_only_in_part_when_a_worker_ended_is_not_kept(tools, mirror):
    first = asyncio.create_task(borrowed(tools, await visit(tools, mirror, 1), mirror, PLAN))
    new = tools.data / "caches" / "7" / ".new"
    await until(new.exists)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await until((new / "about.json").exists)  # a thread goes on, as a rename of a dying process may

    assert await borrowed(tools, await visit(tools, mirror, 2), mirror, PLAN) == NO_DEPENDENCIES
