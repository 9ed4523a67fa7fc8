"""What becomes of a run's cages and its folder when whoever performs it breaks down, gives it back, or is too late."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.agenda import Ending, Stage
from app.domain.errors import TryAgain
from app.domain.job import Report
from tests.cli.house import House
from tests.reconcile.conftest import World, a_world
from workers.cage import supervisor
from workers.cage.spec import CageSpec
from workers.perform import perform
from workers.runs.caged import run_caged
from workers.runs.visit import CAGES, RunVisit
from workers.tools import Tools

DONE = Report(ending=Ending.NOTHING_CHANGED, because="it is done")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


@pytest.fixture
async def run(world: World) -> str:
    """A run that waits to be performed."""
    job = await House(None, world.ledger).open_job()  # type: ignore[arg-type] # nobody asks it for settings
    assert job.run is not None
    return job.run.id


def caged(visit: RunVisit) -> CageSpec:
    for folder in (visit.workspace, visit.home):
        folder.mkdir(exist_ok=True)
    return CageSpec(
        command=("/bin/sh", "-c", "echo here; exec sleep 600"),
        workspace=visit.workspace,
        home=visit.home,
        records=visit.folder,
    )


def alive(tools: Tools, run: str) -> int:
    """How many processes of a run's cages live, whatever became of its folder."""
    home = bytes(tools.run_folder(run) / "home")
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            count += words[:1] == [b"sleep"] and home in (process / "environ").read_bytes()
    return count


async def begun_beside(tools: Tools, visit: RunVisit) -> None:
    """Begin a cage, and stop following it."""
    heard = asyncio.Event()
    following = asyncio.create_task(run_caged(tools, visit, caged(visit), on_output=lambda _: heard.set()))
    await heard.wait()
    following.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await following


async def test_a_performer_that_breaks_down_beside_its_cage_leaves_nobody_alive(world, run):
    async def breaks_down(tools: Tools, visit: RunVisit) -> Report:
        def on_output(piece: bytes) -> None:
            raise OSError("no room")

        await run_caged(tools, visit, caged(visit), on_output=on_output)
        return DONE

    await perform(world.tools, {Stage.IMPLEMENT: breaks_down}, run)

    [row] = [each for each in await world.ledger.runs("jabc") if each.id == run]
    assert row.report.ending is Ending.CRASHED
    assert alive(world.tools, run) == 0
    assert not world.tools.run_folder(run).joinpath("workspace").exists()


async def test_a_run_that_is_given_back_can_be_begun_anew_without_meeting_its_former_self(world, run):
    async def gives_back(tools: Tools, visit: RunVisit) -> Report:
        await begun_beside(tools, visit)
        assert alive(world.tools, run) == 1
        raise TryAgain("GitHub is away", after_seconds=0.01)

    await perform(world.tools, {Stage.IMPLEMENT: gives_back}, run)

    assert alive(world.tools, run) == 0


async def test_a_run_is_never_begun_anew_beside_a_cage_that_lives(world, run):
    seen = []

    async def leaves(tools: Tools, visit: RunVisit) -> Report:
        await begun_beside(tools, visit)
        await world.ledger.release_run(visit.run, visit.fence, tools.now(), "somebody thought it was dead")
        raise TryAgain("it is nobody's", after_seconds=0.01)

    async def looks(tools: Tools, visit: RunVisit) -> Report:
        seen.append(alive(world.tools, run))
        return DONE

    await perform(world.tools, {Stage.IMPLEMENT: leaves}, run)
    assert alive(world.tools, run) == 1, "it was not ours to end"
    await perform(world.tools, {Stage.IMPLEMENT: looks}, run)

    assert seen == [0]
    assert alive(world.tools, run) == 0


async def test_who_is_too_late_leaves_the_folder_to_who_has_the_run_now(world, run):
    async def is_late(tools: Tools, visit: RunVisit) -> Report:
        await begun_beside(tools, visit)
        assert await world.ledger.take_up(run, tools.worker, "another", 60, departed=True)
        return DONE

    await perform(world.tools, {Stage.IMPLEMENT: is_late}, run)

    assert alive(world.tools, run) == 1
    assert world.tools.run_folder(run).joinpath("workspace").is_dir()
    await supervisor.end_living(world.tools.run_folder(run) / CAGES)
