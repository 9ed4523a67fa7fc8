"""Effects: performed by one at a time, tried again after a crash, and never settled twice."""

import asyncio

import pytest

from app.domain.effects import Acknowledge, ShowStatus
from app.domain.errors import Defect
from app.domain.events import RunStarted
from app.domain.facts import EffectReported
from app.ledger.effects import key_of


async def test_effects_are_claimed_oldest_first_and_each_by_one(ledger, story):
    job = await story.open_job()
    rows = await asyncio.gather(*(ledger.claim_effect(job.id, f"w{n}", 60) for n in range(8)))
    claimed = sorted((row for row in rows if row is not None), key=lambda row: row.id)
    assert [row.effect for row in claimed] == [Acknowledge(), ShowStatus()]
    assert [(row.attempts, row.started, row.state) for row in claimed] == [(1, False, "claimed")] * 2


async def test_an_effect_that_took_place_is_settled_and_its_result_kept(ledger, story):
    job = await story.open_job()
    row = await ledger.claim_effect(job.id, "w1", 60)
    await ledger.mark_started(row.id)
    await ledger.fulfil(row.id, {"reaction": 5}, report=False, because="seen")
    [settled, _] = await ledger.effects(job.id)
    assert (settled.state, settled.result, settled.started) == ("done", {"reaction": 5}, True)
    assert (await ledger.backlog()).letters == 0


async def test_the_effect_of_a_worker_that_died_is_taken_again_and_tells_that_it_was_started(ledger, story):
    job = await story.open_job()
    first = await ledger.claim_effect(job.id, "dead", 0)
    await ledger.mark_started(first.id)
    again = await ledger.claim_effect(job.id, "alive", 60)
    assert (again.id, again.attempts, again.started) == (first.id, 2, True)


async def test_a_postponed_effect_lets_the_others_pass(ledger, story):
    job = await story.open_job()
    first = await ledger.claim_effect(job.id, "w1", 60)
    await ledger.postpone_effect(first.id, story.later(), "GitHub does not answer")
    second = await ledger.claim_effect(job.id, "w1", 60)
    assert second.id != first.id
    assert await ledger.claim_effect(job.id, "w1", 60) is None
    [row, _] = await ledger.effects(job.id)
    assert (row.state, row.because) == ("waiting", "GitHub does not answer")


async def test_a_newer_status_is_not_performed_beside_an_older_one(ledger, story):
    job = await story.open_job()
    await story.effect(job, "ShowStatus")
    await story.happen(job, RunStarted(at=story.now, run=job.run.id))
    assert await ledger.claim_effect(job.id, "w2", 60) is None


async def test_an_older_status_that_failed_meanwhile_is_not_tried_after_a_newer_one(ledger, story):
    job = await story.open_job()
    older = await story.effect(job, "ShowStatus")
    await story.happen(job, RunStarted(at=story.now, run=job.run.id))
    await ledger.postpone_effect(older.id, story.now, "GitHub does not answer")
    newer = await ledger.claim_effect(job.id, "w1", 60)
    assert newer.key == "ShowStatus:v2"
    states = {row.key: row.state for row in await ledger.effects(job.id)}
    assert states["ShowStatus:v1"] == "superseded"


@pytest.mark.parametrize("done", [True, False])
async def test_a_job_hears_once_of_an_effect_it_waits_for(ledger, story, done):
    job = await story.open_job()
    row = await ledger.claim_effect(job.id, "w1", 60)
    for _ in range(2):
        if done:
            await ledger.fulfil(row.id, {}, report=True, because="it is there")
        else:
            await ledger.fail_effect(row.id, "GitHub refused it", report=True)
    heard = [entry.fact for entry in await ledger.inbox_of("acme/rocket", 12)]
    assert [fact.effect for fact in heard if isinstance(fact, EffectReported)] == [row.id]
    result = await ledger.effect_result(row.id)
    assert (result.kind, result.done) == ("Acknowledge", done)


async def test_what_an_effect_came_to_first_stands(ledger, story):
    job = await story.open_job()
    row = await ledger.claim_effect(job.id, "slow", 0)
    again = await ledger.claim_effect(job.id, "quick", 60)
    await ledger.fulfil(again.id, {"id": 1}, report=False, because="performed")
    await ledger.fail_effect(row.id, "the slow one gave up", report=False)
    await ledger.postpone_effect(row.id, story.now, "the slow one wants more time")
    [settled, _] = await ledger.effects(job.id)
    assert (settled.state, settled.because) == ("done", "performed")


async def test_jobs_with_effects_to_perform_are_due_until_all_are_performed(ledger, story):
    job = await story.open_job()
    subject = f"effects:{job.id}"
    assert subject in await ledger.due(story.now)
    while (row := await ledger.claim_effect(job.id, "w1", 60)) is not None:
        await ledger.fulfil(row.id, {}, report=False, because="performed")
    assert subject not in await ledger.due(story.now)


async def test_a_claimed_effect_is_due_again_only_when_its_worker_is_late(ledger, story):
    job = await story.open_job()
    while await ledger.claim_effect(job.id, "w1", 600):
        pass
    assert f"effects:{job.id}" not in await ledger.due(story.later(0))
    assert f"effects:{job.id}" in await ledger.due(story.later(900))


async def test_an_intent_tells_what_happened_to_it_before(ledger, story):
    job = await story.open_job()
    first = await ledger.intend(job.id, "pull request")
    assert (first.done, first.started_before) == (None, False)
    after_a_crash = await ledger.intend(job.id, "pull request")
    assert (after_a_crash.done, after_a_crash.started_before) == (None, True)
    await ledger.fulfil_intent(job.id, "pull request", {"number": 40})
    assert (await ledger.intend(job.id, "pull request")).done == {"number": 40}
    assert not (await ledger.intend(job.id, "check run")).started_before


async def test_of_many_who_intend_the_same_one_is_first(ledger, story):
    job = await story.open_job()
    intents = await asyncio.gather(*(ledger.intend(job.id, "pull request") for _ in range(8)))
    assert [intent.started_before for intent in intents].count(False) == 1


async def test_an_intent_is_never_handed_to_a_deliverer(ledger, story):
    job = await story.open_job()
    await ledger.intend(job.id, "pull request")
    while (row := await ledger.claim_effect(job.id, "w1", 60)) is not None:
        assert row.effect is not None
        await ledger.fulfil(row.id, {}, report=False, because="performed")
    assert f"effects:{job.id}" not in await ledger.due(story.later())
    assert [row.state for row in await ledger.effects(job.id) if row.effect is None] == ["intended"]


async def test_fulfilling_what_was_never_intended_is_our_defect(ledger, story):
    job = await story.open_job()
    with pytest.raises(Defect, match="never intended"):
        await ledger.fulfil_intent(job.id, "pull request", {})


def test_most_effects_are_wanted_once_in_a_jobs_life_and_some_once_a_version():
    assert key_of(Acknowledge(), 3) == "Acknowledge"
    assert key_of(ShowStatus(), 3) == "ShowStatus:v3"
