"""What the pages ask of the ledger: whose jobs, which runs, and what changed since the last look."""

import sys
from dataclasses import replace

from app.domain.events import Stopped
from app.ledger.rows import Touched
from tests.ledger.conftest import ADA, NOON, REPOSITORY

OTHER = replace(REPOSITORY, id=2, name="Vault")
MINE = frozenset({REPOSITORY.id})


async def stop(story, job):
    await story.happen(job, Stopped(at=NOON, by=ADA, how="took the label off"))


async def test_only_the_jobs_of_the_asked_repositories_are_told_and_counted(ledger, story):
    mine, other = await story.open_job(1), await story.open_job(2, OTHER)
    assert await ledger.open_jobs(MINE, 10) == ([mine], 1)
    assert await ledger.open_jobs(frozenset(), 10) == ([], 0)
    told, total = await ledger.open_jobs(None, 1)
    assert (len(told), total) == (1, 2)
    assert {job.id for job in (await ledger.open_jobs(None, 10))[0]} == {mine.id, other.id}


async def test_what_ended_last_comes_first_and_no_longer_counts_as_open(ledger, story):
    first, second = await story.open_job(1), await story.open_job(2)
    await stop(story, second)
    await story.happen(first, Stopped(at=NOON.replace(hour=13), by=ADA, how="closed it"))
    assert [job.id for job in await ledger.ended_jobs(MINE, 10)] == [first.id, second.id]
    assert [job.id for job in await ledger.ended_jobs(None, 1)] == [first.id]
    assert await ledger.ended_jobs(frozenset({OTHER.id}), 10) == []
    assert await ledger.open_jobs(None, 10) == ([], 0)


async def test_the_runs_that_have_not_ended_are_told_in_the_order_of_their_line(ledger, story):
    jobs = [await story.open_job(number) for number in (1, 2, 3)]
    await story.claim(jobs[1])
    await stop(story, jobs[2])
    assert [(run.job_id, run.state) for run in await ledger.live_runs()] == [
        (jobs[0].id, "waiting"),
        (jobs[1].id, "claimed"),
    ]


async def test_repositories_are_known_by_what_was_heard_of_them(ledger, story):
    await ledger.hear(story.labeled(1), "test")
    await ledger.hear(story.labeled(2, OTHER), "test")
    assert await ledger.repositories_heard_of(None, 10) == ["acme/rocket", "acme/vault"]
    assert await ledger.repositories_heard_of(MINE, 10) == ["acme/rocket"]


async def test_a_glance_tells_what_happened_since_the_last_one(ledger, story):
    assert (await ledger.glance(0)).newest == 0
    job = await story.open_job(1)
    first = await ledger.glance(0)
    assert first.happened == {Touched(job.id, REPOSITORY.id)}
    assert {of for of, _, _ in first.live.values()} == {Touched(job.id, REPOSITORY.id)}
    assert (await ledger.glance(first.newest)).happened == frozenset()
    assert (await ledger.glance(sys.maxsize)).newest == first.newest
    await stop(story, job)
    second = await ledger.glance(first.newest)
    assert second.newest > first.newest
    assert second.happened == {Touched(job.id, REPOSITORY.id)}
    assert not second.live


async def test_the_keys_of_what_is_kept_are_found_by_their_beginning(ledger, story):
    job = await story.open_job(1)
    for key in ("log:a.1", "log:a.2", "bundle"):
        await ledger.keep_artifact(job.id, key, "text/plain", b"x")
    assert sorted(await ledger.artifact_keys(job.id, "log:")) == ["a.1", "a.2"]
