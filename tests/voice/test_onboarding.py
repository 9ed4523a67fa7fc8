"""The file that is offered can be read by us again, whatever is in it; the pull request says what was tried."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.decide import open_job
from app.domain.effects import SayWords
from app.domain.job import CheckResult, Job, Kind
from app.domain.offer import Offer, untried
from app.domain.policy import Check, read_policy
from app.voice import comments, onboarding
from app.voice.configuration import configuration
from app.voice.text import BODY_LIMIT
from tests.builders import requested

SETUP = CheckResult(name="setup 1", command="npm ci", passed=True, seconds=14, summary="done", exit_code=0)
GREEN = CheckResult(
    name="tests", command="npm test", passed=True, seconds=31, summary="212 passed", counted=True, exit_code=0
)
RED = replace(GREEN, passed=False, exit_code=1, summary="3 failed, 209 passed", failed_tests=("a", "b", "c"))
MISSING = replace(
    RED,
    name="lint",
    exit_code=127,
    summary="a program was not found",
    failed_tests=(),
    tail="ruff: not found",
)
WHY = ("`package.json` has a `test` script.", "`ruff.toml` configures ruff.")


def job(*results: CheckResult, **work: object) -> Job:
    opened = open_job(requested(kind=Kind.CONFIGURE, number=0, branch="handoff/configure")).job
    known = {"checks": results, "detected": WHY, "base_sha": "a1b2c3d4e5f6", "cages": ("bubblewrap",)}
    return replace(opened, work=replace(opened.work, **(known | work)))


def body(*results: CheckResult, **work: object) -> str:
    return onboarding.body(job(*results, **work), label="handoff")


@pytest.mark.parametrize(
    ("results", "headline"),
    [
        ((SETUP, GREEN), "**Setup 14 s; `tests`: 212 passed in 31 s.**"),
        ((GREEN,), "**`tests`: 212 passed in 31 s.**"),
        (
            (SETUP, RED),
            "**Setup 14 s; `tests`: 3 failed, 209 passed in 31 s; `main` is red in 3 tests: I judge only new failures.**",
        ),
        (
            (replace(RED, failed_tests=()),),
            "**`tests`: 3 failed, 209 passed in 31 s; `main` is red in `tests`: I judge only new failures.**",
        ),
        (
            (RED, replace(RED, name="lint", command="make lint", exit_code=2, counted=False, failed_tests=())),
            "**`tests`: 3 failed, 209 passed in 31 s; `lint`: failed (2) in 31 s; `main` is red in 3 tests and `lint`: I judge only new failures.**",
        ),
        ((GREEN, MISSING), "**`tests`: 212 passed in 31 s; `lint` could not be run.**"),
        (
            (replace(SETUP, passed=False, exit_code=1), untried(Check(name="tests", run="npm test"), "not run")),
            "**Setup failed after 14 s; `tests` could not be run.**",
        ),
        ((), "**I found nothing here that says how this repository is tested, so please name its commands below.**"),
    ],
)  # fmt: skip
def test_the_first_line_is_what_was_seen(results: tuple[CheckResult, ...], headline: str):
    assert body(*results).splitlines()[0] == headline


def test_the_body_says_what_merging_does_and_how_to_say_no():
    text = body(SETUP, GREEN)

    for words in (
        "**Merge it**",
        "the label works already",
        "push to `handoff/configure`",
        "I will not ask again",
    ):
        assert words in text
    assert "on `main` at `a1b2c3d4e5`, in a fresh clone and a cage:" in text


def test_a_missing_cage_is_said():
    assert "**without a cage** (`HANDOFF_CAGE=none`" in body(GREEN, cages=("none",))


def test_what_failed_can_be_read():
    text = body(SETUP, RED, MISSING)

    assert "- `a`\n- `b`\n- `c`" in text
    assert "<summary>What <code>npm test</code> wrote</summary>" in text
    assert "ruff: not found" in text


def test_a_setup_that_fails_is_for_people_to_mend():
    failed = replace(SETUP, passed=False, exit_code=1)
    text = body(failed, untried(Check(name="tests", run="npm test"), "it was not run"))

    assert "`npm ci` failed, so I ran no check" in text


def test_many_failures_are_counted_and_a_few_named():
    text = body(replace(RED, failed_tests=tuple(f"test_{n}" for n in range(500))))

    assert "red in 500 tests" in text
    assert "- and 490 more" in text
    assert len(text) <= BODY_LIMIT


def test_the_commit_names_no_agent_and_no_issue():
    assert "Assisted-by" not in onboarding.commit_message()
    assert "#" not in onboarding.commit_message()


def test_whoever_asks_for_a_change_is_told_how_to_make_it():
    said = comments.words(job(), SayWords(what="by-hand", key="by-hand", login="ada"), label="handoff")

    assert said.startswith("@ada: this pull request is edited by hand.")
    assert "push to `handoff/configure`" in said


commands = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60).filter(str.strip)
results = st.builds(
    lambda name, command, summary, code: CheckResult(
        name=name, command=command, passed=code == 0, seconds=1, summary=summary, exit_code=code
    ),
    st.text("abcxyz -:#'\"{}[]&*!|>%@`,?\\", min_size=1, max_size=20).filter(
        lambda name: name.strip() and not name.startswith("setup ")
    ),
    commands,
    st.text(max_size=80),
    st.sampled_from([0, 1, 127, None]),
)


@given(
    setup=st.lists(commands, max_size=3),
    broken=st.booleans(),
    checks=st.lists(results, max_size=4, unique_by=lambda result: result.name),
    why=st.lists(st.text(max_size=80), max_size=4),
)
def test_whatever_was_found_the_file_says_exactly_what_can_be_relied_upon(setup, broken, checks, why):
    code = 1 if broken else 0
    steps = [
        replace(SETUP, name=f"setup {n}", command=c, passed=not code, exit_code=code)
        for n, c in enumerate(setup)
    ]
    offer = Offer.of([*steps, *checks])

    policy = read_policy(configuration(offer, why))

    assert policy.from_file
    assert policy.setup == (tuple(setup) if offer.set_up else ())
    assert [(c.name, c.run) for c in policy.checks] == [(c.name, c.command) for c in offer.usable]


@pytest.mark.parametrize("offer", [Offer.of([]), Offer.of([SETUP, GREEN]), Offer.of([GREEN, MISSING])])
def test_every_commented_example_can_be_taken_as_it_stands(offer: Offer):
    lines = configuration(offer, WHY).splitlines()
    shown = re.compile(r"# (?:[a-z_]+:|- |  )")
    text = "\n".join(line[2:] if shown.match(line) else line for line in lines)

    policy = read_policy(text)

    assert policy.changed_files_limit == 100
    assert "migrations/**" in policy.protected_paths
    assert {check.name for check in policy.checks} == {check.name for check in offer.checks or (GREEN,)}
