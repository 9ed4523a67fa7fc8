"""Processes that die, sleep or forget between the writes; of everything there is still one, and nothing is lost."""

import asyncio

import pytest

from app.domain.agenda import Ending
from app.domain.job import Phase
from tests.chaos.machine import descendants, living
from tests.chaos.writes import CHECK_RUN, PULL_REQUEST, REVIEW
from tests.world.processes import kill, start

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("kill at other moments"),
]


async def test_a_worker_that_was_taken_for_dead_writes_nothing_more_when_it_wakes(story):
    """It wakes while its successor is about to open the check run, which it would open itself if it could."""
    sleeper = story.installation.worker
    number = await story.write_issue()
    opened = await story.hub.hold(f"{PULL_REQUEST.path}$", method="POST", after=True)
    await story.label(number)
    await story.held(opened)
    about_to_open = await story.hub.hold(f"{CHECK_RUN.path}$", method="POST")

    async with story.frozen(sleeper), story.standby():
        await story.held(about_to_open)
        await story.hub.release(opened)
        sleeper.thaw()
        await sleeper.stop()
        await story.hub.release(about_to_open)

        await story.ends_as_if_nothing_had_happened(number)


async def test_a_worker_that_was_taken_for_dead_hears_too_late_that_its_review_is_there(story):
    sleeper = story.installation.worker
    number = await story.write_issue()
    posted = await story.hub.hold(f"{REVIEW.path}$", method="POST", after=True)
    await story.label(number)
    await story.held(posted)

    async with story.frozen(sleeper), story.standby():
        await story.until_phase(number, Phase.IN_REVIEW)
        await story.hub.release(posted)
        sleeper.thaw()
        await sleeper.stop()

        await story.ends_as_if_nothing_had_happened(number)


async def test_a_worker_is_killed_while_its_agent_works_and_the_next_one_takes_its_work_up(story):
    number = await story.write_issue()
    title = (await story.issue(number))["title"]
    wait = {"do": "run", "command": 'while ! [ -e "$HOME/go" ]; do sleep 0.1; done'}
    story.agent.agent_writes(
        {f"{title}.txt": "At last.\n"}, about=f"{title}\n", before=({"do": "say", "text": "I think."}, wait)
    )
    await story.label(number)
    run = await story.until_agent_says("I think.", number)
    caged = descendants(story.installation.worker.pid)
    assert caged, "the agent is a process like any other"

    await kill(story.installation.worker)
    assert caged & living(), "it lives on"
    await start(story.installation.worker)

    async def taken_up() -> bool:
        found = next(each for each in await story.ledger.runs((await story.job(number)).id) if each.id == run)
        return found.fence == 2

    await story.until("the run to be taken up", taken_up)
    (story.installation.data / "runs" / run / "home" / "go").touch()
    await story.ends_as_if_nothing_had_happened(number)
    runs = [each for each in await story.ledger.runs((await story.job(number)).id) if each.id == run]
    assert [each.report.ending for each in runs] == [Ending.SUCCEEDED]
    log = await story.ledger.artifact((await story.job(number)).id, f"log:{run}")
    assert log.data.decode().count("I think.") == 1, "what it said before is not lost, and it said it once"
    assert not caged & living()


async def test_an_agent_that_no_worker_comes_for_is_ended_and_its_stage_begins_again(story):
    number = await story.write_issue()
    title = (await story.issue(number))["title"]
    story.agent.agent_does({"do": "say", "text": "I hang."}, {"do": "hang"}, about=f"{title}\n")
    await story.label(number)
    run = await story.until_agent_says("I hang.", number)
    caged = descendants(story.installation.worker.pid)

    await kill(story.installation.worker)

    async def gone() -> bool:
        return not caged & living()

    await story.until("the cage that nobody attends to to end", gone)
    story.agent.agent_writes({f"{title}.txt": "At last.\n"}, about=f"{title}\n")
    await start(story.installation.worker)
    await story.ends_as_if_nothing_had_happened(number)
    runs = await story.ledger.runs((await story.job(number)).id)
    assert [each.report.ending for each in runs if each.id == run] == [Ending.LOST]


async def test_redis_forgets_everything_again_and_again(story):
    numbers = [await story.write_issue() for _ in range(3)]
    async with story.forgetful_redis() as forgotten:
        await asyncio.gather(*(story.label(number) for number in numbers))

        await story.ends_as_if_nothing_had_happened(*numbers)

    assert forgotten() > 1


async def test_what_was_sent_to_a_dead_web_process_is_sent_again_by_the_press_of_a_button(story):
    numbers = [await story.write_issue() for _ in range(6)]
    await story.hub.idle(seconds=60)
    web = story.installation.web

    await asyncio.gather(*(story.label(number) for number in numbers[:4]), kill(web))
    await asyncio.gather(*(story.label(number) for number in numbers[4:]))
    missed = await story.failed_deliveries()
    await start(web)

    assert len(missed) >= 2
    assert await story.press_redeliver() >= len(missed)
    await story.ends_as_if_nothing_had_happened(*numbers)


async def test_a_review_that_is_submitted_while_the_worker_is_down_is_taken_in(story):
    number = await story.write_issue()
    await story.label(number)
    job = await story.until_phase(number, Phase.IN_REVIEW)
    title = (await story.issue(number))["title"]
    story.agent.agent_revises(
        {f"{title}.txt": "Revised.\n"}, ("words-1", "fixed", "Done."), about=f"{title}\n"
    )

    await kill(story.installation.worker)
    await story.act(
        "review", number=job.work.pull_request.number, state="COMMENT", body="One thing more, please."
    )
    await start(story.installation.worker)

    await story.revised_once(number)


