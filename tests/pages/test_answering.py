"""A question is answered on the job's page: by an option, or in one's own words, which count more."""

import re

from app.domain.agenda import Ending
from app.domain.conversation import Question
from app.domain.facts import CommandGiven
from app.domain.verbs import Answer
from tests.builders import report
from tests.pages.front import Front

QUESTION = Question(text="Which zone?", options=("UTC", "local"), recommended="UTC")


async def asks(front: Front) -> str:
    """A job that asks; return the token of its page's forms."""
    job = await front.job()
    await front.house.run_ends(job, report(Ending.NEEDS_ANSWER, question=QUESTION))
    page = (await front.ada.get("/jobs/jabc")).text
    assert 'value="1"> UTC <span class="badge good">recommended</span>' in page
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found
    return found[1]


async def answers(front: Front) -> list[str]:
    rows = await front.house.ledger.inbox_of("acme/clock", 12)
    given = [row.fact for row in rows if isinstance(row.fact, CommandGiven)]
    return [fact.command.text for fact in given if isinstance(fact.command, Answer)]


async def test_an_option_is_an_answer(front: Front):
    csrf = await asks(front)
    answer = await front.ada.post("/jobs/jabc/answer", data={"csrf": csrf, "option": "2"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs/jabc?asked=answer")
    assert await answers(front) == ["local"]


async def test_own_words_count_more_than_an_option(front: Front):
    said = {"csrf": await asks(front), "option": "1", "words": "Neither.\r\nUse TAI.\r\n"}
    assert (await front.ada.post("/jobs/jabc/answer", data=said)).status_code == 303
    assert await answers(front) == ["Neither.\nUse TAI."]


async def test_nothing_said_and_nothing_asked_are_told_kindly(front: Front):
    csrf = await asks(front)
    for said in ({}, {"option": "3"}, {"option": "0"}, {"option": "²"}, {"words": "  "}):
        answer = await front.ada.post("/jobs/jabc/answer", data={"csrf": csrf, **said})
        assert answer.status_code == 400
        assert "choose one of the options" in answer.text
    forged = await front.ada.post("/jobs/jabc/answer", data={"option": "1"})
    assert forged.status_code == 403
    await front.job("jquiet", 13)
    late = await front.ada.post("/jobs/jquiet/answer", data={"csrf": csrf, "option": "1"})
    assert (late.status_code, "Nothing is asked here any more" in late.text) == (409, True)
    assert await answers(front) == []
