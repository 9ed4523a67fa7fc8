"""Writes the API as a page: what can be asked, with which parameters, and what is answered. From its own description."""

from typing import Any

from app.web.api.mount import described
from app.web.api.page import METHODS

_HOW = """```sh
curl -H "Authorization: Bearer $HANDOFF_TOKEN" "$HANDOFF_URL/api/v1/jobs?state=open"
curl -H "Authorization: Bearer $HANDOFF_TOKEN" -X POST "$HANDOFF_URL/api/v1/jobs/jq3k5f2m7a1x/stop"
```

With `HANDOFF_URL` and `HANDOFF_TOKEN` set, `handoff status`, `why`, `stop` and `start` ask that Handoff and say the
same as beside its ledger. A token is the owner's and sees everything; it lasts until `handoff token revoke NAME`.
A running Handoff shows this page at `/api`, and the description for programs at `/api/openapi.json`; both need a
login, like everything else."""


def api_page() -> str:
    """The page."""
    document = described()
    parts = [
        "# The API",
        "_Generated from `app/web/api` by `make docs`; do not edit._",
        document["info"]["description"],
        _HOW,
        *(
            _operation(document, method.upper(), path, told)
            for path, methods in document["paths"].items()
            for method, told in methods.items()
            if method in METHODS
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _operation(document: dict[str, Any], method: str, path: str, told: dict[str, Any]) -> str:
    lines = [f"## {told['summary']}", f"`{method} {path}`", " ".join(told.get("description", "").split())]
    parameters = [f"- `{each['name']}`{_about(each)}" for each in told.get("parameters", ())]
    if "requestBody" in told:
        parameters.append(f"- body: {_shape(document, told['requestBody'])}")
    if parameters:
        lines.append("\n".join(parameters))
    status, answer = next(iter(told["responses"].items()))
    lines.append(f"Answers {status}: {_shape(document, answer)}.")
    return "\n\n".join(lines)


def _about(parameter: dict[str, Any]) -> str:
    said = [parameter["description"]] if "description" in parameter else []
    schema = parameter["schema"]
    if schema.get("default") not in (None, ""):
        said.append(f"`{schema['default']}` unless you say otherwise")
    return f": {'; '.join(said)}" if said else ""


def _shape(document: dict[str, Any], body: dict[str, Any]) -> str:
    """Return what a body is made of: the names of an object's fields, or a list of such."""
    content = body.get("content", {})
    if "application/json" not in content:
        return "text"
    names = _names(document, content["application/json"].get("schema", {}))
    text = ", or text" if "text/plain" in content else ""
    return f"{names}{text}"


def _names(document: dict[str, Any], schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        found = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return ", ".join(f"`{name}`" for name in found["properties"])
    if "anyOf" in schema:
        return " or ".join(_names(document, each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"a list, each with {_names(document, schema['items'])}"
    return "nothing" if schema.get("type") == "null" else "a document"
