"""A check is red: the evidence goes to the junior agent once, to the senior once, and then to a person."""

from app.domain.agenda import Stage, Tier
from app.domain.job import Phase
from tests.world.repository import CLOCK, POLICY, TESTS

BROKEN = CLOCK.replace("* 60", "* 61")
WRONG = CLOCK.replace("* 60", "* 62")


async def stages(story, job) -> list[Stage]:
    return [run.stage for run in await story.ledger.runs(job.id)]


async def test_a_red_check_is_mended_by_one_fix_run_with_the_evidence(story):
    story.agent.agent_writes({"clock.py": BROKEN})
    story.agent.agent_fixes({"clock.py": CLOCK + "\n\nDAY = 24\n"}, about="AssertionError: 91 != 90")
    number = await story.hand_over()

    job = await story.until_phase(number, Phase.IN_REVIEW)

    assert (await stages(story, job))[:4] == [Stage.IMPLEMENT, Stage.CHECK, Stage.FIX, Stage.CHECK]
    assert len(await story.commits(job)) == 1, "until it is published a change is one commit"


async def test_the_same_blocker_again_goes_to_the_senior_and_then_to_a_person_with_an_account(story):
    story.agent.agent_writes({"clock.py": BROKEN})
    story.agent.agent_fixes({"clock.py": BROKEN + "\n# I tried.\n"})
    number = await story.hand_over()

    job = await story.until_held(number)

    assert [tried.tier for tried in job.tried] == [Tier.JUNIOR, Tier.SENIOR]
    told = (await story.comments(number))[-1]
    assert "`tests`: the junior agent tried to mend it, and it came back" in told
    assert "`tests`: the senior agent tried to mend it, and it came back" in told
    assert "91 != 90" in told
    assert await story.pulls() == []


async def test_what_is_red_on_the_base_is_said_and_blocks_nothing(story_with):
    async with story_with({"clock.py": BROKEN, "test_clock.py": TESTS}) as story:
        number = await story.hand_over()

        job = await story.until_phase(number, Phase.IN_REVIEW)

        assert "`tests` is red on the base as well" in (await story.pull_of(job))["body"]


async def test_a_new_failure_beside_an_old_one_blocks(story_with):
    more = TESTS + "\n    def test_whole_hours(self):\n        self.assertEqual(minutes('2:00'), 120)\n"
    files = {
        "clock.py": CLOCK.replace("+ int(rest)", "+ int(rest) + 1 * (rest != '00')"),
        "test_clock.py": more,
    }
    async with story_with(files) as story:
        story.agent.agent_writes({"clock.py": WRONG})
        story.agent.agent_fixes({"clock.py": CLOCK})
        number = await story.hand_over()

        job = await story.until_phase(number, Phase.IN_REVIEW)

        assert Stage.FIX in await stages(story, job)


async def test_a_check_that_is_green_when_run_again_is_flaky_and_said_to_be(story_with):
    flaky = POLICY + '- name: coin\n  run: test -e "$HOME/seen" || { touch "$HOME/seen"; exit 1; }\n'
    async with story_with({".github/handoff.yml": flaky}) as story:
        number = await story.hand_over()

        job = await story.until_phase(number, Phase.IN_REVIEW)

        body = (await story.pull_of(job))["body"]
        assert "`coin` was red first and green when it was run again, so it is flaky." in body


async def test_weakened_tests_block_and_are_mended(story):
    weak = TESTS.replace('self.assertEqual(minutes("1:30"), 90)', 'self.assertTrue(minutes("1:30"))')
    story.agent.agent_writes({"clock.py": BROKEN, "test_clock.py": weak})
    story.agent.agent_fixes(
        {"clock.py": CLOCK + "\n\nDAY = 24\n", "test_clock.py": TESTS}, about="test_clock.py"
    )
    number = await story.hand_over()

    job = await story.until_phase(number, Phase.IN_REVIEW)

    assert Stage.FIX in await stages(story, job)
    assert job.work.weakened == ()


async def test_a_secret_is_mended_before_anything_is_pushed(story):
    story.agent.agent_writes({"settings.py": 'TOKEN = "ghp_' + "k7Wq" * 9 + '"\n'})
    story.agent.agent_fixes(
        {"settings.py": "import os\n\nTOKEN = os.environ['TOKEN']\n"}, about="looks like it holds a secret"
    )
    number = await story.hand_over()

    job = await story.until_phase(number, Phase.IN_REVIEW)

    assert "ghp_" not in str(await story.commits(job))
    assert len(await story.commits(job)) == 1


async def test_without_a_file_checks_are_detected_and_shown(story_with):
    async with story_with(
        {".github/handoff.yml": None, "tests/__init__.py": "", "tests/test_clock.py": TESTS}
    ) as story:
        number = await story.hand_over()

        job = await story.until_phase(number, Phase.IN_REVIEW)

        assert job.work.checks
        assert job.work.detected
        assert job.work.detected[0] in (await story.pull_of(job))["body"]


async def test_the_first_line_is_proof(story):
    fixed = CLOCK.replace("int(rest)", "int(rest or 0)")
    more = TESTS + '\n    def test_no_minutes(self):\n        self.assertEqual(minutes("2:"), 120)\n'
    story.agent.agent_writes({"clock.py": fixed, "test_clock.py": more})
    number = await story.hand_over()

    job = await story.until_phase(number, Phase.IN_REVIEW)

    first = (await story.pull_of(job))["body"].splitlines()[0]
    assert "test_no_minutes" in first
    assert "fails on `main`, passes here, and fails again with the change taken back" in first

    async def tidy() -> bool:
        folders = {path.name for path in story.data.glob("runs/*/*") if path.is_dir()}
        return folders <= {"agent-responses"}

    await story.until("every clone to be gone", tidy)


async def test_tests_that_prove_nothing_are_said_to(story):
    more = TESTS + '\n    def test_again(self):\n        self.assertEqual(minutes("1:30"), 90)\n'
    story.agent.agent_writes({"clock.py": CLOCK + "\n\nDAY = 24\n", "test_clock.py": more})
    number = await story.hand_over()

    job = await story.until_phase(number, Phase.IN_REVIEW)

    assert "so they do not prove this change" in (await story.pull_of(job))["body"].splitlines()[0]


async def test_a_bug_that_cannot_be_reproduced_ends_before_money_is_spent_on_a_fix(story):
    story.agent.agent_writes(
        {}, ending="could not reproduce", title="", summary="I tried 1:30 and 0:00; both are right."
    )
    number = await story.hand_over()

    job = await story.until_held(number)

    assert (
        "could not reproduce what the issue describes: I tried 1:30 and 0:00"
        in (await story.comments(number))[-1]
    )
    assert job.runs == 1
