"""Make GitHub's permissive schemas say what they mean: nothing undocumented, and null where promised.

OpenAPI lets an object carry any further field, so a misspelt one would pass; OpenAPI 3.0 gives
`nullable` no force beside `enum` or without `type`, so a documented null would not. Pure functions.
"""

from typing import Any, TypeAlias

Json: TypeAlias = Any
Components: TypeAlias = dict[str, dict[str, Json]]


def strict(node: Json, components: Components) -> Json:
    """Return a copy of a schema, or of anything that contains schemas, with both rules applied."""
    if isinstance(node, list):
        return [strict(item, components) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("allOf"), list):
        node = _one_object(node, components)
    if isinstance(node.get("discriminator"), dict):
        node = _any_of(node)
    copy = {key: strict(value, components) for key, value in node.items()}
    if "oneOf" in copy:
        # GitHub's alternatives overlap (a file also looks like a submodule), so one of them *at least* must fit.
        copy["anyOf"] = copy.pop("oneOf")
    if isinstance(copy.get("properties"), dict) and _is_schema(copy):
        copy.setdefault("additionalProperties", False)
    return _nullable(copy) if copy.get("nullable") is True else copy


def _is_schema(node: dict[str, Json]) -> bool:
    """Whether `properties` is the keyword here and not a field that happens to have this name."""
    return "type" not in node or isinstance(node["type"], str)


def _one_object(node: dict[str, Json], components: Components) -> dict[str, Json]:
    """Merge the members of an `allOf` of objects, as each alone must not be closed."""
    merged: dict[str, Json] = {"type": "object", "properties": {}, "required": []}
    for member in node["allOf"]:
        schema = _resolved(member, components)
        merged["properties"] |= schema.get("properties", {})
        merged["required"] += schema.get("required", [])
    return {key: value for key, value in node.items() if key != "allOf"} | merged


def _any_of(node: dict[str, Json]) -> dict[str, Json]:
    """Let the shapes speak for themselves: GitHub's discriminators do not know that a folder is an array."""
    rest = {key: value for key, value in node.items() if key not in {"discriminator", "oneOf"}}
    return rest | {"anyOf": [*node.get("anyOf", ()), *node.get("oneOf", ())]}


def _resolved(schema: dict[str, Json], components: Components) -> dict[str, Json]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    _, _, kind, name = reference.split("/")
    found: dict[str, Json] = components[kind][name]
    return found


def _nullable(schema: dict[str, Json]) -> dict[str, Json]:
    if "type" not in schema:
        return {
            "anyOf": [{key: value for key, value in schema.items() if key != "nullable"}, {"enum": [None]}]
        }
    if "enum" in schema and None not in schema["enum"]:
        return schema | {"enum": [*schema["enum"], None]}
    return schema
