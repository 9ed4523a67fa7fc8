"""Find the documented operation that a concrete path means. Pure; knows paths, not bodies."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_PARAMETER = re.compile(r"\{(\w+)\}")
# Parameters that may hold slashes. GitHub marks some with `x-multi-segment`; git references are the rest.
_MANY_SEGMENTS = frozenset({"path", "ref", "branch", "basehead", "tree_sha"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation: its method in capitals, its path template, GitHub's description of it."""

    method: str
    template: str
    operation: dict[str, Any] = field(repr=False)
    pattern: re.Pattern[str] = field(repr=False)

    @property
    def literals(self) -> int:
        """How many segments are fixed: the more there are, the closer the match."""
        return sum("{" not in segment for segment in self.template.split("/"))


class Routes:
    """All operations, closest match first."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = sorted(routes, key=lambda route: -route.literals)

    def find(self, method: str, path: str) -> Route | None:
        """Return the operation for a method and a decoded or encoded path, without its query."""
        wanted = method.upper()
        return next((r for r in self._routes if r.method == wanted and r.pattern.fullmatch(path)), None)


def pattern_of(template: str, parameters: Iterable[dict[str, Any]]) -> re.Pattern[str]:
    """Turn a path template into a pattern; what GitHub says is an integer must look like one."""
    numbers = {
        p["name"] for p in parameters if p["in"] == "path" and p.get("schema", {}).get("type") == "integer"
    }

    def group(match: re.Match[str]) -> str:
        name = match[1]
        return r"\d+" if name in numbers else ".+" if name in _MANY_SEGMENTS else "[^/]+"

    return re.compile(_PARAMETER.sub(group, re.sub(r"\.(?=\w)", r"\\.", template)))
