"""The JSON schema of `handoff.toml`, made from the settings themselves. Editors check a file against it while one types.

Beside what JSON schema knows, each key has `x-variable`, the variable that counts over it, `x-process`, who reads it,
and `x-needed` where nothing works without it (it may also come from the environment, or from set-up).
"""

from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from app.config.settings import Settings, WebSettings, WorkerSettings, variable

DIALECT = "https://json-schema.org/draft/2020-12/schema"
GROUPS: tuple[tuple[str, type[Settings]], ...] = (
    ("every process", Settings),
    ("the web process", WebSettings),
    ("the workers", WorkerSettings),
)


def server_schema() -> dict[str, Any]:
    """Return the schema."""
    properties: dict[str, Any] = {}
    for process, kind in GROUPS:
        shapes = kind.model_json_schema(by_alias=False)["properties"]
        for name, field in kind.model_fields.items():
            if name not in properties:
                properties[name] = _property(name, field, shapes[name], process)
    return {
        "$schema": DIALECT,
        "title": "Handoff's server (handoff.toml)",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _property(name: str, field: FieldInfo, shape: dict[str, Any], process: str) -> dict[str, Any]:
    """Return one key. TOML has no null, so what may be absent has the shape of what is there."""
    shapes = [each for each in shape.get("anyOf", [shape]) if each.get("type") != "null"]
    one = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
    made = {key: value for key, value in one.items() if key not in {"title", "description", "default"}}
    if field.default is not None and not field.is_required():
        made["default"] = str(field.default) if isinstance(field.default, Path) else field.default
    if field.examples:
        made["examples"] = [int(e) if made.get("type") == "integer" else e for e in field.examples]
    needed = {"x-needed": True} if field.is_required() else {}
    description = field.description or ""
    return {
        "description": f"{description[0].upper()}{description[1:]}.",
        **made,
        "x-variable": variable(name, field),
        "x-process": process,
        **needed,
    }
