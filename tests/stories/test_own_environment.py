"""The project's own environment: its variables for everybody, its secrets for checks alone, and what is not there."""

import sqlite3
from pathlib import Path

from app.config.check_secrets import FOLDER, set_secret
from app.domain.agenda import Stage
from app.domain.job import Phase
from tests.world.repository import FILES, git, make_repository
from tests.world.said import said
from tests.world.scripts import DONE

VALUE = "swordfish-of-the-checks-7731"

WITH_SECRET = """checks:
- name: tests
  run: python3 -m unittest -q && echo "it is $TOKEN in $PLACE" && test "${TOKEN%-*}" = swordfish-of-the-checks
env: {PLACE: Bergen}
secrets: [TOKEN]
"""


async def told_of_refusal(story, number: int) -> str:
    await story.until_held(number)
    return said((await story.comments(number))[-1])


async def stages(story, number: int) -> list[Stage]:
    job = await story.job(number)
    return [run.stage for run in await story.ledger.runs(job.id)]


async def test_checks_get_the_secret_nobody_else_does_and_nothing_that_is_kept_or_said_shows_it(story_with):
    async with story_with({".github/handoff.yml": WITH_SECRET}) as story:
        set_secret(story.data, "acme/clock", "TOKEN", VALUE)
        story.agent.agent_writes(
            {"notes.txt": "Seen.\n"},
            before=(
                {
                    "do": "run",
                    "command": "env; echo place=$PLACE > place.txt; echo ${TOKEN:-none} >> place.txt",
                },
            ),
        )
        number = await story.hand_over()

        job = await story.until_phase(number, Phase.IN_REVIEW)

        check = job.work.checks[0]
        assert check.passed
        assert "it is [redacted] in Bergen" in check.tail
        placed = git(Path((await story.state())["path"]), "show", f"{job.work.branch}:place.txt")
        assert placed == "place=Bergen\nnone\n"
        pull = await story.pull_of(job)
        assert VALUE not in str([pull, await story.comments(number), await story.conversation()])
        assert_nothing_kept_shows(story.data)


def assert_nothing_kept_shows(data: Path) -> None:
    """Search what is kept by value: the ledger's rows and every file, but the one that holds the secret."""
    secret = data / FOLDER / "acme" / "clock" / "TOKEN"
    assert secret.read_text() == VALUE
    found = [path for path in data.rglob("*") if path.is_file() and VALUE.encode() in path.read_bytes()]
    assert found == [secret]
    with sqlite3.connect(data / "handoff.db") as database:
        assert not any(VALUE in line for line in database.iterdump())


async def test_a_secret_that_nobody_has_set_is_refused_with_the_command_before_an_agent_works(story_with):
    async with story_with({".github/handoff.yml": WITH_SECRET}) as story:
        number = await story.hand_over()

        told = await told_of_refusal(story, number)

        assert "need the secret `TOKEN`, which nobody has set" in told
        assert "`handoff secret set acme/clock TOKEN`" in told
        assert await stages(story, number) == [Stage.IMPLEMENT]
        job = await story.job(number)
        assert job.work.agents == ()


MISSING = "checks:\n- {name: tests, run: no-such-tool --all}\n"


async def test_a_tool_that_is_not_there_is_a_persons_to_install_and_no_blocker(story_with):
    async with story_with({".github/handoff.yml": MISSING}) as story:
        number = await story.hand_over()

        told = await told_of_refusal(story, number)

        assert "`no-such-tool`, which `tests` needs, is not installed where Handoff runs." in told
        assert await stages(story, number) == [Stage.IMPLEMENT, Stage.CHECK]
        with sqlite3.connect(story.data / "handoff.db") as database:
            remembered = database.execute("SELECT count(*) FROM base_checks").fetchone()
        assert remembered == (0,), "once it is installed the base is asked anew"


async def test_a_tool_that_the_change_itself_took_away_is_a_blocker(story_with):
    policy = "setup: [chmod +x tools/*]\nchecks:\n- {name: tests, run: 'PATH=tools:$PATH && our-tool'}\n"
    files = {"tools/our-tool": "#!/bin/sh\nexit 0\n", ".github/handoff.yml": policy}
    async with story_with(files) as story:
        story.agent.agent_does(
            {"do": "write", "path": "tools/other", "content": ""},
            {"do": "delete", "path": "tools/our-tool"},
            {"do": "outcome", "outcome": DONE},
        )
        number = await story.hand_over()

        await told_of_refusal(story, number)

        assert Stage.FIX in await stages(story, number)


async def test_submodules_are_refused_in_one_sentence_and_left_out_where_the_file_says_so(
    story_with, tmp_path: Path
):
    source = make_repository(tmp_path / "with-submodule", FILES)
    head = git(source, "rev-parse", "HEAD").strip()
    git(source, "update-index", "--add", "--cacheinfo", f"160000,{head},vendor/parser")
    git(source, "commit", "-qm", "A submodule")
    async with story_with(source=source) as story:
        number = await story.hand_over()

        told = await told_of_refusal(story, number)

        assert "the repository has submodules (`vendor/parser`), which I do not fetch." in told
        assert "`submodules: leave-out` to `.github/handoff.yml`" in told


async def test_a_submodule_that_is_left_out_is_still_there_in_the_pull_request_and_the_agent_is_told(
    story_with, tmp_path: Path
):
    policy = FILES[".github/handoff.yml"] + "submodules: leave-out\n"
    source = make_repository(tmp_path / "with-submodule", FILES | {".github/handoff.yml": policy})
    head = git(source, "rev-parse", "HEAD").strip()
    git(source, "update-index", "--add", "--cacheinfo", f"160000,{head},vendor/parser")
    git(source, "commit", "-qm", "A submodule")
    async with story_with(source=source) as story:
        story.agent.agent_writes({"told.txt": "I know.\n"}, about="The submodules are left out")
        number = await story.hand_over()

        job = await story.until_phase(number, Phase.IN_REVIEW)

        tree = git(Path((await story.state())["path"]), "ls-tree", "-r", job.work.branch)
        assert f"160000 commit {head}\tvendor/parser" in tree
        assert "told.txt" in tree
        assert "The submodules are left out" in (await story.pull_of(job))["body"]


NOSY = """checks:
- name: tests
  run: |
    test ! -e notes.txt || python3 -c "import urllib.request as u; u.urlopen('https://telemetry.invalid/x')"
"""


async def test_a_host_that_a_check_may_not_reach_is_named_with_the_key_that_would_allow_it(story_with):
    async with story_with({".github/handoff.yml": NOSY}) as story:
        number = await story.hand_over()

        job = await story.until_held(number)

        told = said((await story.comments(number))[-1])
        assert "The cage did not let it reach `telemetry.invalid:443`" in told
        assert "network.allow" in told
        checked = [run for run in await story.ledger.runs(job.id) if run.stage is Stage.CHECK]
        assert [run.report.denied for run in checked] == [("telemetry.invalid:443",)] * len(checked)
