"""Commit: a decision is true as a whole or not at all, and of two that decide at once, one decides again."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.agenda import Ending, Stage
from app.domain.decide import Decision, decide, open_job
from app.domain.effects import Acknowledge, SetTimer, ShowStatus, StartRun
from app.domain.errors import Defect
from app.domain.events import HoldExpired, RunStarted, Stopped
from app.domain.ids import Actor
from app.domain.job import Phase, PullRequest, Report

ADA = Actor(login="ada", id=7)


async def test_a_job_its_history_its_run_and_its_effects_appear_together(ledger, story):
    fact = story.labeled()
    event = story.requested(fact)
    decision = open_job(event)
    assert await ledger.commit(await story.letter(fact), None, event, decision)
    job = await story.job(event.job)
    assert job == replace(decision.job, version=1)
    [line] = await ledger.events(job.id)
    assert (line.version, line.event, line.because, line.at) == (1, event, decision.because, story.now)
    assert [row.effect for row in await ledger.effects(job.id)] == [Acknowledge(), ShowStatus()]
    assert [(row.id, row.state) for row in await ledger.runs(job.id)] == [(job.run.id, "waiting")]
    [row] = await ledger.inbox_of("acme/rocket", 12)
    assert (row.state, row.because) == ("done", decision.because)


async def test_of_two_who_open_a_job_for_one_issue_at_once_one_does(ledger, story):
    facts = [story.labeled(), story.labeled()]
    letters = []
    for fact in facts:
        await ledger.hear(fact, "test")
        letters.append(replace(await ledger.next_in_lane("1:12", story.now), fact=fact))
    ids = [row.id for row in reversed(await ledger.inbox_of("acme/rocket", 12))]
    letters = [replace(letter, id=n) for letter, n in zip(letters, ids, strict=True)]
    events = [story.requested(fact) for fact in facts]
    opened = await asyncio.gather(
        *(ledger.commit(x, None, event, open_job(event)) for x, event in zip(letters, events, strict=True))
    )
    assert sorted(opened) == [False, True]
    assert len(await ledger.jobs()) == 1
    states = [row.state for row in await ledger.inbox_of("acme/rocket", 12)]
    assert sorted(states) == ["done", "waiting"]


async def test_of_eight_who_decide_about_one_version_one_wins(ledger, story):
    job = await story.open_job()
    facts = [story.commented() for _ in range(8)]
    for fact in facts:
        await ledger.hear(fact, "test")
    first = await ledger.next_in_lane("1:12", story.now)
    letters = [replace(first, id=first.id + n, fact=fact) for n, fact in enumerate(facts)]
    event = RunStarted(at=story.now, run=job.run.id)
    won = await asyncio.gather(*(ledger.commit(x, job, event, decide(job, event)) for x in letters))
    assert won.count(True) == 1
    assert (await story.job(job.id)).version == 2
    assert [line.version for line in await ledger.events(job.id)] == [1, 2]
    waiting = [row for row in await ledger.inbox_of("acme/rocket", 12) if row.state == "waiting"]
    assert len(waiting) == 7


async def test_a_letter_that_was_settled_meanwhile_changes_nothing(ledger, story):
    job = await story.open_job()
    letter = await story.letter(story.commented())
    event = RunStarted(at=story.now, run=job.run.id)
    assert await ledger.commit(letter, job, event, decide(job, event))
    again = await story.job(job.id)
    assert not await ledger.commit(letter, again, event, decide(again, event))
    assert await story.job(job.id) == again


async def test_an_event_that_means_nothing_is_ignored_with_its_reason(ledger, story):
    job = await story.open_job()
    await story.happen(job, Stopped(at=story.now, by=ADA, how="asked me to stop"))
    ended = await story.job(job.id)
    letter = await story.letter(story.commented())
    event = HoldExpired(at=story.now, key="hold:snooze")
    assert await ledger.commit(letter, ended, event, decide(ended, event))
    assert await story.job(job.id) == ended
    [row, *_] = await ledger.inbox_of("acme/rocket", 12)
    assert (row.state, row.because) == ("ignored", "HoldExpired means nothing to a job that is ended")
    assert len(await ledger.events(job.id)) == ended.version


async def test_a_commit_that_fails_half_way_leaves_no_trace(ledger, story):
    job = await story.open_job()
    letter = await story.letter(story.commented())
    second_run = StartRun(run="another", stage=Stage.CHECK)
    decision = Decision(
        job=replace(job, phase=Phase.ACTIVE), effects=(ShowStatus(), second_run), because="a mistake of ours"
    )
    with pytest.raises(Defect):  # at most one live run per job
        await ledger.commit(letter, job, HoldExpired(at=story.now, key="k"), decision)
    assert await story.job(job.id) == job
    assert len(await ledger.effects(job.id)) == 2
    assert len(await ledger.events(job.id)) == 1
    assert (await ledger.next_in_lane("1:12", story.now)).id == letter.id


async def test_two_open_jobs_cannot_have_one_pull_request(ledger, story):
    pull_request = PullRequest(number=40, url="u", node_id="n")
    await story.run_to(await story.open_job(1), story.succeeded(pull_request=pull_request))
    with pytest.raises(Defect):
        await story.run_to(await story.open_job(2), story.succeeded(pull_request=pull_request))


async def test_an_issue_can_be_handed_over_again_when_its_job_has_ended(ledger, story):
    first = await story.open_job()
    await story.happen(first, Stopped(at=story.now, by=ADA, how="asked me to stop"))
    second = await story.open_job()
    assert [job.id for job in await ledger.jobs(open_only=True)] == [second.id]
    assert {job.id for job in await ledger.jobs_of("acme/rocket", 12)} == {first.id, second.id}


async def test_a_newer_status_supersedes_one_that_still_waits(ledger, story):
    job = await story.open_job()
    await story.happen(job, RunStarted(at=story.now, run=job.run.id))
    rows = {row.key: row for row in await ledger.effects(job.id)}
    assert {key: row.state for key, row in rows.items()} == {
        "Acknowledge": "waiting",
        "ShowStatus:v1": "superseded",
        "ShowStatus:v2": "waiting",
    }
    assert rows["ShowStatus:v1"].because == "a newer one takes its place"


async def test_an_effect_that_is_wanted_once_in_a_jobs_life_is_one_row(ledger, story):
    job = await story.open_job()
    letter = await story.letter(story.commented())
    again = Decision(job=replace(job, because="once more"), effects=(Acknowledge(),), because="once more")
    assert await ledger.commit(letter, job, None, again)
    assert [row.key for row in await ledger.effects(job.id)] == ["Acknowledge", "ShowStatus:v1"]


async def test_a_timer_set_twice_is_moved_and_an_ended_job_has_none(ledger, story):
    job = await story.open_job()
    for minutes in (5, 10):
        letter = await story.letter(story.commented())
        before = await story.job(job.id)
        timer = SetTimer(key="hold:snooze", due_at=story.now + timedelta(minutes=minutes))
        decision = Decision(job=replace(before, because=f"{minutes}"), effects=(timer,), because="snoozed")
        assert await ledger.commit(letter, before, None, decision)
    assert await ledger.due(story.now + timedelta(minutes=6)) == [f"run:{job.run.id}", f"effects:{job.id}"]
    assert "timers:due" in await ledger.due(story.now + timedelta(minutes=10))
    await story.happen(await story.job(job.id), Stopped(at=story.now, by=ADA, how="asked me to stop"))
    assert await ledger.ring(story.later()) == 0


async def test_a_crashed_run_is_followed_by_another_after_its_pause(ledger, story):
    job = await story.run_to(await story.open_job(), Report(ending=Ending.CRASHED, because="exit code 1"))
    assert job.run is None
    assert await ledger.ring(story.now + timedelta(seconds=14)) == 0
    assert await ledger.ring(story.now + timedelta(seconds=15)) == 1
    assert await ledger.ring(story.now + timedelta(seconds=15)) == 0
    job = await story.take_in(job, lambda fact: HoldExpired(at=story.now, key=fact.key))
    assert [(row.id, row.state) for row in await ledger.runs(job.id)] == [
        (f"{job.id}.1", "ended"),
        (f"{job.id}.2", "waiting"),
    ]
