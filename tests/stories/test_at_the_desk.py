"""What people do at the desk is judged as if they had said it on GitHub; whoever runs this Handoff may do it all."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from app.domain.errors import Refused
from app.domain.facts import StopAsked
from app.domain.ids import Actor
from app.domain.job import Close, Job, Phase
from app.domain.verbs import Answer, Command, Retry, Stop
from app.web.acts import Acts, actor_of
from app.web.viewer import Viewer
from tests.stories.test_stopping import running

OPERATOR = Viewer(name="operator")


def person(login: str) -> Viewer:
    return Viewer(name=login, login=login, account=1001, repositories=frozenset())


@dataclass
class Desk:
    """The buttons of the pages."""

    tell: Callable[[Job, Command, Viewer], Awaitable[str]]


@pytest.fixture
def desk(story) -> Desk:
    return Desk(Acts(story.ledger, lambda: None, lambda: datetime.now(UTC), story.data).give)


async def outcome_of(story, by: str) -> str:
    """What intake made of somebody's act."""

    async def judged():
        rows = await story.ledger.inbox_of(story.repository, 1, 50)
        found = [row for row in rows if row.source == "desk" and row.fact.by.login == by]
        return found[0] if found and found[0].state != "waiting" else None

    row = await story.until("the act to be judged", judged)
    return f"{row.state}: {row.because}"


@pytest.mark.parametrize("login", ["rae", "zed"])
async def test_a_reader_who_presses_stop_is_refused_and_why_says_so(story, desk, login: str):
    story.agent.agent_does({"do": "hang"})
    job = await running(story, await story.hand_over())

    told = await desk.tell(job, Stop(), person(login))

    assert "it needs write access" in told
    outcome = await outcome_of(story, login)
    assert outcome.startswith(f"ignored: @{login} has the role ")
    assert outcome.endswith("here, and steering a job needs write")
    assert (await story.job(job.number)).phase is Phase.ACTIVE
    await desk.tell(job, Stop(), OPERATOR)
    await story.until_phase(job.number, Phase.ENDED)


async def test_a_writer_who_presses_stop_stops_it_in_their_own_name(story, desk):
    story.agent.agent_does({"do": "hang"})
    job = await running(story, await story.hand_over())

    await desk.tell(job, Stop(), person("lin"))

    ended = await story.until_phase(job.number, Phase.ENDED)
    assert (ended.close, ended.because) == (Close.STOPPED, "@lin asked me to stop")


async def test_the_owner_needs_no_role_and_no_account_is_looked_up(story, desk):
    story.agent.agent_does({"do": "hang"})
    job = await running(story, await story.hand_over())

    await desk.tell(job, Stop(), OPERATOR)

    ended = await story.until_phase(job.number, Phase.ENDED)
    assert ended.because == "whoever runs this Handoff asked me to stop"
    assert not [each for each in await story.log() if "/collaborators/operator" in each["path"]]
    with pytest.raises(Refused, match="has ended already"):
        await desk.tell(ended, Retry(), OPERATOR)


async def test_a_question_is_answered_from_the_desk(story, desk):
    story.agent.agent_asks("Should hours be rounded up?")
    held = await story.until_held(await story.hand_over())
    story.agent.agent_writes({"rounding.txt": "down\n"}, about="people have decided")

    await desk.tell(held, Answer("No, round *down*."), person("lin"))

    job = await story.until_phase(held.number, Phase.IN_REVIEW)
    assert [(given.text, given.by.login) for given in job.answers] == [("No, round *down*.", "lin")]
    assert (await outcome_of(story, "lin")).startswith("done: ")


async def test_nobody_but_the_owner_stops_a_job_by_the_command_lines_word(story):
    story.agent.agent_does({"do": "hang"})
    job = await running(story, await story.hand_over())
    rae = actor_of(person("rae"))
    forged = StopAsked(
        act_key="forged",
        repository=job.repository,
        number=job.number,
        by=rae,
        at=datetime.now(UTC),
        job=job.id,
    )

    await story.ledger.hear(forged, "desk")

    assert (await outcome_of(story, "rae")).startswith("ignored: @rae is not at the command line")
    assert (await story.job(job.number)).phase is Phase.ACTIVE
    owner = StopAsked(
        act_key="real", repository=job.repository, number=job.number, by=Actor(login="o", id=0),
        at=datetime.now(UTC), job=job.id,
    )  # fmt: skip
    await story.ledger.hear(owner, "command line")
    await story.until_phase(job.number, Phase.ENDED)
