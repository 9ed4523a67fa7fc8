"""Intake: facts are heard once, taken in lane by lane in order, and each knows which job it is about."""

import asyncio
from datetime import timedelta

from app.domain.effects import PostReview
from app.domain.events import RunStarted, Stopped
from app.domain.facts import EffectReported, IssueClosed, PullRequestClosed, RunReported, StopAsked, TimerRang
from app.domain.ids import Actor, Repository
from app.domain.job import PullRequest

ADA = Actor(login="ada", id=7)
REPOSITORY = Repository(id=1, owner="acme", name="Rocket", installation_id=99)


def about(story, number=12):
    return {"act_key": "act:x", "repository": REPOSITORY, "number": number, "by": ADA, "at": story.now}


async def test_the_same_act_by_two_roads_is_heard_once(ledger, story):
    fact = story.labeled()
    assert await ledger.hear(fact, "cli")
    assert not await ledger.hear(fact, "reconciler")
    assert [row.source for row in await ledger.inbox_of("acme/rocket", 12)] == ["cli"]


async def test_twenty_at_once_hear_the_same_act_once(ledger, story):
    fact = story.labeled()
    assert (await asyncio.gather(*(ledger.hear(fact, "poll") for _ in range(20)))).count(True) == 1


async def test_text_that_databases_dislike_comes_back_as_it_was(ledger, story):
    fact = story.commented(body="nul \0, half a surrogate \ud83d, whole 🚀, quote ' and \\u0000")
    letter = await story.letter(fact)
    assert letter.fact == fact


async def test_a_reason_that_databases_dislike_is_stored_all_the_same(ledger, story):
    await ledger.ignore(await story.letter(story.commented()), "it said \0 and \ud83d")
    [row] = await ledger.inbox_of("acme/rocket", 12)
    assert row.because == "it said � and ?"


async def test_a_lane_is_taken_in_oldest_first(ledger, story):
    facts = [story.commented(), story.commented(), story.commented(number=13)]
    for fact in facts:
        await ledger.hear(fact, "test")
    first = await ledger.next_in_lane("1:12", story.now)
    await ledger.ignore(first, "not for me")
    second = await ledger.next_in_lane("1:12", story.now)
    assert [first.fact, second.fact] == facts[:2]
    await ledger.give_up(second, "I could not make sense of it five times")
    assert await ledger.next_in_lane("1:12", story.now) is None
    rows = await ledger.inbox_of("acme/rocket", 12)
    assert [(row.state, row.because) for row in rows] == [
        ("failed", "I could not make sense of it five times"),
        ("ignored", "not for me"),
    ]


async def test_a_postponed_letter_keeps_those_behind_it_waiting(ledger, story):
    letter = await story.letter(story.commented())
    await ledger.hear(story.commented(), "test")
    later = story.now + timedelta(minutes=1)
    await ledger.postpone(letter, later, "GitHub does not answer")
    assert await ledger.next_in_lane("1:12", story.now) is None
    assert await ledger.due(story.now) == []
    again = await ledger.next_in_lane("1:12", later)
    assert (again.id, again.attempts) == (letter.id, 1)
    assert await ledger.due(later) == ["lane:1:12"]


async def test_what_was_said_of_a_letter_first_stands(ledger, story):
    letter = await story.letter(story.commented())
    await ledger.ignore(letter, "not for me")
    await ledger.give_up(letter, "something else")
    await ledger.postpone(letter, story.later(), "later")
    [row] = await ledger.inbox_of("acme/rocket", 12)
    assert (row.state, row.because) == ("ignored", "not for me")


async def test_a_lane_has_one_owner_at_a_time(ledger):
    owners = await asyncio.gather(*(ledger.take_lane("1:12", f"w{n}", 60) for n in range(8)))
    assert owners.count(True) == 1
    owner = f"w{owners.index(True)}"
    assert await ledger.take_lane("1:12", owner, 60)
    assert await ledger.take_lane("1:13", "w9", 60)
    await ledger.leave_lane("1:12", "somebody else")
    assert not await ledger.take_lane("1:12", "w9", 60)
    await ledger.leave_lane("1:12", owner)
    assert await ledger.take_lane("1:12", "w9", 60)


