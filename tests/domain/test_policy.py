"""The repository's own file: read strictly, refused kindly."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.domain.errors import BadConfiguration
from app.domain.policy import PRESETS, Check, Policy, Service, read_policy
from app.domain.policy.hosts import FORM, wrong_with_host
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
    "env:\n  PORT: 80": "line 2: `env.PORT` should be a text; put it in quotes.",
    "env:\n  ok: x\n  PATH: /opt": "line 3: `env.PATH` is a variable that Handoff itself sets or keeps away.",
    "env: {https_proxy: x}": "`env.https_proxy` is a variable that Handoff itself sets or keeps away.",
    "env: {HANDOFF_RUN_ID: x}": "`env.HANDOFF_RUN_ID` is a variable that Handoff itself sets",
    "env: {LD_PRELOAD: x.so}": "`env.LD_PRELOAD` is a variable that Handoff itself sets",
    "env: {ANTHROPIC_BASE_URL: x}": "`env.ANTHROPIC_BASE_URL` is a variable by which agents find their model.",
    "env:\n  a-b: x": "line 2: `env.a-b` is no name of a variable.",
    "env: [A]": "line 1: `env` should have keys of its own",
    'env: {A: "x\\0y"}': "line 1: `env.A` holds a NUL",
    "env:\n" + "".join(f"  V{n}: x\n" for n in range(101)): "line 1: `env`",
    "secrets: [TOKEN, HOME]": "line 1: `secrets.1` is a variable that Handoff itself sets",
    "secrets:\n- A\n- A": "line 1: `secrets` names `A` twice.",
    "secrets: " + str([f"S{n}" for n in range(21)]): "line 1: `secrets`",
    "services:\n- postgres\n- mysql": "line 3: `services.1` is no service that I know by its name: `postgres` and `redis`.",
    "services:\n- {name: search}": "line 2: `services.0.run` is missing. It is the command that starts it",
    "services:\n- name: search\n  run: x\n  prot: 7": "line 4: `services.0.prot` is no key that I know. Did you mean `port`?",
    "services:\n- name: search\n  run: x\n  port: 70000": "line 4: `services.0.port` should be less than or equal to 65535.",
    "services: [{name: ../up, run: x}]": "`services.0.name` is no name for a service.",
    "services: [{name: a, run: x, env: {HOME: y}}]": "`services.0.env.HOME` is a variable that Handoff itself sets",
    "services: [7]": "line 1: `services.0` should have keys of its own",
    "services: [redis, redis]": "line 1: `services` has `redis` twice.",
    "services: [{name: a, run: x, port: 1}, {name: b, run: x, port: 1}]": "line 1: `services` has `1` twice.",
    "image: --privileged": "line 1: `image` is no reference to an image.",
    "image: node:22 --privileged": "line 1: `image` is no reference to an image.",
    "network:\n  allow: [pypi.org, 10.0.0.1]": "line 2: `network.allow.1` is `10.0.0.1`, a number instead of a name.",
    "network: {allow: ['*.com']}": "`network.allow.0` is `*.com`, which would be half of the world.",
    "network: {allow: ['*']}": "`network.allow.0` is `*`, which would be every host there is.",
    "network: {allow: ['https://example.com/x']}": "an address with a scheme or a path. Write the host alone, like `example.com`.",
    "network: {allowed: []}": "line 1: `network.allowed` is no key that I know. Did you mean `allow`?",
    "submodules: skip": "line 1: `submodules` should be 'refuse' or 'leave-out'.",
    "lfs: true": "line 1: `lfs` should be 'refuse' or 'leave-out'.",
    "limits: {memory_megabytes: 1}": "line 1: `limits.memory_megabytes` should be greater than or equal to 64.",
    "[" * 60_000: "line 1: this is nested deeper than anything that I know",
    "#" * 70_000: "is longer than 65,536 characters",
}


def test_the_projects_own_environment_is_read():
    policy = read_policy("""
env: {TZ: UTC, GREETING: ""}
secrets: [TEST_API_KEY, OPENAI_API_KEY]
services:
- postgres
- {name: search, run: serve, port: 7700, ready: curl -fs localhost:7700, env: {MODE: test}}
image: ghcr.io/acme/build:1.4
network: {allow: [packages.example.com, "*.corp.example.com:8443"], registries: false}
submodules: leave-out
limits: {memory_megabytes: 100, disk_megabytes: 200, processes: 64}
""")

    assert policy.env == (("TZ", "UTC"), ("GREETING", ""))
    assert policy.secrets == ("TEST_API_KEY", "OPENAI_API_KEY")
    search = Service(
        name="search", run="serve", ready="curl -fs localhost:7700", port=7700, env=(("MODE", "test"),)
    )
    assert policy.services == (Service(name="postgres"), search)
    assert policy.image == "ghcr.io/acme/build:1.4"
    assert policy.network_allow == ("packages.example.com", "*.corp.example.com:8443")
    assert (policy.registries, policy.leave_out_submodules, policy.leave_out_lfs) == (False, True, False)
    assert (policy.memory_bytes_limit, policy.disk_bytes_limit) == (100 * 1024**2, 200 * 1024**2)
    assert policy.processes_limit == 64


def test_what_the_file_says_of_the_environment_survives_being_stored():
    policy = read_policy(
        "env: {A: b}\nservices: [redis, {name: s, run: x, env: {C: d}}]\nnetwork: {allow: [x.example.com]}"
    )
    adapter = TypeAdapter(Policy)

    assert adapter.validate_python(adapter.dump_python(policy, mode="json")) == policy


@pytest.mark.parametrize(
    "host",
    ["localhost", "a.localhost", "[::1]", "::1", "0x7f.1", "2130706433", "127.1", "a..b", "a.example.com.", "*.example.*",
     "a b", "user@example.com", "-a.example.com", "example.com:0", "example.com:65536", "example.com:", "ä.example", "",
     "a*.example.com", "*.*.example.com", "Example.com", "x\n.example.com", "x.example.com\r\nHost: y"],
)  # fmt: skip
def test_what_is_no_plain_host_is_refused_in_a_sentence(host: str):
    said = wrong_with_host(host)

    assert said is not None
    assert said.startswith("is `")
    with pytest.raises(BadConfiguration):
        read_policy(f"network: {{allow: [{json.dumps(host)}]}}")


@pytest.mark.parametrize(
    "host",
    [
        "pypi.org",
        "nexus",
        "xn--bcher-kva.example:8443",
        "*.example.com",
        "*.a.b.example.com:80",
        "3d.example.com",
    ],
)
def test_a_plain_host_is_taken_as_it_is(host: str):
    assert read_policy(f"network: {{allow: [{json.dumps(host)}]}}").network_allow == (host,)


@given(st.text(max_size=300) | st.from_regex(f"^{FORM}$"))
def test_whatever_is_taken_for_a_host_has_the_form_that_the_schema_names(text: str):
    assert wrong_with_host(text) is not None or re.fullmatch(FORM, text, re.ASCII)


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
