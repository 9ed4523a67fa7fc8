"""Asking as a worker does, and a job with a pull request to ask about."""

import asyncio
from dataclasses import replace
from itertools import count

from app.domain.decide import open_job
from app.domain.job import Job, PullRequest
from tests.builders import requested
from tests.reconcile.conftest import World
from tests.world.repository import FILES
from workers.reconcile.poll_issues import begin, comments, happenings
from workers.reconcile.poll_pulls import pulls

_branches = count(1)


async def ask(world: World, *jobs: Job) -> None:
    await begin(world.asking, world.home)
    await happenings(world.asking, world.home, jobs)
    await comments(world.asking, world.home)
    await pulls(world.asking, world.home, jobs)


async def a_second() -> None:
    """GitHub dates acts by the second, and nobody labels twice in one."""
    await asyncio.sleep(1.01)


async def with_pull(world: World) -> tuple[Job, int]:
    """An open job with a pull request, as the ledger would have it."""
    branch, text = f"handoff/1-dates-{next(_branches)}", FILES["clock.py"] + "\n\nDAY = 24\n"
    commit = await world.act("push", by="lin", branch=branch, files={"clock.py": text})
    pull = await world.act("open_pull", by="lin", branch=branch, title="Dates", body="Fixes #1")
    job = open_job(requested(repository=world.home, number=1, branch=branch)).job
    opened = PullRequest(number=pull["number"], url="", node_id=pull["node_id"])
    work = replace(job.work, pull_request=opened, pushed_sha=commit["after"])
    return replace(job, work=work), pull["number"]