async def test_a_lane_whose_owner_died_is_free_when_its_time_is_up(ledger):
    assert await ledger.take_lane("1:12", "dead", 0)
    assert await ledger.take_lane("1:12", "alive", 60)


async def test_a_lane_that_somebody_takes_in_wakes_nobody_else(ledger, story):
    await ledger.hear(story.commented(), "test")
    await ledger.take_lane("1:12", "w1", 3600)
    now = story.later(1)
    assert await ledger.due(now) == []
    await ledger.leave_lane("1:12", "w1")
    assert await ledger.due(now) == ["lane:1:12"]


async def test_a_fact_about_an_issue_finds_its_open_job(ledger, story):
    job = await story.open_job(12)
    await story.open_job(13)
    assert await ledger.job_for(IssueClosed(**about(story))) == (job, 0)
    assert await ledger.job_for(IssueClosed(**about(story, 14))) == (None, 0)


async def test_a_fact_about_a_pull_request_finds_the_job_that_opened_it(ledger, story):
    pull_request = PullRequest(number=40, url="u", node_id="n")
    job = await story.run_to(await story.open_job(12), story.succeeded(pull_request=pull_request))
    found, earlier = await ledger.job_for(PullRequestClosed(**about(story, 40), merged=True))
    assert (found, earlier) == (job, 0)


async def test_an_ended_job_counts_as_an_earlier_one(ledger, story):
    job = await story.open_job()
    await story.happen(job, Stopped(at=story.now, by=ADA, how="asked me to stop"))
    assert await ledger.job_for(story.labeled()) == (None, 1)
    again = await story.open_job()
    assert await ledger.job_for(story.commented()) == (again, 1)


async def test_what_comes_from_within_never_reaches_a_later_job_of_the_same_issue(ledger, story):
    old = await story.open_job()
    await story.happen(old, Stopped(at=story.now, by=ADA, how="asked me to stop"))
    [status, *_] = await ledger.effects(old.id)
    new = await story.open_job()
    facts = [
        StopAsked(**about(story), job=old.id),
        TimerRang(**about(story), job=old.id, key="hold:snooze"),
        RunReported(**about(story), run=f"{old.id}.1"),
        EffectReported(**about(story), effect=status.id),
    ]
    assert [(await ledger.job_for(fact))[0] for fact in facts] == [None] * 4
    assert (await ledger.job_for(RunReported(**about(story), run=new.run.id)))[0] == new
    assert (await ledger.job_for(StopAsked(**about(story), job=new.id)))[0] == new


async def test_a_repository_is_found_by_the_name_it_was_last_heard_by(ledger, story):
    await ledger.hear(story.labeled(), "test")
    renamed = Repository(id=1, owner="acme", name="Missile", installation_id=99)
    await ledger.hear(story.labeled(13, renamed), "test")
    assert await ledger.find_repository("ACME/rocket") == 1
    assert await ledger.find_repository("acme/missile") == 1
    assert await ledger.find_repository("acme/other") is None
    assert len(await ledger.inbox_of("acme/missile", 12)) == 1
    assert await ledger.inbox_of("acme/other", 12) == []


async def test_the_result_of_an_effect_is_there_for_the_fact_that_tells_of_it(ledger, story):
    job = await story.open_job()
    claimed = await story.claim(job)
    await story.take_in(job, lambda _: RunStarted(at=story.now, run=claimed.run_id))
    effect = await story.effect(job, "ShowStatus")
    assert await ledger.effect_result(effect.id) is None
    await ledger.fulfil(effect.id, {"id": 5}, report=True, because="it is there")
    letter = await ledger.next_in_lane("1:12", story.later())
    assert isinstance(letter.fact, EffectReported)
    result = await ledger.effect_result(letter.fact.effect)
    assert (result.kind, result.done, result.because) == ("ShowStatus", True, "it is there")
    assert not isinstance(effect.effect, PostReview)
