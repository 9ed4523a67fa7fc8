"""The published JSON schema of each kind of outcome: what `docs/schemas/` holds and what an agent finds in its home.

`python -m scripts.docs` writes them. They are generated, never edited.
"""

import json
from typing import Any

from workers.agents.agent import RunKind
from workers.agents.outcome import type_of_outcome

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_QUESTION: dict[str, Any] = {
    "if": {"properties": {"ending": {"const": "needs an answer"}}},
    "then": {"required": ["question"], "properties": {"question": {"type": "object"}}},
    "else": {"properties": {"question": {"type": "null"}}},
}

_NEEDS: dict[RunKind, dict[str, Any]] = {
    RunKind.IMPLEMENT: {
        "allOf": [
            {
                "if": {"properties": {"ending": {"const": "succeeded"}}},
                "then": {
                    "required": ["why", "how_checked", "title"],
                    "properties": {key: {"minLength": 1} for key in ("why", "how_checked", "title")},
                },
            },
            _QUESTION,
        ]
    },
    RunKind.FIX: {"allOf": [_QUESTION]},
    RunKind.REVISE: {"allOf": [_QUESTION]},
    RunKind.REBASE: {"allOf": [_QUESTION]},
    RunKind.REVIEW: {},
}


def schema_of(kind: RunKind) -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of the outcome of `kind`.

    It says everything a schema can; that a recommendation repeats an option and that a path stays inside
    the repository is checked by the models alone.
    """
    described = type_of_outcome[kind].model_json_schema()
    return {"$schema": DIALECT, **described, **_NEEDS[kind]}


def schema_text(kind: RunKind) -> str:
    """Return the schema as it is published, ending in a newline."""
    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"


def published_name(kind: RunKind) -> str:
    """Return the file name under which the schema of `kind` is published."""
    return f"outcome-{kind}.json"
