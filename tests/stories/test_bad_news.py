"""When it does not go well: the job parks at no cost, says what was seen, and asks one good question."""

import pytest

from app.domain.holds import HoldKind
from app.domain.job import Phase
from tests.world.repository import CLOCK, POLICY, TESTS
from tests.world.said import said

BROKEN = CLOCK.replace("* 60", "* 61")


async def needs_you(story, number: int) -> str:
    job = await story.until_held(number)
    assert [hold.kind for hold in job.holds] == [HoldKind.ANSWER]
    return said((await story.comments(number))[-1])


async def test_red_checks_are_shown_and_nothing_is_published(story):
    story.agent.agent_writes({"clock.py": BROKEN})
    number = await story.hand_over()

    told = await needs_you(story, number)

    assert told.startswith("@ada, I need you here: The fix ended without changing anything: I cannot.")
    assert "`tests`: the junior agent tried to mend it, and it came back" in told
    assert "AssertionError: 91 != 90" in told
    assert "/runs/" not in told, "no path of our machine"
    assert await story.pulls() == []


@pytest.mark.parametrize(
    "sabotage",
    [
        "mkdir -p .git/hooks && printf '#!/bin/sh\\nexit 0\\n' > .git/hooks/pre-commit",
        "mkdir -p $HOME/.local/lib/python3/site-packages && echo pass > sitecustomize.py && cp sitecustomize.py $HOME",
        "printf '[user]\\n' >> .git/config; git config core.fsmonitor 'touch /tmp/ran'",
    ],
)
async def test_a_patched_environment_does_not_make_a_red_test_green(story, sabotage: str):
    """The checks run on our commit in a fresh clone and a cage of their own."""
    story.agent.agent_writes(
        {
            "clock.py": BROKEN,
            ".gitignore": "unittest.py\nsitecustomize.py\n",
            "unittest.py": "raise SystemExit(0)\n",
        },
        before=({"do": "run", "command": sabotage},),
    )
    number = await story.hand_over()

    assert "AssertionError: 91 != 90" in await needs_you(story, number)


async def test_an_agent_that_crashes_gets_one_more_chance_and_then_a_person_is_asked(story):
    story.agent.agent_does({"do": "exit", "code": 9})
    number = await story.hand_over()

    told = await needs_you(story, number)

    assert "broke down" in told
    assert "exit code 9" in told
    job = await story.job(number)
    assert (job.runs, job.attempts) == (2, 2)


async def test_an_agent_that_leaves_no_outcome_is_asked_once_to_mend_it(story):
    story.agent.agent_does({"do": "write", "path": "x.txt", "content": "x"})
    number = await story.hand_over()

    assert "outcome" in await needs_you(story, number)


async def test_a_question_of_the_agents_parks_the_job(story):
    story.agent.agent_asks("Should hours be rounded up?")
    number = await story.hand_over()

    assert "a decision that is yours to make: Should hours be rounded up?" in await needs_you(story, number)


async def test_success_without_a_change_is_no_success(story):
    story.agent.agent_writes({})
    number = await story.hand_over()

    assert "it says it is done, but no file differs" in await needs_you(story, number)


async def test_a_secret_is_never_pushed_and_never_repeated(story):
    token = "ghp_" + "k7Wq" * 9
    story.agent.agent_writes({"settings.py": f'TOKEN = "{token}"\n'})
    number = await story.hand_over()

    told = await needs_you(story, number)

    assert "`settings.py` line 1 looks like it holds a secret (GitHub Token)" in told
    assert not [entry for entry in await story.log() if "receive-pack" in entry["path"] + str(entry["query"])]
    assert token not in str(await story.state())


async def test_protected_paths_are_not_touched(story):
    story.agent.agent_writes({".github/workflows/ci.yml": "on: push\n"})
    number = await story.hand_over()

    assert "it changes `.github/workflows/ci.yml`, which is protected" in await needs_you(story, number)


async def test_too_large_a_change_is_not_pushed(story_with):
    async with story_with({".github/handoff.yml": POLICY + "limits: {changed_files: 2}\n"}) as story:
        story.agent.agent_writes({f"file{n}.txt": "x\n" for n in range(3)})
        number = await story.hand_over()

        assert "it changes 3 files, and at most 2 are allowed" in await needs_you(story, number)


async def test_a_reviewer_that_fails_does_not_hold_up_the_pull_request(story):
    story.agent.reviewer_does({"do": "exit", "code": 127})
    number = await story.hand_over()

    await story.until_phase(number, Phase.IN_REVIEW)

    assert "It was **not reviewed** before you" in (await story.comments(number))[-1]
    [check] = (await story.state())["check_runs"]
    assert check["conclusion"] == "neutral"


async def test_a_repository_without_checks_is_told_that_nothing_was_run(story_with):
    async with story_with({".github/handoff.yml": "checks: []\n"}) as story:
        number = await story.hand_over()

        job = await story.until_phase(number, Phase.IN_REVIEW)

        assert "No checks are configured here, so nothing was run" in (await story.pull_of(job))["body"]


async def test_an_agent_that_says_too_much_is_ended(story_with):
    policy = POLICY + "limits: {run_minutes: 1, stall_minutes: 1, output_megabytes: 1}\n"
    async with story_with({".github/handoff.yml": policy, "test_clock.py": TESTS}) as story:
        story.agent.agent_does({"do": "flood", "lines": 2_000})
        number = await story.hand_over()

        assert "wrote more output than it may" in await needs_you(story, number)
