"""Many jobs at one moment: each of them ends well, no limit is exceeded, nothing is done twice, nothing is left."""

import asyncio
import contextlib
import itertools
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.agenda import Ending
from app.domain.job import Phase
from bench.census import Census, counting
from bench.hour import without_the_limit_of_an_hour
from tests.chaos.conftest import in_upheaval
from tests.world.repository import POLICY
from workers.cage.supervise.bounds import prefix
from workers.cage.supervise.places import places

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900), pytest.mark.xdist_group("many")]

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 600
PROCESSES, MEMORY_MEGABYTES = 40, 256
OF_THE_SANDBOX = 8
TIGHT = f"{POLICY}limits:\n  processes: {PROCESSES}\n  memory_megabytes: {MEMORY_MEGABYTES}\n"
TAKE_ALL = """
import os, time
count = 0
try:
    while count < 100:
        if os.fork() == 0:
            os.closerange(0, 3)
            time.sleep(3600)
        count += 1
except OSError:
    print("had", count, "of 100 processes")
try:
    bytes(512 * 1024 * 1024)
except MemoryError:
    print("had no 512 MB")
os.mkfifo(os.environ["HOME"] + "/go")
open(os.environ["HOME"] + "/go").read()
"""


@contextlib.asynccontextmanager
async def counted(story) -> AsyncIterator[Census]:
    """Count what the worker has started, for as long as the story goes on."""
    census = Census(lambda: [story.installation.worker.pid])
    async with counting(census, 0.2), without_the_limit_of_an_hour(story.installation.redis_url):
        yield census


async def write_issues(story, count: int, *before) -> list[int]:
    numbers = []
    for _ in range(count):
        number = await story.write_issue()
        title = (await story.issue(number))["title"]
        story.agent.agent_writes({f"{title}.txt": f"{title}\n"}, about=f"{title}\n", before=before)
        numbers.append(number)
    return numbers


async def all_in_review(story, count: int) -> None:
    async def seen() -> bool:
        return sum(job.phase is Phase.IN_REVIEW for job in await story.ledger.jobs()) == count

    await story.until("every job to be in review", seen, seconds=PATIENCE_SECONDS)


async def runs_of(story) -> list:
    return [run for job in await story.ledger.jobs() for run in await story.ledger.runs(job.id)]


async def said_in(story, run) -> str:
    kept = await story.ledger.artifact(run.job_id, f"log:{run.id}")
    return kept.data.decode()


async def nothing_was_done_twice(story, count: int) -> None:
    """One run for each stage of each job, and each agent and each check began once."""
    runs = await runs_of(story)
    assert {run.stage: 0 for run in runs}.keys() == {"implement", "check", "publish", "review"}
    assert len({(run.job_id, run.stage) for run in runs}) == len(runs) == 4 * count
    assert {run.report.ending for run in runs} == {Ending.SUCCEEDED}
    for run in runs:
        if run.stage in {"implement", "review"}:
            assert (await said_in(story, run)).count("I am the scripted agent.") == 1


def most_at_once(runs) -> int:
    """How many runs were claimed at one moment, by the ledger; one that was given back meanwhile says nothing."""
    kept = [run for run in runs if run.releases == 0]
    steps = sorted([(run.started_at, 1) for run in kept] + [(run.ended_at, -1) for run in kept])
    return max(itertools.accumulate(step for _, step in steps))


def nothing_is_left(story, census: Census) -> None:
    assert census.look() == [], "no cage and no supervisor is alive"
    assert at_work_in(story.installation.data / "runs") == []
    assert locks_below(story.installation.data / "runs") == []
    ours = {f"{prefix()}{pid}" for pid, _ in census.supervisors}
    assert ours.isdisjoint(group.name for place in places() for group in Path(place.folder).iterdir())


def at_work_in(folder: Path) -> list[str]:
    """Every process whose working directory is below a folder, or whose command names it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            where = (process / "cwd").readlink()
            words = (process / "cmdline").read_bytes().decode(errors="replace")
            if where.is_relative_to(folder) or str(folder) in words:
                found.append(words)
    return found


def locks_below(folder: Path) -> list[Path]:
    held = {
        line.split()[5].rpartition(":")[2] for line in Path("/proc/locks").read_text().splitlines() if line
    }
    return [path for path in folder.rglob("*") if path.is_file() and str(path.stat().st_ino) in held]


async def test_twenty_agents_at_the_same_moment_each_have_their_own_limits_and_all_jobs_end_well(tmp_path):
    """Each starts as many processes as it can and keeps them until all others have done so too."""
    count = 20
    script = {"do": "write", "path": "../home/take_all.py", "content": TAKE_ALL}
    take_all = {"do": "run", "command": 'python3 -B "$HOME/take_all.py"'}
    async with (
        in_upheaval(tmp_path, {".github/handoff.yml": TIGHT}, runs=count, spike_runs="unlimited") as story,
        counted(story) as census,
    ):
        numbers = await write_issues(story, count, script, take_all)
        await asyncio.gather(*(story.label(number) for number in numbers))

        async def together() -> list[Path]:
            pipes = list((story.installation.data / "runs").glob("*/home/go"))
            return pipes if len(pipes) == count else []

        pipes = await story.until("all agents to be in their cages", together, seconds=PATIENCE_SECONDS)
        cages = await asyncio.to_thread(census.look)
        assert len(cages) == count
        assert all(len(cage.members) > PROCESSES / 2 for cage in cages), "one has not eaten what is another's"
        for pipe in pipes:
            os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))

        await all_in_review(story, count)
        await story.ends_as_if_nothing_had_happened(*numbers)
        await nothing_was_done_twice(story, count)
        assert census.most.cages == count
        assert census.most.processes_per_cage <= PROCESSES + OF_THE_SANDBOX
        assert census.most.memory_bytes_per_cage <= MEMORY_MEGABYTES * 1024 * 1024
        for run in await runs_of(story):
            if run.stage == "implement":
                said = await said_in(story, run)
                assert "of 100 processes" in said
                assert "had no 512 MB" in said
        asked = [each for each in await story.log() if each["path"].startswith("/users/")]
        assert len(asked) == 1, "who we are is asked once, however many want to know"
        nothing_is_left(story, census)


async def test_twenty_jobs_of_which_three_may_run_take_turns_and_all_end_well(tmp_path):
    count, allowed = 20, 3
    async with (
        in_upheaval(tmp_path, runs=allowed, spike_runs="unlimited") as story,
        counted(story) as census,
    ):
        numbers = await write_issues(story, count, {"do": "sleep", "seconds": 1})
        await asyncio.gather(*(story.label(number) for number in numbers))

        await all_in_review(story, count)
        await story.ends_as_if_nothing_had_happened(*numbers)
        await nothing_was_done_twice(story, count)
        assert census.most.cages == allowed, "never more, and not always fewer"
        assert most_at_once(await runs_of(story)) == allowed
        nothing_is_left(story, census)


def test_the_benchmark_of_many_ends_with_figures_in_which_nothing_is_lost(tmp_path):
    command = [sys.executable, "-m", "bench", "many", "--quick", "--folder", str(tmp_path)]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=600)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = json.loads(ended.stdout.splitlines()[-1])
    assert found["jobs"] == found["finished"] == found["most_cages_at_once"] == 4
    assert (found["events_lost"], found["events_duplicated"]) == (0, 0), ended.stdout
    assert min(found[figure] for figure in ("most_processes", "most_memory_mb", "seconds", "cpu_seconds")) > 0
    assert list(tmp_path.iterdir()) == []
