"""The rest of the house: what is due, who works, what is switched on, what is kept, and how much waits."""

from datetime import timedelta

import pytest

from app.domain.errors import Refused
from app.domain.facts import TimerRang
from app.ledger.rows import Switch


async def test_a_ledger_that_can_write_is_ready(ledger):
    await ledger.ready()
    await ledger.ready()


async def test_a_worker_greets_beats_drains_and_parts(ledger):
    await ledger.greet("w2", "host", 5, 4, {"cage": "bwrap"})
    await ledger.greet("w1", "host", 6, 2, {})
    [first, second] = await ledger.workers()
    assert (second.id, second.host, second.pid, second.capacity, second.notes) == (
        "w2",
        "host",
        5,
        4,
        {"cage": "bwrap"},
    )
    assert not first.draining
    await ledger.beat_worker("w1", draining=True)
    assert [worker.draining for worker in await ledger.workers()] == [True, False]
    assert (await ledger.workers())[0].heartbeat_at >= first.heartbeat_at
    await ledger.greet("w1", "host", 7, 2, {})
    assert [(worker.pid, worker.draining) for worker in await ledger.workers()] == [(7, False), (5, False)]
    await ledger.part("w1")
    assert [worker.id for worker in await ledger.workers()] == ["w2"]


async def test_a_switch_is_off_until_somebody_throws_it(ledger):
    assert await ledger.switch("stop") == Switch()
    await ledger.set_switch("stop", on=True, because="ada is worried")
    thrown = await ledger.switch("stop")
    assert (thrown.on, thrown.because) == (True, "ada is worried")
    await ledger.set_switch("stop", on=False, because="all is well")
    assert not (await ledger.switch("stop")).on


async def test_an_artifact_is_kept_replaced_and_dropped(ledger, story):
    job = await story.open_job()
    await ledger.keep_artifact(job.id, "log", "text/plain", b"first")
    await ledger.keep_artifact(job.id, "log", "text/plain", b"\0second")
    kept = await ledger.artifact(job.id, "log")
    assert (kept.media_type, kept.data) == ("text/plain", b"\0second")
    assert await ledger.artifact(job.id, "bundle") is None
    assert await ledger.drop_artifacts(job.id) == 1
    assert await ledger.artifact(job.id, "log") is None


async def test_an_artifact_that_is_too_large_is_refused_with_both_numbers(ledger, story):
    job = await story.open_job()
    with pytest.raises(Refused, match=r"`log` has 1,001 bytes, and at most 1,000 are kept"):
        await ledger.keep_artifact(job.id, "log", "text/plain", b"x" * 1001, limit_bytes=1000)


async def test_a_flood_of_one_kind_drowns_no_other(ledger, story):
    for n in range(30):
        await ledger.accept(f"g{n:02}", "issues", b"{}", {}, story.now + timedelta(seconds=n))
    job = await story.open_job()
    await ledger.hear(story.commented(), "test")
    subjects = await ledger.due(story.now, limit=5)
    assert subjects == ["delivery:g00", "lane:1:12", f"run:{job.run.id}", f"effects:{job.id}", "delivery:g01"]


async def test_a_lane_with_many_letters_is_due_once(ledger, story):
    for _ in range(3):
        await ledger.hear(story.commented(), "test")
    assert await ledger.due(story.now) == ["lane:1:12"]


async def test_an_empty_ledger_has_nothing_to_do(ledger, story):
    assert await ledger.due(story.now) == []
    assert await ledger.ring(story.now) == 0
    assert await ledger.expire_leases() == []
    assert await ledger.job("nobody") is None
    assert await ledger.run_report("nobody.1") is None
    assert await ledger.claim_effect("nobody", "w1", 60) is None
    assert (await ledger.backlog()).oldest_delivery_at is None


async def test_the_backlog_tells_how_much_waits_and_since_when(ledger, story):
    await ledger.accept("g1", "issues", b"{}", {}, story.now + timedelta(seconds=5))
    await ledger.accept("g2", "issues", b"{}", {}, story.now)
    await story.open_job(1)
    await story.claim(await story.open_job(2))
    backlog = await ledger.backlog()
    assert (backlog.deliveries, backlog.oldest_delivery_at) == (2, story.now)
    assert (backlog.letters, backlog.runs_waiting, backlog.runs_claimed, backlog.effects) == (1, 1, 1, 4)
    assert backlog.oldest_run_at is not None


async def test_jobs_are_listed_newest_first(ledger, story):
    ids = []
    for number in (1, 2, 3):
        story.now += timedelta(seconds=1)
        ids.append((await story.open_job(number)).id)
    assert [job.id for job in await ledger.jobs()] == ids[::-1]
    assert [job.id for job in await ledger.jobs(limit=1)] == ids[-1:]


async def test_a_timer_that_rings_says_whose_it_is(ledger, story):
    from app.domain.agenda import Ending
    from app.domain.job import Report

    job = await story.run_to(await story.open_job(), Report(ending=Ending.CRASHED, because="exit code 1"))
    due = story.now + timedelta(seconds=15)
    assert await ledger.ring(due) == 1
    letter = await ledger.next_in_lane("1:12", due)
    assert isinstance(letter.fact, TimerRang)
    assert (letter.fact.job, letter.fact.key, letter.fact.at) == (job.id, "hold:snooze", due)


async def test_what_the_checks_said_of_a_base_is_remembered_by_commit_and_plan(ledger):
    said = {"tests": ["test_utc"], "lint": None}
    await ledger.keep_base_checks(7, "a" * 40, "plan", said)
    await ledger.keep_base_checks(7, "a" * 40, "plan", {"tests": None})

    assert await ledger.base_checks(7, "a" * 40, "plan") == said
    for stranger in ((8, "a" * 40, "plan"), (7, "b" * 40, "plan"), (7, "a" * 40, "another")):
        assert await ledger.base_checks(*stranger) is None
