"""A repository that we are new in, and that has no configuration, is offered one: once, tried out, and for people to judge."""

from pathlib import Path

import pytest

from app.domain.job import Close, Phase
from app.domain.policy import PATH, Policy, read_policy
from tests.world.repository import TESTS, git

BRANCH = "handoff/configure"
NEW = {PATH: None, "test_clock.py": None, "tests/__init__.py": "", "tests/test_clock.py": TESTS}
RED = TESTS + "\n    def test_the_moon(self):\n        self.assertEqual(minutes('0:00'), 1)\n"
UNITTEST = "python3 -m unittest discover -s tests"


@pytest.fixture
async def newcomer(story_with):
    """We are installed on a repository with tests and without a configuration."""
    async with story_with(NEW, onboarding="on") as told:
        yield told


async def offered(story):
    """The job, once its pull request is open."""
    return await story.until_phase(0, Phase.IN_REVIEW)


async def text_on(story, branch: str) -> str:
    return git(Path((await story.state())["path"]), "show", f"{branch}:{PATH}")


async def policy_on(story, branch: str) -> Policy:
    return read_policy(await text_on(story, branch))


async def install(story) -> None:
    await story.post("/_hub/installations", {"app": "handoff", "account": "acme", "repositories": ["clock"]})


async def test_a_new_repository_is_offered_a_configuration_that_was_tried_out(newcomer):
    pull = await newcomer.pull_of(await offered(newcomer))

    by = pull["user"]["login"]
    assert (pull["title"], pull["draft"], by) == ("Configure Handoff", False, "handoff[bot]")
    assert pull["body"].startswith("**`tests`: 1 passed in ")
    assert f"| `{UNITTEST}` | passed | 1 passed |" in pull["body"]
    assert "`tests/test_clock.py` names unittest." in pull["body"]
    checks = (await policy_on(newcomer, BRANCH)).checks
    assert [(check.name, check.run) for check in checks] == [("tests", UNITTEST)]
    changed = git(Path((await newcomer.state())["path"]), "diff", "--name-only", f"main...{BRANCH}")
    assert changed.split() == [PATH]


async def test_it_bothers_nobody_and_is_two_writes(newcomer):
    pull = await newcomer.pull_of(await offered(newcomer))

    ours = [entry for entry in await newcomer.log() if entry["actor"] in {"app", "installation"}]
    asked = [f"{e['method']} {e['path'].rpartition('/')[2]}" for e in ours if ".git/" not in e["path"]]
    written = [each for each in asked if not each.startswith("GET") and not each.endswith("access_tokens")]
    assert written == ["POST pulls", "POST labels"]
    assert len(asked) < 20, asked
    assert (pull["comment_list"], pull["reviews"], pull["requested_reviewers"]) == ([], [], [])
    assert (await newcomer.state())["check_runs"] == []


async def test_what_is_red_already_is_said_and_what_cannot_be_run_is_a_comment(story_with):
    """The wrapper that the Java build names is there, and is no program."""
    files = NEW | {"tests/test_clock.py": RED, "pom.xml": "<project/>\n", "mvnw": "\n"}
    async with story_with(files, onboarding="on") as story:
        pull, text = await story.pull_of(await offered(story)), await text_on(story, BRANCH)

        first = pull["body"].splitlines()[0]
        assert first.startswith("**`python tests`: 1 failed, 1 passed in ")
        assert first.endswith(
            "; `java tests` could not be run; `main` is red in 1 test: I judge only new failures.**"
        )
        assert "test_the_moon" in pull["body"]
        assert "take the `#` away" in pull["body"]
        assert [check.name for check in read_policy(text).checks] == ["python tests"]
        assert "# - name: java tests\n#   run: ./mvnw" in text


async def test_a_repository_that_says_nothing_gets_a_file_to_fill_in(story_with):
    async with story_with(dict.fromkeys(("clock.py", "test_clock.py", PATH)), onboarding="on") as story:
        pull = await story.pull_of(await offered(story))

        assert pull["body"].startswith("**I found nothing here that says how this repository is tested")
        assert (await policy_on(story, BRANCH)).checks == ()


async def test_the_label_works_at_once_and_after_the_merge_goes_by_the_file(newcomer):
    job = await offered(newcomer)

    before = await newcomer.until_phase(await newcomer.hand_over(), Phase.IN_REVIEW)
    await newcomer.act("merge", number=job.work.pull_request.number)
    assert (await newcomer.until_phase(0, Phase.ENDED)).close is Close.MERGED
    after = await newcomer.until_phase(await newcomer.hand_over("Count days"), Phase.IN_REVIEW)

    assert not before.policy.from_file
    assert before.work.detected == ("`tests/test_clock.py` names unittest.",)
    assert (after.policy.from_file, after.work.detected) == (True, ())
    assert [check.command for check in (*before.work.checks, *after.work.checks)] == [UNITTEST] * 2


async def test_it_is_offered_once_whatever_is_installed_again(newcomer):
    job = await offered(newcomer)
    await newcomer.act("remove_from_installation", app="handoff")
    await install(newcomer)
    await newcomer.quiet()
    told = [row.because for row in await newcomer.ledger.deliveries("read")]
    assert any("heard before as installed:" in because for because in told)

    await newcomer.act("close_pull", number=job.work.pull_request.number)
    assert (await newcomer.until_phase(0, Phase.ENDED)).close is Close.CLOSED
    await newcomer.act("uninstall", app="handoff")
    await install(newcomer)

    assert "I do not ask twice" in await newcomer.until_ignored(0)
    assert len(await newcomer.pulls()) == len(await newcomer.ledger.jobs()) == 1


async def test_it_is_changed_by_people_only_and_whoever_asks_us_to_is_told_so_once(newcomer):
    job = await offered(newcomer)
    number = job.work.pull_request.number

    await newcomer.act("comment", number=number, body="@handoff use pytest")
    await newcomer.act("review", number=number, state="REQUEST_CHANGES", body="Use pytest.")
    await newcomer.act("comment", number=number, body="/handoff review")
    await newcomer.act("push", branch=BRANCH, files={PATH: "checks: []\n"}, force=True)
    await newcomer.quiet()

    said = [comment["body"] for comment in (await newcomer.pull_of(job))["comment_list"]]
    assert len([words for words in said if "this pull request is edited by hand" in words]) == 1
    now = await newcomer.job(0)
    assert (now.phase, now.runs) == (Phase.IN_REVIEW, 2)
    await newcomer.act("comment", number=number, body="/handoff stop")
    assert (await newcomer.until_phase(0, Phase.ENDED)).close is Close.STOPPED


async def test_a_link_in_the_way_of_the_file_leads_nowhere(story_with, tmp_path):
    """`.github` is a link out of the repository: nothing is written there, and nobody is bothered."""
    outside, source = tmp_path / "outside", tmp_path / "linked"
    for folder in (outside, source):
        folder.mkdir()
    (source / ".github").symlink_to(outside)
    git(source, "init", "-q", "--initial-branch=main")
    git(source, "add", "-A")
    git(source, "commit", "-qm", "Begin")
    async with story_with(source=source, onboarding="on") as story:
        job = await story.until_phase(0, Phase.ENDED)

        assert "something else is in its way" in job.because
        assert list(outside.iterdir()) == []
        assert await story.pulls() == []


async def test_where_there_is_a_file_already_there_is_a_reason_and_no_pull_request(story_with):
    async with story_with(onboarding="on") as story:
        assert await story.until_ignored(0) == "there is a `.github/handoff.yml` already"
        assert await story.ledger.jobs() == []
        assert await story.pulls() == []
