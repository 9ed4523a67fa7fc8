"""Judge one request or one answer against GitHub's OpenAPI; say what is wrong in words, raise nothing."""

import gzip
import json
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from importlib.resources import files
from itertools import islice
from typing import Any, Protocol, Self

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator, oas30_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT4

from localhub.contract.routes import Route, Routes, pattern_of
from localhub.contract.strict import strict

_SLICE = "github-openapi-slice.json.gz"
_BASE = "urn:github"
_JSON = "application/json"
_PROBLEMS_MAX = 20
_MESSAGE_CHARACTERS_MAX = 300
_ERRORS = ("basic-error", "validation-error", "validation-error-simple")


class _Validator(Protocol):
    """The part of jsonschema's validators we use; the library ships no types."""

    def iter_errors(self, instance: Any) -> Iterable[Any]: ...


class Contract:
    """GitHub's description of the operations in the slice. Unknown operations are problems, not passes."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._components = strict(document["components"], document["components"])
        contents = {"components": self._components}
        self._registry: Registry[Any] = Registry().with_resource(_BASE, DRAFT4.create_resource(contents))
        self._validators: dict[tuple[str, ...], _Validator] = {}

    @classmethod
    @cache
    def load(cls) -> Self:
        """Read the committed slice, once per process."""
        return cls(json.loads(gzip.decompress((files("localhub.contract") / _SLICE).read_bytes())))

    @cached_property
    def routes(self) -> Routes:
        """Every operation of the slice."""
        return Routes(
            Route(
                method=method.upper(),
                template=template,
                operation=operation,
                pattern=pattern_of(template, self._parameters(operation)),
            )
            for template, methods in self._document["paths"].items()
            for method, operation in methods.items()
        )

    def request_problems(self, method: str, path: str, query: Mapping[str, str], body: Any) -> list[str]:
        """Return what is wrong with a request; `body` is parsed JSON, or None if there is none."""
        route = self.routes.find(method, path)
        if route is None:
            return [f"GitHub documents no {method.upper()} {path} (in our slice)"]
        return [*self._query_problems(route, query), *self._body_problems(route, body)]

    def response_problems(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """Return what is wrong with an answer; `body` is parsed JSON, None if empty, str if not JSON.

        Any operation may fail in ways its description does not list, so an error is judged by the
        documented schema of its status or by the general error schemas, whichever it meets.
        """
        route = self.routes.find(method, path)
        if route is None:
            return [] if status == 404 else [f"GitHub documents no {method.upper()} {path} (in our slice)"]
        if isinstance(body, str):
            return []
        documented = self._responses(route).get(str(status))
        if status >= 400:
            return self._error_problems(route, status, documented, body)
        if documented is None:
            return [f"GitHub documents no answer {status} to {route.method} {route.template}"]
        return self._answer_problems(route, status, documented, body)

    def _query_problems(self, route: Route, query: Mapping[str, str]) -> list[str]:
        documented = {p["name"]: p for p in self._parameters(route.operation) if p["in"] == "query"}
        problems = [f"query: {name!r} is not documented" for name in query if name not in documented]
        problems += [
            f"query: {name!r} is required"
            for name, p in documented.items()
            if p.get("required") and name not in query
        ]
        for name, value in query.items():
            if name in documented:
                problems += [
                    f"query: {name}: {problem}"
                    for problem in self._value_problems(route, documented[name], value)
                ]
        return problems

    def _value_problems(self, route: Route, parameter: dict[str, Any], value: str) -> list[str]:
        schema = parameter["schema"]
        read = _from_text(schema.get("type"), value)
        key = (route.method, route.template, "query", parameter["name"])
        return self._problems(self._validator(key, schema, OAS30WriteValidator), read)

    def _body_problems(self, route: Route, body: Any) -> list[str]:
        described = route.operation.get("requestBody")
        if described is None:
            return [] if body is None else ["body: none is documented"]
        if body is None:
            return ["body: one is required"] if described.get("required") else []
        schema = described["content"][_JSON]["schema"]
        return self._problems(
            self._validator((route.method, route.template), schema, OAS30WriteValidator), body
        )

    def _error_problems(
        self, route: Route, status: int, documented: dict[str, Any] | None, body: Any
    ) -> list[str]:
        general = [self._problems(self._error_validator(name), body) for name in _ERRORS]
        own = [self._answer_problems(route, status, documented, body)] if documented else []
        return min([*own, *general], key=len)

    def _answer_problems(self, route: Route, status: int, documented: dict[str, Any], body: Any) -> list[str]:
        content = documented.get("content", {})
        if body is None or _JSON not in content:
            wrong = (body is None) == (_JSON in content)
            return [f"{status} comes with {'a' if _JSON in content else 'no'} body"] if wrong else []
        key = (route.method, route.template, str(status))
        return self._problems(self._validator(key, content[_JSON]["schema"], OAS30ReadValidator), body)

    def _responses(self, route: Route) -> dict[str, Any]:
        return {status: self._resolved(response) for status, response in route.operation["responses"].items()}

    def _parameters(self, operation: dict[str, Any]) -> list[dict[str, Any]]:
        return [self._resolved(parameter) for parameter in operation.get("parameters", [])]

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in node:
            return node
        _, _, kind, name = node["$ref"].split("/")
        found: dict[str, Any] = self._document["components"][kind][name]
        return found

    def _error_validator(self, name: str) -> _Validator:
        return self._validator(("error", name), {"$ref": f"#/components/schemas/{name}"}, OAS30ReadValidator)

    def _validator(self, key: tuple[str, ...], schema: dict[str, Any], kind: Any) -> _Validator:
        if key not in self._validators:
            closed = _absolute(strict(schema, self._document["components"]))
            self._validators[key] = kind(closed, registry=self._registry, format_checker=oas30_format_checker)
        return self._validators[key]

    @staticmethod
    def _problems(validator: _Validator, document: Any) -> list[str]:
        return [_sentence(error) for error in islice(validator.iter_errors(document), _PROBLEMS_MAX)]


def _sentence(error: Any) -> str:
    """Say where and what; where several shapes were possible, why the closest of them is not met."""
    where = "/".join(str(step) for step in error.absolute_path) or "body"
    if not error.context:
        return f"{where}: {error.message[:_MESSAGE_CHARACTERS_MAX]}"
    shapes: dict[Any, list[Any]] = {}
    for reason in error.context:
        shapes.setdefault(reason.relative_schema_path[0], []).append(reason)
    closest = min(shapes.values(), key=_distance)
    return f"{where}: none of the documented shapes; of the closest: {'; '.join(map(_sentence, closest))}"


def _distance(reasons: list[Any]) -> tuple[bool, int]:
    """Rank a shape that was not met: another kind of thing altogether is further away than any field."""
    return any(reason.validator == "type" and not reason.relative_path for reason in reasons), len(reasons)


def _absolute(node: Any) -> Any:
    """Point local references at the registry's document."""
    if isinstance(node, list):
        return [_absolute(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: f"{_BASE}{value}" if key == "$ref" else _absolute(value) for key, value in node.items()}


def _from_text(kind: str | None, value: str) -> Any:
    """Read a query value as its documented type; what cannot be read stays text, and fails as such."""
    if kind == "integer" and value.lstrip("-").isdecimal():
        return int(value)
    if kind == "boolean" and value in {"true", "false"}:
        return value == "true"
    return value
