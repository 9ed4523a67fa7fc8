"""What nobody needs any more goes from this host's disk and from the ledger; what anybody needs stays."""

import asyncio
import fcntl
import logging
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.events import Settled
from app.domain.job import Close, Job
from app.ledger.artifacts import file_key
from tests.builders import ADA, AT
from tests.cli.house import PLENTY, House
from tests.reconcile.conftest import World
from tests.world.repository import git
from workers.cage.supervise import bounds, group
from workers.reconcile.leftovers import is_alive
from workers.reconcile.reap import tidy_up
from workers.tools import Tools
from workers.workspace.mirror import Mirror, job_ref

MONTH = timedelta(days=30)
RECORDS = {"brief.md", "events.jsonl", "exit.json", "outcome.json", "agent-responses"}


@pytest.fixture
async def house(world: World) -> House:
    return House(None, world.ledger)  # type: ignore[arg-type] # nobody asks it for settings


@pytest.fixture
def temporary(tmp_path: Path) -> Iterator[Path]:
    """The folder for temporary files, for as long as a test lasts."""
    before = tempfile.tempdir
    folder = tmp_path / "tmp"
    folder.mkdir()
    tempfile.tempdir = str(folder)
    yield folder
    tempfile.tempdir = before


def later(tools: Tools, by: timedelta) -> Tools:
    return replace(tools, now=lambda: AT + by)


def leave(tools: Tools, run: str, *, days_ago: float = 0) -> Path:
    """A folder as a run leaves it when its worker is killed."""
    folder = tools.run_folder(run)
    for name in ("workspace/deep", "home", "cages/001", "agent-responses", "host.git"):
        (folder / name).mkdir(parents=True)
    for name in (
        "brief.md",
        "events.jsonl",
        "exit.json",
        "outcome.json",
        "workspace/half-made",
        "output.log",
    ):
        (folder / name).write_text("left")
    (folder / "cages/001/lock").touch()
    (folder / "home").chmod(0)
    at = (AT - timedelta(days=days_ago)).timestamp()
    os.utime(folder, (at, at))
    return folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@contextmanager
