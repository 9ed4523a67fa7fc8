"""The repository's own file: read strictly, refused kindly."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BadConfiguration
from app.domain.policy import PRESETS, Check, Policy, read_policy
from app.domain.policy.policy import ALWAYS_PROTECTED


def test_no_file_means_the_defaults():
    assert read_policy(None) == Policy()


def test_an_empty_file_means_the_defaults_too():
    assert read_policy("").checks == ()


def test_checks_and_limits_are_read():
    policy = read_policy("checks:\n- {name: tests, run: pytest -q}\nlimits: {run_minutes: 5}\n")

    assert policy.checks == (Check(name="tests", run="pytest -q"),)
    assert policy.run_timeout_seconds == 300
    assert policy.from_file


def test_what_we_protect_cannot_be_unprotected():
    policy = read_policy("protected_paths: [secrets/**]")

    assert ".github/workflows/**" in policy.protected_paths
    assert "secrets/**" in policy.protected_paths


MISTAKES = {
    "cheks: []": "line 1: `cheks` is no key that I know. Did you mean `checks`?",
    "checks:\n- {name: tests}": "line 2: `checks.0.run` is missing. It is the command, run by a shell",
    "checks:\n- pytest": "line 2: `checks.0` should have keys of its own",
    "checks:\n- name: a\n  run: b\n  timeot_seconds: 5": "line 4: `checks.0.timeot_seconds` is no key that I know. Did you mean `timeout_seconds`?",
    "\n\nlimits: {run_minutes: many}": "line 3: `limits.run_minutes` should be a whole number. It is the time",
    "limits:\n  changed_files: 0": "line 2: `limits.changed_files` should be greater than or equal to 1. It is the",
    "limits:\n  speed: 3": "line 2: `limits.speed` is no key that I know. I know `changed_files`,",
    "setup: npm ci": "line 1: `setup` should be a list, with a dash before each entry.",
    "checks:\n- name: yes\n  run: x": "line 2: `checks.0.name` should be a text; put it in quotes.",
    "preset: fast": "line 1: `preset` should be 'prototype', 'standard' or 'cautious'.",
    "checks: []\nsetup: []\nchecks: []": "line 3: `checks` was said in line 1 already.",
    "1: 2": "line 1: `1` is no key that I know",
    "a: b: c": "line 1: mapping values are not allowed here",
    "- just\n- a list": "should be keys with values",
    "checks: !!python/object/apply:os.system ['true']": "not valid YAML: line 1",
    "setup: &x [a]\nprotected_paths: *x": "line 1: I read no YAML anchors",
    "preset: 2024-13-45": "holds a value that cannot be read",
    "[" * 60_000: "line 1: this is nested deeper than anything that I know",
    "#" * 70_000: "is longer than 65,536 characters",
}


@pytest.mark.parametrize(("text", "says"), MISTAKES.items(), ids=[text[:30] for text in MISTAKES])
def test_a_mistake_is_named_with_its_line_and_key_and_what_should_be_there(text: str, says: str):
    with pytest.raises(BadConfiguration) as error:
        read_policy(text)

    assert str(error.value).startswith("`.github/handoff.yml`")
    assert says in str(error.value)


def test_several_mistakes_are_said_at_once_from_the_top_and_not_without_end():
    with pytest.raises(BadConfiguration) as error:
        read_policy("a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\npreset: x")

    said = str(error.value)
    assert [said.index(f"line {number}:") for number in range(1, 6)] == sorted(
        said.index(f"line {number}:") for number in range(1, 6)
    )
    assert "line 6:" not in said
    assert said.endswith("2 more are wrong.")


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([*"\n :-[]{}&*!?|>'\"#%@", "checks", "limits", "run", "1", "  "])).map("".join)
)
def test_whatever_the_file_holds_it_is_read_or_refused_in_a_sentence(text: str):
    said = ""
    try:
        read_policy(text)
    except BadConfiguration as refusal:
        said = str(refusal)
    assert not said or (said.startswith("`.github/handoff.yml`") and said.endswith((".", "?")))


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_sets_what_the_file_does_not(name: str):
    policy = read_policy(f"preset: {name}\nlimits: {{stall_minutes: 7}}\n")

    assert policy == replace(PRESETS[name], stall_seconds=7 * 60, from_file=True)


def test_the_standard_preset_is_what_no_preset_means():
    assert read_policy("preset: standard") == read_policy("")


def test_the_presets_differ_in_the_direction_of_their_names():
    prototype, standard, cautious = (PRESETS[name] for name in ("prototype", "standard", "cautious"))

    assert prototype.diff_bytes_limit > standard.diff_bytes_limit > cautious.diff_bytes_limit
    assert prototype.changed_files_limit > standard.changed_files_limit > cautious.changed_files_limit
    assert prototype.inline_comments_limit < standard.inline_comments_limit < cautious.inline_comments_limit
    assert set(standard.protected_paths) < set(cautious.protected_paths)
    assert set(ALWAYS_PROTECTED) <= set(prototype.protected_paths)


def test_what_a_file_protects_is_added_to_what_its_preset_protects():
    policy = read_policy("preset: cautious\nprotected_paths: [billing/**]")

    assert set(policy.protected_paths) == {*PRESETS["cautious"].protected_paths, "billing/**"}


@pytest.mark.parametrize(
    ("text", "named"), [("preset: cautious", False), ("checks: []", True), ("setup: [make]", False)]
)
def test_only_a_file_that_speaks_of_checks_has_the_last_word_on_them(text: str, named: bool):
    assert read_policy(text).checks_named is named
