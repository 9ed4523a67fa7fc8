"""Takes from an object what was selected. An object is a dict of values and of functions of the arguments.

A field that the object does not have is an error, as with a schema; a list of objects is selected one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from localhub.graphql.document import Field, substitute

Object = Mapping[str, Any]
Resolver = Callable[[dict[str, Any]], Any]


class Failed(Exception):
    """An error of GraphQL: a type such as FORBIDDEN and a sentence."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def select(source: Any, selection: Sequence[Field], variables: dict[str, Any]) -> Any:
    """What a selection takes from an object, a list or a scalar."""
    if source is None or not selection:
        return source
    if isinstance(source, list):
        return [select(each, selection, variables) for each in source]
    taken: dict[str, Any] = {}
    for field in selection:
        if field.on:
            if field.on in (source["__typename"], *source.get("__interfaces", ())):
                taken |= select(source, field.selection, variables)
            continue
        taken[field.alias] = select(_value(source, field, variables), field.selection, variables)
    return taken


def _value(source: Object, field: Field, variables: dict[str, Any]) -> Any:
    if field.name not in source or field.name == "__interfaces":
        raise Failed("undefinedField", f"Field '{field.name}' doesn't exist on type '{source['__typename']}'")
    value = source[field.name]
    return value(substitute(field.arguments, variables)) if callable(value) else value


def connection(name: str, nodes: Sequence[Object]) -> Resolver:
    """A field that pages with `first` and `after`, or `last`."""

    def page(arguments: dict[str, Any]) -> Object:
        if not arguments.get("first") and not arguments.get("last"):
            told = "You must provide a `first` or `last` value to properly paginate the connection."
            raise Failed("MISSING_PAGINATION_BOUNDARIES", told)
        start = int(arguments.get("after") or 0)
        size = arguments.get("first") or len(nodes)
        end = min(start + size, len(nodes))
        if arguments.get("last"):
            start, end = max(0, len(nodes) - arguments["last"]), len(nodes)
        info = {
            "__typename": "PageInfo", "hasNextPage": end < len(nodes), "hasPreviousPage": start > 0,
            "startCursor": str(start), "endCursor": str(end),
        }  # fmt: skip
        part = list(nodes[start:end])
        edges = [
            {"__typename": "Edge", "node": node, "cursor": str(start + i + 1)} for i, node in enumerate(part)
        ]
        return {
            "__typename": f"{name}Connection", "nodes": part, "edges": edges,
            "totalCount": len(nodes), "pageInfo": info,
        }  # fmt: skip

    return page
