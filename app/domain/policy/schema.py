"""The JSON schema of `.github/handoff.yml`, made from the model that reads it."""

from typing import Any

from app.domain.policy.file import ConfigurationFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def repository_schema() -> dict[str, Any]:
    """Return the schema."""
    made = _tidy(ConfigurationFile.model_json_schema())
    return {"$schema": DIALECT, "title": "Handoff in a repository (.github/handoff.yml)", **made}


def _tidy(shape: Any, *, names: bool = False) -> Any:
    """Make sentences of descriptions; leave out titles made of names, and defaults that are no value to write.

    `names`: the keys of this object are names, and one of them may be `title`.
    """
    if isinstance(shape, list):
        return [_tidy(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    if names:
        return {name: _tidy(value) for name, value in shape.items()}
    kept = {key: value for key, value in shape.items() if key != "title"}
    if isinstance(kept.get("default", 0), list | dict | None):
        del kept["default"]
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    if "description" in kept:
        kept["description"] = f"{kept['description'][0].upper()}{kept['description'][1:].rstrip('.')}."
    return {key: _tidy(value, names=key in {"properties", "$defs"}) for key, value in kept.items()}
