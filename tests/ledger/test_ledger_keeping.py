"""What is kept of ended jobs goes when it is old, or when the pull request is closed; never while a job is open."""

from dataclasses import replace
from datetime import timedelta

from app.domain.events import Settled, Stopped
from app.domain.job import Close, Job, PullRequest
from app.ledger.artifacts import FILE, file_key
from tests.ledger.conftest import ADA, Story

PULL = PullRequest(number=40, url="https://github.com/acme/Rocket/pull/40", node_id="PR_1")
NAMES = ("brief.md", "events.jsonl", "exit.json", "outcome.json")


async def keep(ledger, job: Job) -> None:
    for name in NAMES:
        await ledger.keep_artifact(job.id, file_key(f"{job.id}.1", name), "text/plain", b"said")
    await ledger.keep_artifact(job.id, f"log:{job.id}.1", "text/plain", b"said")
    await ledger.keep_artifact(job.id, "commits", "application/x-git-bundle", b"bytes")


async def published(story: Story, number: int, title: str | None = None) -> Job:
    written = story.succeeded(head_sha="h", base_sha="b", title=title)
    job = await story.run_to(await story.open_job(number), written)
    job = await story.run_to(job, story.succeeded(checks=()))
    pull = replace(PULL, number=number + 100)
    return await story.run_to(job, story.succeeded(pull_request=pull, check_run_id=5))


async def test_a_summary_is_left_of_a_job_whose_pull_request_is_closed(ledger, story):
    merged, waiting = await published(story, 12), await published(story, 13)
    stopped = await published(story, 14)
    for job in (merged, waiting, stopped):
        await keep(ledger, job)
    await story.happen(await story.job(merged.id), Settled(at=story.now, by=ADA, close=Close.MERGED))
    await story.happen(await story.job(stopped.id), Stopped(at=story.now, by=ADA, how="by command"))

    assert await ledger.drop_details(10) == (1, 4)
    assert await ledger.drop_details(10) == (0, 0)
    run = f"{merged.id}.1"
    assert sorted(await ledger.artifact_keys(merged.id, "")) == [
        f"{FILE}{run}/exit.json",
        f"{FILE}{run}/outcome.json",
    ]
    for job in (waiting, stopped):
        assert len(await ledger.artifact_keys(job.id, "")) == 6


async def test_what_is_old_goes_and_what_ended_first_goes_first(ledger, story):
    jobs = [await story.open_job(number) for number in (12, 13, 14)]
    for days, job in zip((40, 50, 5), jobs, strict=True):
        await keep(ledger, job)
        at = story.now - timedelta(days=days)
        await story.happen(job, Stopped(at=at, by=ADA, how="by command"))
    still_open = await story.open_job(15)
    await keep(ledger, still_open)
    before = story.now - timedelta(days=30)

    assert await ledger.drop_old_artifacts(before, 1) == (1, 6)
    assert [len(await ledger.artifact_keys(job.id, "")) for job in jobs] == [6, 0, 6]
    assert await ledger.drop_old_artifacts(before, 10) == (1, 6)
    assert await ledger.drop_old_artifacts(before, 10) == (0, 0)
    assert [len(await ledger.artifact_keys(job.id, "")) for job in (*jobs, still_open)] == [0, 0, 6, 6]


async def test_a_run_is_told_with_what_became_of_its_job(ledger, story):
    job = await published(story, 12)
    first, waits = f"{job.id}.1", job.run.id
    standings = await ledger.standings([first, waits, "jnobody.1"])
    assert standings.keys() == {first, waits}
    assert (standings[waits].state, standings[waits].job_ended_at) == ("waiting", None)
    assert standings[first].state == "ended"
    assert standings[first].ended_at is not None
    assert not standings[first].pull_closed

    await story.happen(await story.job(job.id), Settled(at=story.now, by=ADA, close=Close.CLOSED))
    standing = (await ledger.standings([first]))[first]
    assert (standing.job_ended_at, standing.pull_closed) == (story.now, True)


async def test_a_job_that_ended_without_a_pull_request_is_not_taken_for_one_whose_was_closed(ledger, story):
    job = await story.open_job()
    await story.happen(job, Stopped(at=story.now, by=ADA, how="by command"))
    assert not (await ledger.standings([f"{job.id}.1"]))[f"{job.id}.1"].pull_closed


async def test_only_known_jobs_that_ended_are_said_to_have(ledger, story):
    over, under_way = await story.open_job(12), await story.open_job(13)
    await story.happen(over, Stopped(at=story.now, by=ADA, how="by command"))
    assert await ledger.ended_among([over.id, under_way.id, "jnobody"]) == {over.id}
    assert await ledger.ended_among([]) == set()


async def test_sizes_are_told_in_bytes(ledger, story):
    job = await story.open_job()
    await ledger.keep_artifact(job.id, file_key("r.1", "brief.md"), "text/plain", "grün\0".encode())
    await ledger.keep_artifact(job.id, "log:r.1", "text/plain", b"x")
    assert await ledger.artifact_sizes(job.id, FILE) == {"r.1/brief.md": 6}


async def test_nothing_that_a_check_said_keeps_others_from_being_tidied_up(ledger, story):
    said = 'nul \0, half a surrogate \ud83d, and "close": "merged"'
    job, merged = await published(story, 12, said), await published(story, 13, said)
    for each in (job, merged):
        await keep(ledger, each)
    await story.happen(await story.job(job.id), Stopped(at=story.now, by=ADA, how="by command"))
    await story.happen(await story.job(merged.id), Settled(at=story.now, by=ADA, close=Close.MERGED))

    standings = await ledger.standings([f"{job.id}.1", f"{merged.id}.1"])
    assert [standings[f"{each.id}.1"].pull_closed for each in (job, merged)] == [False, True]
    assert await ledger.drop_details(10) == (1, 4)
