"""A person changes their mind: whatever is under way ends within seconds, and nothing more is written."""

import asyncio
from datetime import UTC, datetime

from app.domain.facts import StopAsked
from app.domain.ids import Actor
from app.domain.job import Close, Phase


async def running(story, number: int):
    async def seen():
        job = await story.job(number)
        return job if job is not None and job.run is not None and job.run.started else None

    return await story.until("a run to begin", seen)


async def test_taking_the_label_off_stops_the_agent(story):
    story.agent.agent_does({"do": "say", "text": "I think."}, {"do": "hang"})
    number = await story.hand_over()
    job = await running(story, number)

    await story.unlabel(number)

    stopped = await story.until_phase(number, Phase.ENDED)
    assert (stopped.close, stopped.because) == (Close.STOPPED, "@ada took the label `handoff` off")

    async def gone():
        run = (await story.ledger.runs(job.id))[0]
        return run.state == "ended"

    await story.until("the run to end", gone)
    assert await story.pulls() == []
    assert (await story.comments(number))[0].startswith("**Stopped.** @ada took the label `handoff` off.")


async def test_the_label_on_again_is_a_fresh_start(story):
    story.agent.agent_does({"do": "hang"})
    number = await story.hand_over()
    await running(story, number)
    await story.unlabel(number)
    first = await story.until_phase(number, Phase.ENDED)
    story.agent.agent_writes({"notes.txt": "Again.\n"})

    await story.label(number)

    second = await story.until_phase(number, Phase.IN_REVIEW)
    assert second.id != first.id
    assert second.work.branch.endswith("-2")


async def test_closing_the_issue_stops_the_work(story):
    story.agent.agent_does({"do": "hang"})
    number = await story.hand_over()
    await running(story, number)

    await story.act("close_issue", number=number)

    assert (await story.until_phase(number, Phase.ENDED)).close is Close.CLOSED


async def test_deleting_the_issue_stops_the_work_quietly(story):
    story.agent.agent_does({"do": "hang"})
    number = await story.hand_over()
    job = await running(story, number)

    await story.act("delete_issue", number=number)

    async def ended():
        found = await story.ledger.job(job.id)
        return found if found.phase is Phase.ENDED else None

    assert (await story.until("the job to end", ended)).close is Close.CLOSED


async def test_closing_the_pull_request_ends_the_job(story):
    number = await story.hand_over()
    job = await story.until_phase(number, Phase.IN_REVIEW)

    await story.act("close_pull", number=job.work.pull_request.number)

    assert (await story.until_phase(number, Phase.ENDED)).close is Close.CLOSED


async def test_stopping_by_the_command_line_is_an_act_like_any_other(story):
    story.agent.agent_does({"do": "hang"})
    number = await story.hand_over()
    job = await running(story, number)
    who = Actor(login="operator", id=0)
    stop = StopAsked(
        act_key=f"stop:{job.id}",
        repository=job.repository,
        number=number,
        by=who,
        at=datetime.now(UTC),
        job=job.id,
    )

    heard = await asyncio.gather(*(story.ledger.hear(stop, "cli") for _ in range(5)))

    assert sorted(heard) == [False, False, False, False, True]
    assert (
        await story.until_phase(number, Phase.ENDED)
    ).because == "whoever runs this Handoff asked me to stop"
