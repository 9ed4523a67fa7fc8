"""What is published about the configuration: settings, schemas and the page say the same, both ways."""

import json
import re
import tomllib
from dataclasses import fields

import pytest
import yaml
from openapi_schema_validator import OAS31Validator

from app.cli.example import env_example
from app.config import PROCESSES, variable
from app.config.schema import server_schema
from app.domain.errors import BadConfiguration
from app.domain.policy import PRESETS, Check, Policy, read_policy
from app.domain.policy.schema import repository_schema
from scripts.configuration import EXAMPLE, SERVER_EXAMPLE, configuration_page
from scripts.docs import DOCS

FIELDS = {name: field for kind in PROCESSES for name, field in kind.model_fields.items()}
PAGE = configuration_page()
SERVER, REPOSITORY = PAGE.split("## The repository")


def rows(part: str) -> set[str]:
    return set(re.findall(r"^\| `([a-z_.\[\]]+)` \|", part, flags=re.MULTILINE))


def keys(shape: dict, definitions: dict, prefix: str = "") -> set[str]:
    found = set()
    for key, value in shape["properties"].items():
        found.add(f"{prefix}{key}")
        items = value.get("items", {})
        shapes = [(value, "."), (items, "[]."), *((each, "[].") for each in items.get("oneOf", ()))]
        for inner, dots in ((shape["$ref"], dots) for shape, dots in shapes if "$ref" in shape):
            found |= keys(definitions[inner.split("/")[-1]], definitions, f"{prefix}{key}{dots}")
    return found


def test_settings_schema_page_and_example_name_the_same_keys():
    assert set(server_schema()["properties"]) == set(FIELDS) == rows(SERVER)
    named = {shape["x-variable"] for shape in server_schema()["properties"].values()}
    assert named == {variable(name, field) for name, field in FIELDS.items()}
    assert named == set(re.findall(r"^(?:# )?([A-Z_]+)=", env_example(), flags=re.MULTILINE))


def test_every_setting_has_its_meaning_default_and_need_in_the_schema():
    for name, shape in server_schema()["properties"].items():
        field = FIELDS[name]
        assert field.description in shape["description"].replace("The ", "the ", 1), name
        assert ("default" in shape) is (not field.is_required() and field.default is not None), name
        assert shape.get("x-needed", False) is field.is_required(), name


def test_schema_and_page_of_the_repository_file_name_the_same_keys():
    schema = repository_schema()
    presets = {"protected paths"}
    assert keys(schema, schema["$defs"]) == rows(REPOSITORY) - presets


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("handoff.toml.schema.json", server_schema()),
        ("handoff.yml.schema.json", repository_schema()),
    ],
)
def test_the_published_schema_is_a_schema_and_up_to_date(name: str, schema: dict):
    OAS31Validator.check_schema(schema)
    assert json.loads((DOCS / "schemas" / name).read_text()) == schema


def test_the_published_page_is_up_to_date():
    assert (DOCS / "configuration.md").read_text() == PAGE


def test_the_examples_of_the_page_are_valid():
    assert OAS31Validator(repository_schema()).is_valid(yaml.safe_load(EXAMPLE))
    assert OAS31Validator(server_schema()).is_valid(tomllib.loads(SERVER_EXAMPLE))
    policy = read_policy(EXAMPLE)
    assert policy.checks[0] == Check(name="tests", run="npm test", timeout_seconds=600)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "preset: fast",
        "preset: cautious",
        "cheks: []",
        "checks: [{name: a}]",
        "checks: [{name: a, run: b, timeout_seconds: 0}]",
        "checks: [{name: a, run: b, timeout_seconds: 5}]",
        "limits: {run_minutes: 0}",
        "limits: {run_minutes: 7, changed_files: 3}",
        "limits: {run_minutes: many}",
        "protected_paths: [x, '']",
        "setup: npm ci",
        "env: {A: b}",
        "env: {a-b: c}",
        "env: {A: 1}",
        "secrets: [A]",
        "secrets: [a b]",
        "services: [postgres, {name: a, run: b, port: 1}]",
        "services: [mysql]",
        "services: [{name: a}]",
        "image: node:22",
        "image: -x",
        "network: {allow: [a.example.com, '*.example.com:8443'], registries: false}",
        "network: {allow: ['*.com']}",
        "network: {allow: ['https://a.example.com']}",
        "lfs: leave-out",
        "lfs: maybe",
        "- a",
    ],
)
def test_the_schema_and_the_reader_agree_on_what_is_right(text: str):
    def readable() -> bool:
        try:
            read_policy(text)
        except BadConfiguration:
            return False
        return True

    assert OAS31Validator(repository_schema()).is_valid(yaml.safe_load(text) or {}) is readable()


def test_every_preset_is_in_schema_and_page():
    assert set(repository_schema()["properties"]["preset"]["enum"]) == set(PRESETS)
    for name, policy in PRESETS.items():
        assert f"`{name}`" in REPOSITORY
        assert all(f"`{path}`" in REPOSITORY for path in policy.protected_paths)


def test_whatever_presets_change_is_shown():
    shown = {
        "changed_files_limit",
        "diff_bytes_limit",
        "inline_comments_limit",
        "run_timeout_seconds",
        "stall_seconds",
        "protected_paths",
    }
    changed = {
        field.name
        for field in fields(Policy)
        for policy in PRESETS.values()
        if getattr(policy, field.name) != getattr(Policy(), field.name)
    }
    assert changed <= shown
