"""What everything waits for: the switch by which all stands still, and the one that the spike guard throws."""

import asyncio
import logging
from datetime import timedelta

from app.domain.agenda import Ending
from app.domain.effects import ShowStatus
from app.domain.job import Report
from app.domain.schedule import Limits
from app.domain.spike import Allowed
from app.ledger.rows import PAUSED, STOP, Claimed, Pulse, Waiting

LOST = Report(ending=Ending.LOST, because="the worker fell silent")


def limits(starts: int | None = None, dollars: float | None = None) -> Limits:
    return Limits(runs=100, runs_per_repository=100, spike=Allowed(starts=starts, dollars=dollars))


async def claim(ledger, job, allowed: Limits):
    return await ledger.claim_run(job.run.id, "w1", 60, allowed)


async def shown(ledger, job) -> int:
    """How often the status comment was to be brought up to date."""
    return sum(isinstance(row.effect, ShowStatus) for row in await ledger.effects(job.id))


async def test_the_heartbeat_hears_that_everything_is_stopped_and_the_run_can_be_given_back(ledger, story):
    claimed = await story.claim(await story.open_job())
    await ledger.set_switch(STOP, on=True, because="ada is worried")

    assert await ledger.beat(claimed.run_id, claimed.fence, 60) == Pulse(kept=True, cancel=False, halted=True)
    assert await ledger.release_run(claimed.run_id, claimed.fence, story.now, "everything is stopped")
    assert isinstance(await claim(ledger, claimed.job, limits()), Waiting)
    await ledger.set_switch(STOP, on=False, because="all is well")

    again = await claim(ledger, claimed.job, limits())
    assert (again.fence, again.stage) == (claimed.fence + 1, claimed.stage)
    assert not (await ledger.beat(again.run_id, again.fence, 60)).halted


async def test_while_everything_is_stopped_no_effect_is_to_be_had_and_none_is_lost(ledger, story):
    job = await story.open_job()
    await ledger.set_switch(STOP, on=True, because="ada is worried")

    assert await ledger.claim_effect(job.id, "w1", 60) is None
    assert await ledger.due(story.later()) == [f"run:{job.run.id}"]
    await ledger.set_switch(STOP, on=False, because="all is well")

    assert f"effects:{job.id}" in await ledger.due(story.later())
    assert (await ledger.claim_effect(job.id, "w1", 60)).attempts == 1


async def test_a_storm_pauses_at_the_limit_whoever_claims_and_says_so_once(ledger, story, caplog):
    jobs = [await story.open_job(number) for number in range(1, 9)]

    with caplog.at_level(logging.WARNING):
        answers = await asyncio.gather(*(claim(ledger, job, limits(starts=3)) for job in jobs))

    assert sum(isinstance(answer, Claimed) for answer in answers) == 3
    waiting = [answer for answer in answers if isinstance(answer, Waiting)]
    assert sum(answer.alarm for answer in waiting) == 1
    because = "3 agents were started within ten minutes and another was to be, and 3 may be"
    then = "Whoever runs it can look at why, and let it go on with `handoff start --all`"
    assert {answer.because for answer in waiting} == {f"Handoff has paused itself: {because}. {then}"}
    paused = await ledger.switch(PAUSED)
    assert (paused.on, paused.because) == (True, because)
    assert [record.levelname for record in caplog.records if "paused itself" in record.message] == ["WARNING"]


async def test_after_a_person_let_it_go_on_the_count_begins_anew(ledger, story):
    jobs = [await story.open_job(number) for number in range(1, 6)]
    answers = [await claim(ledger, job, limits(starts=2)) for job in jobs]
    assert [isinstance(answer, Claimed) for answer in answers] == [True, True, False, False, False]

    await ledger.set_switch(PAUSED, on=False, because="ada has looked")

    answers = [await claim(ledger, job, limits(starts=2)) for job in jobs[2:]]
    assert [isinstance(answer, Claimed) for answer in answers] == [True, True, False]


async def test_the_status_comment_says_that_it_waits_and_that_it_does_no_more_each_once(ledger, story):
    first, second = await story.open_job(1), await story.open_job(2)
    assert isinstance(await claim(ledger, first, limits(starts=1)), Claimed)
    before = await shown(ledger, second)

    for _ in range(3):
        assert isinstance(await claim(ledger, second, limits(starts=1)), Waiting)
    assert await shown(ledger, second) == before + 1

    await ledger.set_switch(PAUSED, on=False, because="ada has looked")
    full = Limits(runs=1, runs_per_repository=1)
    for _ in range(3):
        assert isinstance(await claim(ledger, second, full), Waiting)
    assert await shown(ledger, second) == before + 2
    assert await shown(ledger, first) == before


async def test_a_run_that_is_taken_again_is_no_new_start_and_the_next_attempt_is_one(ledger, story):
    first, second = await story.open_job(1), await story.open_job(2)
    claimed = await claim(ledger, first, limits(starts=2))
    for fence in range(1, 6):
        assert await ledger.release_run(claimed.run_id, fence, story.now, "the worker is leaving")
        assert isinstance(await claim(ledger, first, limits(starts=2)), Claimed)

    again = await claim(ledger, second, limits(starts=2))
    assert isinstance(again, Claimed)
    assert await ledger.end_run(again.run_id, again.fence, LOST, story.now)

    assert isinstance(await claim(ledger, await story.open_job(3), limits(starts=2)), Waiting)


async def test_money_that_was_spent_pauses_and_only_what_was_spent_lately_counts(ledger, story):
    old, new, next_one = [await story.open_job(number) for number in (1, 2, 3)]
    now = story.later(0)
    for job, cost, at in ((old, 99.0, now - timedelta(minutes=11)), (new, 3.5, now)):
        claimed = await claim(ledger, job, limits(dollars=5))
        assert await ledger.end_run(claimed.run_id, 1, story.succeeded(cost_dollars=cost), at)
    assert not (await ledger.switch(PAUSED)).on

    answer = await claim(ledger, next_one, limits(dollars=3))

    assert answer.alarm
    assert (await ledger.switch(PAUSED)).because == "$3.50 were spent within ten minutes, and $3.00 may be"


async def test_a_cost_that_nobody_reported_is_none(ledger, story):
    claimed = await claim(ledger, await story.open_job(1), limits(dollars=1))
    assert await ledger.end_run(claimed.run_id, 1, story.succeeded(), story.later(0))
    assert isinstance(await claim(ledger, await story.open_job(2), limits(dollars=1)), Claimed)


async def test_being_stopped_is_said_before_being_paused(ledger, story):
    job = await story.open_job()
    for switch in (STOP, PAUSED):
        await ledger.set_switch(switch, on=True, because="ada is worried")
    assert await claim(ledger, job, limits()) == Waiting("everything is stopped (`handoff stop --all`)")


async def test_nothing_that_an_agent_or_a_check_says_keeps_others_from_being_claimed(ledger, story):
    """A NUL, as a test of binary data may well print one, or half a character."""
    said = "nul \0, half a surrogate \ud83d"
    for number in (1, 2):
        claimed = await claim(ledger, await story.open_job(number), limits(dollars=5))
        report = story.succeeded(because=said, agent=said, title=said, cost_dollars=2.0)
        assert await ledger.end_run(claimed.run_id, 1, report, story.later())

    assert isinstance(await claim(ledger, await story.open_job(3), limits(dollars=5)), Claimed)
    assert isinstance(await claim(ledger, await story.open_job(4), limits(dollars=3)), Waiting)
