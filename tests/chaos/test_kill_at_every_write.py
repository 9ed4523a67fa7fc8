"""kill -9 at every write to GitHub: of everything there is exactly one afterwards, and nothing is lost.

A write is caught at its worst moment, performed by GitHub and not yet answered; then the process that waits for
the answer is killed. The first story, in which nobody is killed, sees to it that no write is forgotten here.
"""

import pytest

from tests.chaos.writes import PULL_REQUEST, PUSH, REVIEW, WRITES, Write, writes_in
from tests.world.processes import kill, start

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("kill at every write"),
]


async def catch(story, write: Write) -> tuple[list[int], list[int]]:
    """Tell two stories up to this write: one is held when it was performed, the other just before it is.

    Return the issues and the holds. Where the path names no issue, the first to come is the one that is performed.
    """
    issues = [await story.write_issue(), await story.write_issue()]
    behind = write.nth if write.names_its_issue else 2
    performed = {"path_regex": write.pattern(issues[0]), "nth": write.nth, "after": True}
    about_to_be = {"path_regex": write.pattern(issues[1]), "nth": behind, "after": False}
    holds = [await story.hub.hold(method=write.method, **each) for each in (performed, about_to_be)]
    for issue in issues:
        await story.label(issue)
    await story.held(*holds)
    return issues, holds


async def test_these_are_all_the_writes_of_the_story(story):
    await story.hub.clear_log()
    issue = await story.write_issue()
    await story.label(issue)

    await story.ends_as_if_nothing_had_happened(issue)

    seen = writes_in(await story.log(), issue)
    assert set(seen) == {write.name for write in WRITES}
    assert {name for name, times in seen.items() if times > 1} <= {w.name for w in WRITES if w.often}


@pytest.mark.slow
@pytest.mark.parametrize("write", WRITES, ids=str)
async def test_everything_dies_at_a_write(story, write: Write):
    issues, holds = await catch(story, write)

    await kill(*story.installation.everything)
    await story.drop(*holds)
    await start(*story.installation.everything)

    await story.ends_as_if_nothing_had_happened(*issues)


@pytest.mark.slow
@pytest.mark.parametrize("write", [PUSH, PULL_REQUEST, REVIEW], ids=str)
async def test_another_worker_takes_over_while_all_else_goes_on(story, write: Write):
    issues, holds = await catch(story, write)

    async with story.standby():
        await kill(story.installation.worker)
        await story.drop(*holds)

        await story.ends_as_if_nothing_had_happened(*issues)
