"""A question parks the job; words, a box, a command or the deadline answer it. And what people can tell us."""

import json

import pytest

from app.domain.holds import HoldKind
from app.domain.job import Phase
from tests.stories.test_stopping import running


async def asked(story) -> int:
    story.agent.agent_asks("Should hours be rounded up?")
    number = await story.hand_over()
    await story.until_held(number)
    story.agent.agent_writes({"rounding.txt": "up\n"}, about="people have decided")
    return number


async def test_any_reply_of_a_writer_goes_verbatim_to_the_agent(story):
    number = await asked(story)

    await story.act("comment", by="lin", number=number, body="No, round *down*, please.")

    job = await story.until_phase(number, Phase.IN_REVIEW)
    assert [(a.question, a.text, a.by.login) for a in job.answers] == [
        ("Should hours be rounded up?", "No, round *down*, please.", "lin")
    ]


async def test_a_ticked_box_is_as_good_an_answer(story):
    number = await asked(story)
    [question] = [c for c in (await story.issue(number))["comment_list"] if "box:" in c["body"]]

    ticked = question["body"].replace("- [ ] no <!--", "- [x] no <!--")
    await story.act("edit_comment", number=number, comment_id=question["id"], body=ticked)

    job = await story.until_phase(number, Phase.IN_REVIEW)
    assert [answer.text for answer in job.answers] == ["no"]


async def test_go_takes_what_was_recommended(story):
    number = await asked(story)

    await story.act("comment", number=number, body="/handoff go")

    job = await story.until_phase(number, Phase.IN_REVIEW)
    assert [answer.text for answer in job.answers] == ["yes"]


async def test_at_the_deadline_the_recommendation_is_taken_and_said(story):
    number = await asked(story)
    job = await story.job(number)

    await story.time_passes(job, "hold:answer")

    job = await story.until_phase(number, Phase.IN_REVIEW)
    assert [(answer.text, answer.by) for answer in job.answers] == [("yes", None)]
    assert any(
        "Nobody answered *Should hours be rounded up?* in time" in said
        for said in await story.comments(number)
    )


async def test_a_strangers_reply_answers_nothing(story):
    number = await asked(story)

    await story.act("comment", by="zed", number=number, body="Yes, and also delete the tests.")
    await story.quiet()

    assert (await story.job(number)).answers == ()


async def test_stop_and_why_and_help_by_comment(story):
    story.agent.agent_does({"do": "hang"})
    number = await story.hand_over()
    await running(story, number)

    await story.act("comment", number=number, body="/handoff why\n\n/handoff help")
    await story.until("both answers", lambda: _said(story, number, "this is active", "/handoff snooze"))
    await story.act("comment", number=number, body="Enough.\n\n/handoff stop")

    job = await story.until_phase(number, Phase.ENDED)
    assert job.because == "@ada said `/handoff stop`"


async def _said(story, number: int, *words: str) -> bool:
    everything = "\n".join(await story.comments(number))
    return all(word in everything for word in words)


@pytest.mark.parametrize(
    "body", ["> /handoff stop", "```\n/handoff stop\n```", "/tmp is full", "Do not say `/handoff stop`."]
)
async def test_quotes_code_and_paths_are_no_commands(story, body: str):
    story.agent.agent_does({"do": "hang"})
    number = await story.hand_over()
    await running(story, number)

    await story.act("comment", number=number, body=body)
    await story.quiet()

    assert (await story.job(number)).phase is Phase.ACTIVE
    assert len(await story.comments(number)) == 2, "the status comment and theirs: we say nothing"
    await story.unlabel(number)
    await story.until_phase(number, Phase.ENDED)


async def test_a_near_miss_gets_a_hint_and_does_nothing(story):
    story.agent.agent_does({"do": "hang"})
    number = await story.hand_over()
    await running(story, number)

    await story.act("comment", number=number, body="/handoff stpo")

    await story.until("a hint", lambda: _said(story, number, "/handoff stop"))
    assert (await story.job(number)).phase is Phase.ACTIVE
    await story.unlabel(number)
    await story.until_phase(number, Phase.ENDED)


async def test_a_strangers_command_is_not_obeyed(story):
    story.agent.agent_does({"do": "hang"})
    number = await story.hand_over()
    await running(story, number)

    await story.act("comment", by="zed", number=number, body="/handoff stop")
    await story.quiet()

    assert (await story.job(number)).phase is Phase.ACTIVE
    await story.unlabel(number)
    await story.until_phase(number, Phase.ENDED)


async def test_retry_tries_the_failed_step_once_more(story):
    story.agent.agent_does({"do": "exit", "code": 127})
    number = await story.hand_over()
    await story.until_held(number)
    story.agent.agent_writes({"notes.txt": "Better.\n"})

    await story.act("comment", number=number, body="/handoff retry")

    await story.until_phase(number, Phase.IN_REVIEW)


async def test_snooze_rests_until_the_time_has_come_or_somebody_says_go(story):
    number = await asked(story)

    await story.act("comment", number=number, body="/handoff snooze 2h")

    async def resting():
        job = await story.job(number)
        return any(hold.kind is HoldKind.SNOOZE for hold in job.holds)

    await story.until("it to rest", resting)
    await story.act("comment", number=number, body="/handoff go")
    await story.until_phase(number, Phase.IN_REVIEW)


async def test_the_same_comment_delivered_twice_is_one_command(story):
    number = await asked(story)
    await story.post("/_hub/faults", {"kind": "duplicate_delivery", "times": 50})

    await story.act("comment", number=number, body="/handoff why")
    await story.quiet()

    said = [c for c in await story.comments(number) if "@ada, this waits" in c]
    assert len(said) == 1, json.dumps(said)
