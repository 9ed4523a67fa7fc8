"""Writes the generated pages of `docs/` from the code they describe; `--check` only says which are out of date."""

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from app.config.schema import server_schema
from app.domain import lifecycle
from app.domain.agenda import BUILD, CONFIGURING, STAGES, Stage
from app.domain.job import Phase
from app.domain.policy.schema import repository_schema
from app.voice.commands_page import commands_page
from scripts.api import api_page
from scripts.configuration import configuration_page
from scripts.gallery import voice_page
from workers.agents.agent import RunKind
from workers.agents.exit import exit_schema_text
from workers.agents.schemas import published_name, schema_text

_LAW = (
    "A job is a phase, an agenda with a cursor, and holds. These tables are the law: what is not in them does not "
    "happen, and says so."
)
DOCS = Path(__file__).parent.parent / "docs"


def lifecycle_page() -> str:
    """The three tables of the lifecycle, and a drawing of the first."""
    return (
        "\n\n".join(
            [
                "# The life of a job",
                "_Generated from `app/domain/lifecycle.py` and `app/domain/agenda.py` by `make docs`; do not edit._",
                _LAW,
                "## Phases\n\n" + _drawing() + "\n\n" + _phases(),
                "## Stages\n\n" + _agenda(),
                "## Holds, and what lifts them\n\n" + _lifts(),
                "## What follows when a run ends\n\n" + _endings(),
            ]
        )
        + "\n"
    )


def _drawing() -> str:
    arrows: dict[tuple[str, str], list[str]] = {}
    for phase, row in lifecycle.PHASES.items():
        for event, after in row.items():
            if after is not phase:
                arrows.setdefault((phase.name, after.name), []).append(event.__name__)
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> QUEUED: JobRequested"]
    lines += [f"    {a} --> {b}: {', '.join(events)}" for (a, b), events in arrows.items()]
    lines += ["    ACTIVE --> IN_REVIEW: the agenda is done", "    ACTIVE --> ENDED: an offer is let be"]
    lines += ["    ENDED --> [*]", "```"]
    return "\n".join(lines)


def _phases() -> str:
    events = list(dict.fromkeys(event for row in lifecycle.PHASES.values() for event in row))
    rows = [
        [f"`{event.__name__}`", *(_or_dash(row.get(event)) for row in lifecycle.PHASES.values())]
        for event in events
    ]
    return _table(["event", *(str(phase) for phase in Phase)], rows)


def _agenda() -> str:
    rows = [[f"`{stage}`", str(kind.role), kind.doing, _part(stage)] for stage, kind in STAGES.items()]
    return _table(["stage", "role", "in words", "in a build"], rows)


def _part(stage: Stage) -> str:
    if stage in CONFIGURING:
        return "no: on a new repository"
    return "yes" if stage in BUILD else "when it is needed"


def _lifts() -> str:
    rows = [
        [str(kind), ", ".join(sorted(f"`{event.__name__}`" for event in events)) or "nothing yet"]
        for kind, events in lifecycle.LIFTS.items()
    ]
    return _table(["hold", "lifted by"], rows)


def _endings() -> str:
    roles = list(lifecycle.ENDINGS)
    endings = list(next(iter(lifecycle.ENDINGS.values())))
    rows = [
        [str(ending), *(_follow(lifecycle.ENDINGS[role][ending]) for role in roles)] for ending in endings
    ]
    return _table(["ending", *(str(role) for role in roles)], rows)


def _follow(row: lifecycle.Follow) -> str:
    if row.step is not lifecycle.Step.AGAIN:
        return str(row.step)
    pause = f", after {row.pause_seconds} s" if row.pause_seconds else ""
    return f"up to {row.attempts} attempts{pause}; then {row.then}"


def _or_dash(phase: Phase | None) -> str:
    return "" if phase is None else str(phase)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "api.md": api_page,
    "commands.md": commands_page,
    "configuration.md": configuration_page,
    "lifecycle.md": lifecycle_page,
    "schemas/handoff.toml.schema.json": lambda: _json(server_schema()),
    "schemas/handoff.yml.schema.json": lambda: _json(repository_schema()),
    "schemas/exit.json": exit_schema_text,
    **{f"schemas/{published_name(kind)}": partial(schema_text, kind) for kind in RunKind},
    "voice.md": voice_page,
}


def main(arguments: list[str]) -> int:
    """Write the pages; with `--check` return 1 when one is out of date."""
    stale = [name for name, page in PAGES.items() if _current(DOCS / name) != page()]
    for name in stale:
        if "--check" in arguments:
            sys.stdout.write(f"docs/{name} is out of date: run `make docs`.\n")
        else:
            (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
            sys.stdout.write(f"docs/{name} written.\n")
    return 1 if stale and "--check" in arguments else 0


def _current(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
