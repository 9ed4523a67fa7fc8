"""People act at the worst moment: while we push, while we answer, and every click arrives twice."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from app.domain.holds import HoldKind
from app.domain.job import Phase
from localhub.client import HubControl
from tests.stories.test_revision import BETTER, inline, ready, revised

PUSH = "git-receive-pack$"


@pytest.fixture
async def hub(story) -> AsyncIterator[HubControl]:
    async with HubControl(story.url) as control:
        yield control


async def reached(hub: HubControl, hold: int) -> None:
    assert (await hub.held(hold, seconds=60))["state"] == "reached"


async def test_the_label_is_taken_off_during_the_push(story, hub):
    hold = await hub.hold(PUSH, method="POST")
    number = await story.hand_over()
    await reached(hub, hold)

    await story.unlabel(number)

    async def ended():
        job = await story.job(number)
        return job if job.phase is Phase.ENDED else None

    job = await story.until("the job to end", ended)
    await hub.release(hold)
    await story.quiet()
    assert await story.pulls() == []
    assert job.work.pull_request is None


async def test_a_person_pushes_during_our_push(story, hub):
    number, pull = await ready(story)
    story.agent.agent_revises({"clock.py": BETTER + "# ours\n"}, ("words-1", "fixed", "Done."))
    hold = await hub.hold(PUSH, method="POST")
    await story.act("review", number=pull, state="COMMENT", body="One more thing.")
    await reached(hub, hold)

    branch = (await story.job(number)).work.branch
    await story.act("push", branch=branch, files={"HELLO.md": "from ada\n"}, message="Say hello")
    await hub.release(hold)

    job = await revised(story, number)
    told = await story.commits(job)
    assert any("Say hello" in commit for commit in told), "what she pushed is never lost"


async def test_a_second_review_during_the_answers_to_the_first(story, hub):
    number, pull = await ready(story)
    story.agent.agent_revises({"clock.py": BETTER + "# 1\n"}, ("thread-1", "fixed", "First."))
    hold = await hub.hold(r"/replies$", method="POST")
    await story.act(
        "review", number=pull, state="COMMENT", body="", comments=[inline(11, "A"), inline(12, "B")]
    )
    await reached(hub, hold)

    await story.act("review", by="lin", number=pull, state="COMMENT", body="And this.")
    await hub.release(hold)

    job = await revised(story, number, times=2)
    found = await story.pull_of(job)
    replies = [c["in_reply_to_id"] for c in found["review_comment_list"] if c.get("in_reply_to_id")]
    assert len(replies) == len(set(replies)) == 2


async def test_the_pull_request_is_merged_during_a_revision(story, hub):
    number, pull = await ready(story)
    story.agent.agent_revises({"clock.py": BETTER + "# late\n"}, ("words-1", "fixed", "Done."))
    hold = await hub.hold(PUSH, method="POST")
    await story.act("review", number=pull, state="COMMENT", body="One more thing.")
    await reached(hub, hold)

    await story.act("merge", number=pull)
    await hub.release(hold)

    await story.until_phase(number, Phase.ENDED)
    await story.quiet()


async def answered(story, number, answer) -> bool:
    return any(answer in comment for comment in await story.comments(number))


async def test_every_command_arrives_twice_and_is_obeyed_once(story):
    story.agent.agent_asks("Which zone?")
    number = await story.hand_over()
    await story.until_held(number)
    await story.post("/_hub/faults", {"kind": "duplicate_delivery", "times": 500})

    for body, answer in (
        ("/handoff why", "@ada, this waits"),
        ("/handoff help", "`/handoff snooze"),
        ("/handoff stpo", "Did you mean"),
    ):
        await story.act("comment", number=number, body=body)
        await story.until(f"an answer to {body}", partial(answered, story, number, answer))
        await story.quiet()
        said = [comment for comment in await story.comments(number) if answer in comment]
        assert len(said) == 1, body

    await story.act("comment", number=number, body="/handoff snooze 2h")
    await story.quiet()
    holds = [hold.kind for hold in (await story.job(number)).holds]
    assert holds.count(HoldKind.SNOOZE) == 1
    story.agent.agent_writes({"clock.py": BETTER})
    await story.act("comment", number=number, body="/handoff go")
    job = await story.until_phase(number, Phase.IN_REVIEW)
    pull, runs = job.work.pull_request.number, job.runs

    await story.act("comment", number=pull, body="/handoff review")
    await story.quiet()
    job = await story.until_phase(number, Phase.IN_REVIEW)
    assert job.runs == runs + 1
    await story.act("comment", number=pull, body="/handoff stop")
    job = await story.until_phase(number, Phase.ENDED)
    events = await story.ledger.events(job.id)
    assert [event.because for event in events].count(events[-1].because) == 1


async def test_a_command_in_a_review_is_a_command(story):
    number, pull = await ready(story)

    await story.act("review", number=pull, state="COMMENT", body="Thank you, enough.\n\n/handoff stop")

    await story.until_phase(number, Phase.ENDED)
