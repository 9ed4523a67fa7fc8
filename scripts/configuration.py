"""The page `docs/configuration.md`, made from the two published schemas and the presets. Pure."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.config import CONFIG_FILE, ENV_FILE
from app.config.schema import GROUPS, server_schema
from app.domain.policy import PATH, PRESETS, Policy
from app.domain.policy.policy import ALWAYS_PROTECTED, MIB
from app.domain.policy.schema import repository_schema

EXAMPLE = f"""\
# yaml-language-server: $schema=handoff.yml.schema.json
# {PATH}
preset: cautious
setup:
- npm ci
checks:
- name: tests
  run: npm test
  timeout_seconds: 600
- name: lint
  run: npm run lint
services:
- postgres
env:
  TZ: UTC
secrets:
- TEST_API_KEY
network:
  allow:
  - packages.example.com
protected_paths:
- billing/**
limits:
  changed_files: 40
"""

SERVER_EXAMPLE = """\
#:schema ./handoff.toml.schema.json
agent = "claude"
reviewer = "claude"
runs = 3
"""

_SERVER = f"""\
## The server

Each setting has a variable, and the same name in small letters is its key in `handoff.toml`. What is said in more than one
place counts in this order:

1. the environment (an empty variable is not set),
2. the file of variables that `{ENV_FILE}` names (`handoff settings` prints one to fill in),
3. `handoff.toml`: the one that `{CONFIG_FILE}` names, else the one in the data folder,
4. what set-up registered: `registration.json` and `secrets/` in the data folder, from which `app_id`, `app_slug`,
   `private_key_file`, `client_id`, `client_secret` and `webhook_secret` come.

```toml
{SERVER_EXAMPLE}```

`handoff.toml` names commands that will be run. So the one in the data folder is read only while that folder is yours and
closed to everybody else (mode 0700); a folder that came with somebody's checkout is not, and then a sentence says that
the file was ignored. A secret in a file that others may read (its mode is not 0600) is refused. A key that nobody knows is
an error with its line. [Its schema](schemas/handoff.toml.schema.json) lets an editor check it while you type.

Each process reads its own settings and no more. The web process never reads the private key, wherever it lies."""

_REPOSITORY = f"""\
## The repository: `{PATH}`

A repository needs no file: then its checks are detected, and the standard preset counts. Only what stands on the default
branch counts, so a change cannot configure its own judge. A mistake is told on the issue with its line and key, and
nothing starts until it is mended. YAML anchors are not read.

```yaml
{EXAMPLE}```

[Its schema](schemas/handoff.yml.schema.json) lets an editor check it while you type: put a copy beside the file, and name
it in the first line as above."""

_ENVIRONMENT = """\
### The project's own environment

`env` is for set-up, checks and agents alike. `secrets` are names only: whoever runs Handoff sets their values with
`handoff secret set OWNER/REPO NAME`, which reads the value from standard input, on each machine that has a worker. Only
the cages of checks get them, never an agent, nor a job that only reviews. Whatever a check runs can read them, the tests
in a change included, so let them be worth no more than a test needs. Their values are redacted wherever output is shown
or kept, as they are and in the usual encodings; a program that is out to disguise one can do that.

What a run may reach is the list in `network`, the hosts that HANDOFF_NETWORK_ALLOW adds for every repository, and the
registries. A name that leads to a private address is refused unless HANDOFF_PRIVATE_NETWORKS has that network.

Submodules and files in Git LFS are not fetched. With `leave-out` the work is done without them: the folders of submodules
are empty, of a file in LFS there is the pointer, a commit of ours keeps both as they are, and the pull request says so."""

_PRESETS = """\
### Presets

`preset` says what the file begins with; its own keys count over it, and its `protected_paths` are added."""


def configuration_page() -> str:
    """Return the page."""
    repository = repository_schema()
    parts = [
        "# Configuration",
        "_Generated from the settings, the schemas and the presets by `make docs`; do not edit._",
        _SERVER,
        *(f"### Read by {name}\n\n{_server_table(name)}" for name, _ in GROUPS),
        _REPOSITORY,
        "### Keys\n\n" + _table(_HEAD, _rows(repository, repository["$defs"])),
        _ENVIRONMENT,
        _PRESETS + "\n\n" + _presets(),
        "What is protected:\n\n" + _protected(),
    ]
    return "\n\n".join(parts) + "\n"


_HEAD = ["key", "what it is", "without it", "bounds", "example"]


def _server_table(process: str) -> str:
    found = {k: v for k, v in server_schema()["properties"].items() if v["x-process"] == process}
    head = ["key", "variable", *_HEAD[1:]]
    rows = [[f"`{key}`", f"`{shape['x-variable']}`", *_cells(shape)] for key, shape in found.items()]
    return _table(head, rows)


def _rows(shape: Mapping[str, Any], definitions: Mapping[str, Any], prefix: str = "") -> list[list[str]]:
    """Return a row for each key, those further in after the key that they are in."""
    rows: list[list[str]] = []
    for key, value in shape["properties"].items():
        name, needed = f"{prefix}{key}", key in shape.get("required", ())
        rows.append([f"`{name}`", *_cells(value, needed=needed)])
        for inner, dots in _further_in(value):
            rows += _rows(definitions[inner.rsplit("/", 1)[1]], definitions, f"{name}{dots}")
    return rows


def _further_in(shape: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the shapes that a key has inside, each with what stands between the two names."""
    items = shape.get("items", {})
    entries = [items, *items.get("oneOf", ())]
    found = [(shape, "."), *((entry, "[].") for entry in entries)]
    return [(each["$ref"], dots) for each, dots in found if "$ref" in each]


def _cells(shape: Mapping[str, Any], *, needed: bool = False) -> list[str]:
    if needed or shape.get("x-needed"):
        without = "**needed**"
    else:
        without = f"`{_shown(shape['default'])}`" if "default" in shape else ""
    example = f"`{_shown(shape['examples'][0])}`" if shape.get("examples") else ""
    return [shape["description"], without, _bounds(shape), example]


def _bounds(shape: Mapping[str, Any]) -> str:
    match shape:
        case {"anyOf": [inner, {"type": "null"}]}:
            return _bounds(inner)
        case {"anyOf": [inner, {"const": word}]}:
            return f"{_bounds(inner)}, or `{word}`"
        case {"enum": choices}:
            return ", ".join(f"`{choice}`" for choice in choices)
        case {"minimum": least, "maximum": most}:
            return f"{least:,} to {most:,}"
        case {"minimum": least}:
            return f"{least:,} or more"
        case {"exclusiveMinimum": below}:
            return f"more than {below:,}"
        case {"maxItems": most}:
            return f"up to {most} entries"
        case {"maxProperties": most}:
            return f"up to {most} entries"
        case {"maxLength": most}:
            return f"up to {most:,} characters"
        case {"writeOnly": True}:
            return "secret"
        case _:
            return ""


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _presets() -> str:
    told: dict[str, Callable[[Policy], str]] = {
        "limits.changed_files": lambda policy: f"{policy.changed_files_limit:,}",
        "limits.diff_bytes": lambda policy: f"{policy.diff_bytes_limit:,}",
        "limits.inline_comments": lambda policy: str(policy.inline_comments_limit),
        "limits.run_minutes": lambda policy: str(policy.run_timeout_seconds // 60),
        "limits.stall_minutes": lambda policy: str(policy.stall_seconds // 60),
        "limits.output_megabytes": lambda policy: str(policy.output_bytes_limit // 1_000_000),
        "limits.memory_megabytes": lambda policy: str(policy.memory_bytes_limit // MIB),
        "limits.disk_megabytes": lambda policy: str(policy.disk_bytes_limit // MIB),
        "limits.processes": lambda policy: str(policy.processes_limit),
        "protected paths": lambda policy: f"{len(policy.protected_paths)} patterns",
    }
    rows = [[f"`{key}`", *(tell(policy) for policy in PRESETS.values())] for key, tell in told.items()]
    return _table(["", *(f"`{name}`" for name in PRESETS)], rows)


def _protected() -> str:
    lines = [f"- always: {_listed(ALWAYS_PROTECTED)}"]
    for name, policy in PRESETS.items():
        more = [path for path in policy.protected_paths if path not in Policy().protected_paths]
        if more:
            lines.append(f"- with `{name}` also: {_listed(more)}")
    return "\n".join(lines)


def _listed(paths: Iterable[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
