"""What a red command lacked, read from its end; and the one sentence with the lines to add."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.missing_tool import SETUP, TOOLS, Missing, missing_in, setup_for
from app.domain.policy import read_policy
from app.voice.missing_tool import lacks

PROGRAMS = {
    "dash": (127, "/bin/sh: 1: npm: not found\n", "npm"),
    "bash": (127, "bash: line 1: npm: command not found\n", "npm"),
    "a script": (127, "scripts/test.sh: line 12: cargo: command not found\n", "cargo"),
    "busybox": (127, "sh: go: not found", "go"),
    "zsh": (127, "zsh:1: command not found: mvn", "mvn"),
    "env": (127, "/usr/bin/env: 'node': No such file or directory", "node"),
    "env of another language": (127, "/usr/bin/env: \u2018python\u2019: No such file or directory", "python"),
    "env of macOS": (127, "env: node: No such file or directory", "node"),
    "make itself": (2, "make: npm: No such file or directory\nmake: *** [Makefile:3: test] Error 127", "npm"),
    "a make in a make": (2, "make[1]: go: No such file or directory\nmake: *** [all] Error 2", "go"),
    "a shell in make": (2, "/bin/sh: 1: mvn: not found\nmake: *** [Makefile:3: test] Error 127\n", "mvn"),
    "a script of npm": (127, "> demo@1.0.0 test\n> jest\n\nsh: 1: jest: not found\n", "jest"),
    "colours are gone, spaces are not": (127, "   /bin/sh: 1: npm: not found   \n\n", "npm"),
}


@pytest.mark.parametrize(("code", "output", "name"), PROGRAMS.values(), ids=PROGRAMS)
def test_a_missing_program_is_known_by_its_name(code: int, output: str, name: str):
    assert missing_in(code, output) == Missing(name=name)


NOTHING = {
    "it passed": (0, "/bin/sh: 1: npm: not found"),
    "it was cut short": (None, "/bin/sh: 1: npm: not found"),
    "a file of the repository": (127, "/bin/sh: 1: ./gradlew: not found"),
    "a test that tells of one": (1, "/bin/sh: 1: npm: not found\nFAILED tests/test_install.py::test_npm"),
    "an import that is wrong": (1, "ModuleNotFoundError: No module named 'requests'"),
    "words": (127, "The page was not found\nError: config: not found in registry index"),
    "nothing": (127, ""),
    "long ago": (127, "/bin/sh: 1: npm: not found\n" + "and then\n" * 50),
    "a file that make lacks": (2, "make: *** No rule to make target 'npm'.  Stop."),
}


@pytest.mark.parametrize(("code", "output"), NOTHING.values(), ids=NOTHING)
def test_what_is_no_missing_program_is_none(code: int | None, output: str):
    assert missing_in(code, output) is None


@pytest.mark.parametrize("python", ["/usr/bin/python3", "python", "/home/x/.venv/bin/python3.13"])
def test_a_module_that_python_was_told_to_run_is_a_missing_set_up(python: str):
    assert missing_in(1, f"{python}: No module named pytest") == Missing(name="pytest", module=True)


def test_a_missing_tool_is_one_sentence_with_both_ways_to_get_it():
    assert lacks("tests", Missing(name="npm")) == (
        "`npm`, which `tests` needs, is not installed where Handoff runs. On that machine: `apt-get install nodejs npm`; "
        "or, with Docker, add `image: node:22` to `.github/handoff.yml` and hand the issue over again"
    )


def test_a_tool_that_nobody_knows_has_its_sentence_too():
    said = lacks("lint", Missing(name="golangci-lint"))

    assert "`golangci-lint`, which `lint` needs, is not installed where Handoff runs." in said
    assert "`setup:` in `.github/handoff.yml`" in said


@pytest.mark.parametrize(
    "missing", [Missing(name="pytest", module=True), *(Missing(name=name) for name in SETUP)]
)
def test_the_line_that_is_proposed_for_set_up_can_be_put_into_the_file(missing: Missing):
    said = lacks("tests", missing)
    found = re.search(r"`(setup: \[.*?\])`", said)

    assert found is not None
    assert read_policy(found[1]).setup == (setup_for(missing),)


@pytest.mark.parametrize("name", TOOLS)
def test_every_image_that_is_proposed_can_be_put_into_the_file(name: str):
    image = TOOLS[name].image
    assert not image or read_policy(f"image: {image}").image == image


@given(st.integers(-1, 255), st.text())
def test_no_output_can_make_it_fail(code: int, output: str):
    assert missing_in(code, output) is None or missing_in(code, output).name
