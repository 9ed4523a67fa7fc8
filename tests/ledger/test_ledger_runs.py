"""Runs: claimed within limits, kept by beating, ended once, and never by a worker whose time is over."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from app.domain.agenda import Ending, Stage
from app.domain.decide import Decision
from app.domain.effects import CancelRun
from app.domain.events import Stopped
from app.domain.facts import RunClaimed, RunReported
from app.domain.ids import Actor, Repository
from app.domain.job import Close, Phase, Report
from app.domain.schedule import Limits
from app.ledger.rows import Claimed, Pulse, Waiting

ADA = Actor(login="ada", id=7)
PLENTY = Limits(runs=100, runs_per_repository=100)
DONE = Report(ending=Ending.SUCCEEDED, because="it went well")


async def test_a_waiting_run_is_claimed_once_and_its_job_hears_of_it(ledger, story):
    job = await story.open_job()
    claimed = await ledger.claim_run(job.run.id, "w1", 60, PLENTY)
    assert claimed == Claimed(run_id=job.run.id, job=job, stage=Stage.IMPLEMENT, fence=1)
    assert await ledger.claim_run(job.run.id, "w2", 60, PLENTY) is None
    letter = await ledger.next_in_lane("1:12", story.later())
    assert isinstance(letter.fact, RunClaimed)
    assert (letter.fact.run, letter.fact.by.is_bot, letter.source) == (job.run.id, True, "run")


async def test_an_unknown_run_cannot_be_claimed(ledger):
    assert await ledger.claim_run("nobody.1", "w1", 60, PLENTY) is None


async def test_eight_claimers_at_once_never_exceed_the_limit(ledger, story):
    jobs = [await story.open_job(number) for number in range(1, 9)]
    limits = Limits(runs=3, runs_per_repository=100)
    answers = await asyncio.gather(
        *(ledger.claim_run(job.run.id, f"w{n}", 60, limits) for n, job in enumerate(jobs))
    )
    assert sum(isinstance(answer, Claimed) for answer in answers) == 3
    waiting = [answer for answer in answers if isinstance(answer, Waiting)]
    assert len(waiting) == 5
    assert {answer.because for answer in waiting} == {"3 runs are under way, and 3 may be"}


async def test_one_repository_cannot_take_every_place(ledger, story):
    other = Repository(id=2, owner="acme", name="lander", installation_id=99)
    first, second, elsewhere = [
        await story.open_job(1),
        await story.open_job(2),
        await story.open_job(3, other),
    ]
    limits = Limits(runs=8, runs_per_repository=1)
    assert isinstance(await ledger.claim_run(first.run.id, "w1", 60, limits), Claimed)
    assert isinstance(await ledger.claim_run(second.run.id, "w1", 60, limits), Waiting)
    assert isinstance(await ledger.claim_run(elsewhere.run.id, "w1", 60, limits), Claimed)


async def test_the_stop_switch_keeps_every_run_waiting_and_says_so(ledger, story):
    job = await story.open_job()
    await ledger.set_switch("stop", on=True, because="ada is worried")
    answer = await ledger.claim_run(job.run.id, "w1", 60, PLENTY)
    assert answer == Waiting("everything is stopped (`handoff stop --all`)")
    [row] = await ledger.runs(job.id)
    assert (row.state, row.waiting_because) == ("waiting", answer.because)
    await ledger.set_switch("stop", on=False, because="all is well")
    await story.claim(job)
    [row] = await ledger.runs(job.id)
    assert (row.state, row.waiting_because, row.worker) == ("claimed", None, "w1")


async def test_a_heartbeat_extends_the_lease_of_the_newest_fence_only(ledger, story):
    claimed = await story.claim(await story.open_job(), lease_seconds=1)
    [before] = await ledger.runs(claimed.job.id)
    assert await ledger.beat(claimed.run_id, 1, 600) == Pulse(kept=True, cancel=False)
    [after] = await ledger.runs(claimed.job.id)
    assert after.lease_until - before.lease_until > timedelta(minutes=5)
    assert await ledger.beat(claimed.run_id, 2, 600) == Pulse(kept=False, cancel=True)


async def test_a_run_whose_worker_fell_silent_ends_as_lost_and_names_the_worker(ledger, story):
    claimed = await story.claim(await story.open_job(1), worker="w-silent", lease_seconds=0)
    alive = await story.claim(await story.open_job(2), worker="w-alive")
    assert await ledger.expire_leases() == [claimed.run_id]
    report = await ledger.run_report(claimed.run_id)
    assert report.ending is Ending.LOST
    assert "w-silent" in report.because
    assert await ledger.run_report(alive.run_id) is None
    facts = [row.fact for row in await ledger.inbox_of("acme/rocket", 1)]
    assert [type(fact) for fact in facts[:2]] == [RunReported, RunClaimed]
    assert await ledger.expire_leases() == []


async def test_a_worker_that_comes_back_too_late_is_refused(ledger, story):
    claimed = await story.claim(await story.open_job(), lease_seconds=0)
    await ledger.expire_leases()
    assert not await ledger.end_run(claimed.run_id, claimed.fence, DONE, story.now)
    assert not (await ledger.beat(claimed.run_id, claimed.fence, 60)).kept
    assert (await ledger.run_report(claimed.run_id)).ending is Ending.LOST


async def test_a_stale_fence_cannot_end_release_or_keep_a_run(ledger, story):
    job = await story.open_job()
    first = await story.claim(job, "w1")
    assert await ledger.release_run(first.run_id, first.fence, story.now, "w1 is draining")
    second = await story.claim(job, "w2")
    assert second.fence == first.fence + 1
    assert not await ledger.end_run(first.run_id, first.fence, DONE, story.now)
    assert not await ledger.release_run(first.run_id, first.fence, story.now, "again")
    assert not (await ledger.beat(first.run_id, first.fence, 60)).kept
    assert await ledger.end_run(second.run_id, second.fence, DONE, story.now)


async def test_a_released_run_waits_until_its_time_and_counts_the_release(ledger, story):
    claimed = await story.claim(await story.open_job())
    tomorrow = story.later(86_400)
    assert await ledger.release_run(claimed.run_id, claimed.fence, tomorrow, "the provider is overloaded")
    assert await ledger.claim_run(claimed.run_id, "w2", 60, PLENTY) is None
    [row] = await ledger.runs(claimed.job.id)
    assert (row.state, row.releases, row.not_before) == ("waiting", 1, tomorrow)
    assert row.waiting_because == "the provider is overloaded"


async def test_a_report_is_stored_whole_and_told_to_the_job_once(ledger, story):
    claimed = await story.claim(await story.open_job())
    report = Report(ending=Ending.SUCCEEDED, because="done", head_sha="abc", cost_dollars=0.25, findings=())
    assert await ledger.end_run(claimed.run_id, claimed.fence, report, story.now)
    assert not await ledger.end_run(claimed.run_id, claimed.fence, DONE, story.now)
    assert await ledger.run_report(claimed.run_id) == report
    heard = [row.fact for row in await ledger.inbox_of("acme/rocket", 12)]
    assert sum(isinstance(fact, RunReported) for fact in heard) == 1


async def test_stopping_a_job_ends_its_waiting_run_at_once(ledger, story):
    job = await story.open_job()
    await story.happen(job, Stopped(at=story.now, by=ADA, how="asked me to stop"))
    [row] = await ledger.runs(job.id)
    assert (row.state, row.report.ending) == ("ended", Ending.STOPPED)
    assert await ledger.claim_run(row.id, "w1", 60, PLENTY) is None
    heard = [row.fact for row in await ledger.inbox_of("acme/rocket", 12)]
    assert not [fact for fact in heard if isinstance(fact, RunReported)], "its job is over"


async def test_a_job_that_goes_on_hears_that_its_waiting_run_was_called_off(ledger, story):
    job = await story.open_job()
    off = Decision(
        job=replace(job, because="otherwise"), effects=(CancelRun(run=job.run.id),), because="otherwise"
    )
    assert await ledger.commit(await story.letter(story.commented()), job, None, off)

    [row] = await ledger.runs(job.id)
    assert (row.state, row.report.ending) == ("ended", Ending.STOPPED)
    heard = [row.fact for row in await ledger.inbox_of("acme/rocket", 12)]
    assert [fact.run for fact in heard if isinstance(fact, RunReported)] == [job.run.id]


async def test_a_run_that_outlived_its_job_is_ended_instead_of_claimed(ledger, story):
    job = await story.open_job()
    forgetful = Decision(
        job=replace(job, phase=Phase.ENDED, close=Close.STOPPED), because="over, and no run called off"
    )
    assert await ledger.commit(await story.letter(story.commented()), job, None, forgetful)
    assert await ledger.claim_run(job.run.id, "w1", 60, PLENTY) is None
    [row] = await ledger.runs(job.id)
    assert (row.state, row.report.because) == ("ended", "its job is over")


async def test_stopping_a_job_reaches_its_worker_with_the_next_heartbeat(ledger, story):
    claimed = await story.claim(await story.open_job())
    await ledger.ignore(await ledger.next_in_lane("1:12", story.later()), "not part of this story")
    await story.happen(claimed.job, Stopped(at=story.now, by=ADA, how="asked me to stop"))
    assert await ledger.beat(claimed.run_id, claimed.fence, 60) == Pulse(kept=True, cancel=True)
    assert await ledger.release_run(claimed.run_id, claimed.fence, story.now, "drained")
    [row] = await ledger.runs(claimed.job.id)
    assert (row.state, row.report.ending) == ("ended", Ending.STOPPED)


async def test_a_lease_is_expired_by_one_of_many_who_try(ledger, story):
    claimed = await story.claim(await story.open_job(), lease_seconds=0)
    lost = await asyncio.gather(*(ledger.expire_leases() for _ in range(5)))
    assert [run for runs in lost for run in runs] == [claimed.run_id]


async def test_a_run_that_is_handed_over_can_be_taken_up_at_once_and_its_first_worker_is_not_believed(
    ledger, story
):
    job = await story.open_job()
    await ledger.claim_run(job.run.id, "w1", 600, PLENTY)
    assert await ledger.take_up(job.run.id, "w1", "w2", 60, departed=False) is None, "its lease is not over"

    assert await ledger.hand_over(job.run.id, 1)
    taken = await ledger.take_up(job.run.id, "w1", "w2", 60, departed=False)

    assert taken == Claimed(run_id=job.run.id, job=job, stage=Stage.IMPLEMENT, fence=2)
    assert not await ledger.hand_over(job.run.id, 1)
    assert not await ledger.end_run(job.run.id, 1, DONE, story.later())
    assert not (await ledger.beat(job.run.id, 1, 60)).kept
    assert (await ledger.beat(job.run.id, 2, 60)).kept
    assert await ledger.end_run(job.run.id, 2, DONE, story.later())


async def test_the_run_of_a_worker_that_is_known_to_be_dead_is_taken_up_by_one_of_many_who_try(ledger, story):
    job = await story.open_job()
    await ledger.claim_run(job.run.id, "w1", 600, PLENTY)

    taken = await asyncio.gather(
        *(ledger.take_up(job.run.id, "w1", f"w{n}", 60, departed=True) for n in range(2, 8))
    )

    assert [claimed.fence for claimed in taken if claimed] == [2]


async def test_a_run_that_nobody_has_any_more_cannot_be_taken_up(ledger, story):
    job = await story.open_job()
    assert await ledger.take_up(job.run.id, "w1", "w2", 60, departed=True) is None, "nobody has it yet"
    await ledger.claim_run(job.run.id, "w1", 60, PLENTY)
    assert await ledger.end_run(job.run.id, 1, DONE, story.later())
    assert await ledger.take_up(job.run.id, "w1", "w2", 60, departed=True) is None


async def test_the_host_of_a_silent_worker_has_time_to_take_its_run_up_before_it_is_lost(ledger, story):
    job = await story.open_job()
    await ledger.claim_run(job.run.id, "w1", 0, PLENTY)
    assert await ledger.expire_leases(after_seconds=600) == []
    assert await ledger.take_up(job.run.id, "w1", "w2", 60, departed=False) is not None
    assert await ledger.expire_leases(after_seconds=0) == []
