"""Everything stands still, by a file, by a command, or by Handoff itself; and nothing is lost by it."""

import asyncio
import logging

from app.cli.everything import switch_everything
from app.cli.ledger import stop_job
from app.config import Settings
from app.domain.agenda import Ending
from app.domain.job import Close, Phase
from app.ledger.rows import PAUSED
from tests.stories.test_stopping import running

PAUSED_WORDS = "**Waiting.** Handoff has paused itself"


async def switched(story, *, stopped: bool) -> None:
    done = await switch_everything(Settings(data=story.data), stopped=stopped, user="ada")
    assert done.code == 0, done.text


async def until_waiting(story, job_id: str):
    async def seen():
        row = (await story.ledger.runs(job_id))[-1]
        return row if row.state == "waiting" else None

    return await story.until("the run to be given back", seen)


async def writes(story) -> list[str]:
    """What was written to GitHub, tokens aside."""
    return [
        f"{each['method']} {each['path']}"
        for each in await story.log()
        if each["method"] not in {"GET", "HEAD"} and "access_tokens" not in each["path"]
        and "git-upload-pack" not in each["path"]
    ]  # fmt: skip


async def test_each_way_to_stop_a_job_ends_its_living_run_and_says_so_once_in_its_place(story):
    story.agent.agent_does({"do": "hang"})
    numbers = await asyncio.gather(*(story.hand_over(f"Way {n}") for n in range(3)))
    jobs = [await running(story, number) for number in numbers]
    by_label, by_comment, by_command = numbers

    await story.unlabel(by_label)
    await story.act("comment", number=by_comment, body="/handoff stop")
    told = await stop_job(Settings(data=story.data), jobs[2].id, "ada")

    assert "will be stopped within seconds" in told
    whys = {
        by_label: "@ada took the label `handoff` off",
        by_comment: "@ada said `/handoff stop`",
        by_command: "Whoever runs this Handoff asked me to stop",
    }
    for number, job in zip(numbers, jobs, strict=True):
        ended = await story.until_phase(number, Phase.ENDED)

        async def gone(job_id: str = job.id):
            row = (await story.ledger.runs(job_id))[0]
            return row.report if row.state == "ended" else None

        assert (await story.until("the run to end", gone)).ending is Ending.STOPPED
        assert ended.close is Close.STOPPED
        ours = [said for said in await story.comments(number) if said != "/handoff stop"]
        assert len(ours) == 1, "the status comment, edited"
        assert ours[0].startswith(f"**Stopped.** {whys[number]}.")


async def test_stopping_everything_ends_a_living_run_and_it_begins_again_afterwards(story):
    story.agent.agent_does({"do": "say", "text": "I think."}, {"do": "hang"})
    number = await story.hand_over()
    job = await running(story, number)

    await switched(story, stopped=True)

    row = await until_waiting(story, job.id)
    assert "everything is stopped" in row.waiting_because
    assert (await story.job(number)).phase is Phase.ACTIVE
    story.agent.agent_writes({"notes.txt": "Seen.\n"})
    await switched(story, stopped=False)
    done = await story.until_phase(number, Phase.IN_REVIEW)
    assert (done.id, done.attempts) == (job.id, 1), "the same job, and nothing counted against it"
    assert (await story.ledger.runs(job.id))[0].id == row.id, "the very run"


async def test_a_file_alone_ends_a_living_run_and_taking_it_away_is_enough(story):
    story.agent.agent_does({"do": "hang"})
    number = await story.hand_over()
    job = await running(story, number)

    (story.data / "STOP").touch()

    row = await until_waiting(story, job.id)
    story.agent.agent_writes({"notes.txt": "Seen.\n"})
    (story.data / "STOP").unlink()
    await story.until_phase(number, Phase.IN_REVIEW)
    assert (await story.ledger.runs(job.id))[0].id == row.id


async def test_while_everything_is_stopped_nothing_is_written_and_a_job_can_still_be_stopped(story):
    await story.looked_around()
    await switched(story, stopped=True)
    await story.http.delete("/_hub/log")
    keeps, goes = await story.hand_over("Keep"), await story.hand_over("Let go")
    await story.act("comment", number=goes, body="/handoff stpo")

    async def queued():
        jobs = [await story.job(number) for number in (keeps, goes)]
        return jobs if all(jobs) else None

    await story.until("both jobs to be taken in", queued)
    await story.unlabel(goes)

    async def over():
        job = await story.job(goes)
        return job if job.phase is Phase.ENDED else None

    assert (await story.until("the job to end", over)).close is Close.STOPPED
    assert await writes(story) == []
    assert await story.comments(keeps) == []

    await switched(story, stopped=False)

    await story.until_phase(keeps, Phase.IN_REVIEW)
    await story.until_phase(goes, Phase.ENDED)
    assert any(said.startswith("**Stopped.**") for said in await story.comments(goes))


async def test_a_storm_of_labels_pauses_handoff_once_and_everything_finishes_after_a_look(story_with, caplog):
    async with story_with(spike_runs=3) as story:
        with caplog.at_level(logging.WARNING):
            numbers = await asyncio.gather(*(story.hand_over(f"Storm {n}") for n in range(4)))

            async def told():
                said = [(await story.comments(number))[:1] for number in numbers]
                return [each for each in said if each and each[0].startswith(PAUSED_WORDS)]

            await story.until("those who wait to be told", told)
            warnings = [each for each in caplog.records if "paused itself" in each.getMessage()]
        assert len(warnings) == 1
        paused = await story.ledger.switch(PAUSED)
        assert (
            paused.because == "3 agents were started within ten minutes and another was to be, and 3 may be"
        )
        for number in numbers:
            assert len(await story.comments(number)) == 1, "one status comment, edited"

        async def all_ready():
            jobs = [await story.job(number) for number in numbers]
            if all(job.phase is Phase.IN_REVIEW for job in jobs):
                return jobs
            if (await story.ledger.switch(PAUSED)).on:
                await switched(story, stopped=False)
            return None

        await story.until("everything to be ready, each time that it was let go on", all_ready)
        for number in numbers:
            assert not (await story.comments(number))[0].startswith(PAUSED_WORDS)