async def test_a_worker_is_killed_between_two_answers(story):
    number = await story.write_issue()
    await story.label(number)
    job = await story.until_phase(number, Phase.IN_REVIEW)
    title, pull = (await story.issue(number))["title"], job.work.pull_request.number
    remarks = [{"path": f"{title}.txt", "line": 1, "side": "RIGHT", "body": body} for body in ("A", "B", "C")]
    answers = [(f"thread-{place}", "answered", "So be it.") for place in (1, 2, 3)]
    story.agent.agent_revises({f"{title}.txt": "Revised.\n"}, *answers, about=f"{title}\n")
    second = await story.hub.hold(r"/replies$", method="POST", nth=2, after=True)
    await story.act("review", number=pull, state="COMMENT", body="", comments=remarks)
    await story.held(second)

    await kill(story.installation.worker)
    await story.drop(second)
    await start(story.installation.worker)

    found = await story.revised_once(number)
    replies = [c["in_reply_to_id"] for c in found["review_comment_list"] if c.get("in_reply_to_id")]
    assert len(replies) == len(set(replies)) == 3


async def test_a_worker_is_killed_in_the_middle_of_a_revision(story):
    number = await story.write_issue()
    await story.label(number)
    job = await story.until_phase(number, Phase.IN_REVIEW)
    title, pull = (await story.issue(number))["title"], job.work.pull_request.number
    story.agent.agent_revises(
        {f"{title}.txt": "Revised.\n"},
        ("words-1", "fixed", "Done."),
        before=({"do": "say", "text": "I revise."}, {"do": "sleep", "seconds": 2}),
        about=f"{title}\n",
    )
    await story.act("review", number=pull, state="COMMENT", body="One thing more, please.")
    await story.until_agent_says("I revise.", number)

    await kill(story.installation.worker)
    await start(story.installation.worker)

    await story.revised_once(number)


async def test_a_worker_is_killed_in_a_revision_and_each_answer_still_goes_where_it_was_meant_to(story):
    """An agent answers by numbers. Meanwhile somebody resolves the first thread, so that the others would move up."""
    number = await story.write_issue()
    await story.label(number)
    job = await story.until_phase(number, Phase.IN_REVIEW)
    title, pull = (await story.issue(number))["title"], job.work.pull_request.number
    remarks = [{"path": f"{title}.txt", "line": 1, "side": "RIGHT", "body": body} for body in ("A", "B", "C")]
    wait = {"do": "run", "command": 'while ! [ -e "$HOME/go" ]; do sleep 0.1; done'}
    story.agent.agent_revises(
        {f"{title}.txt": "Revised.\n"},
        *((f"thread-{place}", "answered", f"To {body}.") for place, body in enumerate("ABC", start=1)),
        before=({"do": "say", "text": "I revise."}, wait),
        about=f"{title}\n",
    )
    await story.act("review", number=pull, state="COMMENT", body="", comments=remarks)
    run = await story.until_agent_says("I revise.", number)
    first = (await story.pull_of(job))["review_comment_list"][0]

    await kill(story.installation.worker)
    await story.act("resolve_thread", comment_id=first["id"])
    await start(story.installation.worker)
    await taken_up(story, number, run)
    (story.installation.data / "runs" / run / "home" / "go").touch()

    found = await story.revised_once(number)
    comments = {each["id"]: each["body"] for each in found["review_comment_list"]}
    answers = {
        comments[each["in_reply_to_id"]]: each["body"]
        for each in found["review_comment_list"]
        if each.get("in_reply_to_id")
    }
    assert {asked: f"To {asked}." in answer for asked, answer in answers.items()} == dict.fromkeys(
        "ABC", True
    )


async def test_a_worker_is_killed_and_its_agent_is_found_again_though_github_is_away(story):
    number = await story.write_issue()
    title = (await story.issue(number))["title"]
    wait = {"do": "run", "command": 'echo x >> "$HOME/times"; while ! [ -e "$HOME/go" ]; do sleep 0.1; done'}
    story.agent.agent_writes(
        {f"{title}.txt": "At last.\n"}, about=f"{title}\n", before=({"do": "say", "text": "I think."}, wait)
    )
    await story.label(number)
    run = await story.until_agent_says("I think.", number)
    home = story.installation.data / "runs" / run / "home"

    await kill(story.installation.worker)
    await story.hub.add_fault("error_before", status=503, times=None)
    await start(story.installation.worker)
    await taken_up(story, number, run)
    await asyncio.sleep(1)
    assert (home / "times").read_text() == "x\n", "it is the same agent, and it lives"
    (home / "go").touch()

    async def worked() -> bool:
        found = next(each for each in await story.ledger.runs((await story.job(number)).id) if each.id == run)
        return found.state == "ended"

    await story.until("the agent's work to be taken in", worked)
    await story.hub.clear_faults()
    await story.ends_as_if_nothing_had_happened(number)


async def taken_up(story, number, run) -> None:
    async def seen() -> bool:
        found = next(each for each in await story.ledger.runs((await story.job(number)).id) if each.id == run)
        return found.fence == 2

    await story.until("the run to be taken up", seen)
