"""The table of routes: which handler answers a path, and what a token needs for it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from localhub.rest.call import Answer, Call

Handler = Callable[[Call], Answer]
Audience = Literal["anyone", "app", "token"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route. `needs` are alternatives; `on_issue` adds pull_requests where the number is a pull request."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    audience: Audience
    needs: tuple[str, ...]


_NUMBERS = "number|comment|review|run|delivery|installation|reaction"
_ROUTES: list[Route] = []


def route(
    method: str, template: str, *needs: str, audience: Audience = "token"
) -> Callable[[Handler], Handler]:
    """Register a handler. `{name}` matches one segment (digits for ids), `{name*}` the rest of the path."""
    pattern = re.sub(r"\{(\w+)\*\}", r"(?P<\1>.+)", template)
    pattern = re.sub(rf"\{{({_NUMBERS})\}}", r"(?P<\1>\\d+)", pattern)
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)

    def register(handler: Handler) -> Handler:
        compiled = re.compile(f"^{pattern}$")
        _ROUTES.append(
            Route(method=method, pattern=compiled, handler=handler, audience=audience, needs=needs)
        )
        return handler

    return register


def find(method: str, raw_path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a still quoted path with its unquoted parameters."""
    for candidate in _ROUTES:
        if candidate.method == method and (match := candidate.pattern.match(raw_path)):
            return candidate, {name: unquote(value) for name, value in match.groupdict().items()}
    return None