def supervised(folder: Path) -> Iterator[None]:
    """A supervisor that lives, as far as anybody else can see: another open file that holds the lock."""
    with (folder / "cages/001/lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


async def claimed(house: House, job: Job) -> str:
    assert job.run is not None
    assert await house.ledger.claim_run(job.run.id, "w1", 60, PLENTY)
    return job.run.id


async def test_a_killed_runs_bulk_goes_once_it_has_ended_and_its_records_stay(
    world: World, house: House, caplog
):
    job = await house.publish(await house.open_job())
    over, waiting = leave(world.tools, f"{job.id}.1"), leave(world.tools, job.run.id, days_ago=99)
    tools = later(world.tools, timedelta(hours=1))
    with caplog.at_level(logging.INFO, logger="workers.reconcile.reap"):
        gone = await tidy_up(tools, kept_for=MONTH)
        again = await tidy_up(tools, kept_for=MONTH)
    expected = {
        "folders of runs (leftover)": 1,
        "artifacts (old)": 0,
        "artifacts (closed)": 0,
        "commits of jobs": 0,
    }
    assert expected.items() <= gone.items()
    assert expected.keys() - again.keys() == {"folders of runs (leftover)"}, "once is enough"
    assert names(over) == RECORDS
    assert "workspace" in names(waiting), "its turn may still come"
    said = [record.getMessage() for record in caplog.records if "folders of runs" in record.getMessage()]
    assert len(said) == 1
    assert said[0].startswith("removed what nobody needs any more: 1 folders of runs (leftover)")


async def test_a_run_under_way_keeps_its_folder_from_its_own_and_from_another_worker(
    world: World, house: House
):
    run = await claimed(house, await house.open_job())
    folder = leave(world.tools, run, days_ago=99)
    other = replace(later(world.tools, 9 * MONTH), worker="another")
    for tools in (later(world.tools, 9 * MONTH), other):
        await tidy_up(tools, kept_for=timedelta(days=1))
    assert "workspace" in names(folder)


async def test_a_living_supervisor_keeps_its_folder_and_a_dead_one_does_not(world: World, house: House):
    job = await house.publish(await house.open_job())
    known, unknown = leave(world.tools, f"{job.id}.1", days_ago=9), leave(world.tools, "jgone.1", days_ago=9)
    tools = later(world.tools, timedelta(hours=1))
    with supervised(known), supervised(unknown):
        assert is_alive(known)
        await tidy_up(tools, kept_for=MONTH)
        assert "workspace" in names(known) & names(unknown)
    assert not is_alive(known)
    await tidy_up(tools, kept_for=MONTH)
    assert names(known) == RECORDS
    assert not unknown.exists()


async def test_two_workers_who_tidy_up_at_once_do_not_mind_each_other(world: World, house: House):
    job = await house.publish(await house.open_job())
    folders = [leave(world.tools, f"{job.id}.{n}") for n in (1, 2, 3)]
    tools = later(world.tools, timedelta(hours=1))
    await asyncio.gather(*(tidy_up(tools, kept_for=MONTH) for _ in range(3)))
    assert [names(folder) for folder in folders] == [RECORDS] * 3


async def test_one_folder_that_cannot_be_removed_does_not_keep_the_others(world: World, house: House, caplog):
    job = await house.publish(await house.open_job())
    stubborn, other = leave(world.tools, f"{job.id}.1", days_ago=9), leave(world.tools, f"{job.id}.2")
    (stubborn / "workspace").rename(stubborn / ("w" * 250))
    os.utime(stubborn, (0, 0))
    tools = later(world.tools, timedelta(hours=1))
    with immovable(stubborn / ("w" * 250)):
        await tidy_up(tools, kept_for=MONTH)
    assert names(other) == RECORDS
    assert "not removed" in caplog.text


@contextmanager
def immovable(folder: Path) -> Iterator[None]:
    """A folder in which something is mounted; as root only, because nobody else can do that."""
    mount = ["mount", "-t", "tmpfs", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_a_summary_is_left_when_the_pull_request_is_closed_and_nothing_after_the_time_for_keeping(
    world: World, house: House
):
    job = await house.publish(await house.open_job())
    folder, run = leave(world.tools, f"{job.id}.1"), f"{job.id}.1"
    for name in ("brief.md", "exit.json", "outcome.json"):
        await world.ledger.keep_artifact(job.id, file_key(run, name), "text/plain", b"said")
    job = await house.happen(job, Settled(at=AT, by=ADA, close=Close.MERGED))
    await tidy_up(later(world.tools, timedelta(hours=1)), kept_for=MONTH)
    assert names(folder) == {"exit.json", "outcome.json"}
    assert len(await world.ledger.artifact_keys(job.id, "")) == 2

    await tidy_up(later(world.tools, 99 * MONTH), kept_for=None)
    assert names(folder) == {"exit.json", "outcome.json"}, "unlimited is unlimited"
    await tidy_up(later(world.tools, MONTH + timedelta(hours=1)), kept_for=MONTH)
    assert not folder.exists()
    assert await world.ledger.artifact_keys(job.id, "") == []


async def test_a_mirror_forgets_the_commits_of_jobs_that_ended_and_of_no_other(
    world: World, house: House, tmp_path: Path
):
    ended = await house.publish(await house.open_job())
    ended = await house.happen(ended, Settled(at=AT, by=ADA, close=Close.MERGED))
    mirror = Mirror(world.tools.data / "mirrors" / "7.git")
    git(tmp_path, "clone", "--quiet", "--bare", str(tmp_path / "source"), str(mirror.path))
    (world.tools.data / "mirrors" / "8.git").mkdir()  # a first fetch is under way
    head = (await mirror.branches())["main"]
    for job in (ended.id, "jopen", "jstrange"):
        git(mirror.path, "update-ref", job_ref(job), head)
    await house.open_job(job="jopen", number=14)
    gone = await tidy_up(later(world.tools, timedelta(hours=1)), kept_for=MONTH)
    assert gone["commits of jobs"] == 1
    assert sorted(await mirror.jobs()) == ["jopen", "jstrange"]


async def test_forgotten_temporary_files_of_ours_go_and_nobody_elses(world: World, temporary: Path):
    tools = replace(world.tools, now=lambda: datetime.now(UTC) + timedelta(days=2))
    for name in ("handoff-cage-abc/home", "handoff-demo-abc", "somebody-elses"):
        (temporary / name).mkdir(parents=True)
    (temporary / "handoff-xyz.bundle").touch()
    await tidy_up(world.tools, kept_for=MONTH)
    assert len(names(temporary)) == 4, "they may be in use"
    assert (await tidy_up(tools, kept_for=MONTH))["temporary files"] == 2
    assert names(temporary) == {"handoff-demo-abc", "somebody-elses"}


def a_pid_of_nobody() -> int:
    gone = subprocess.Popen(["true"])
    gone.wait()
    return gone.pid


async def test_the_control_group_of_a_cage_whose_supervisor_is_gone_goes(world: World):
    name = f"{bounds.prefix()}{a_pid_of_nobody()}"
    if group.create(name, 10, 1 << 40) is None:
        pytest.skip("no control group may be made here")
    assert (await tidy_up(world.tools, kept_for=MONTH))["control groups"] >= 1
    assert group.reap(name, lambda _: False) == [], "it is not there any more"
