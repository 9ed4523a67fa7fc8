"""Reads a GraphQL document: operations, fields, arguments, variables, fragments on types. No schema, no execution."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

_LEXEMES = re.compile(
    r'\s*(?:#[^\n]*|,)|\s*(?P<lexeme>\.\.\.|[{}()\[\]:!=@]|\$\w+|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|\w+)'
)


class Unreadable(Exception):
    """The document is no GraphQL that is understood here."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable where a value is expected."""

    name: str


@dataclass(slots=True, kw_only=True)
class Field:
    """A field with what is selected of it. A fragment has `on` set and no name."""

    name: str = ""
    alias: str = ""
    on: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    selection: list["Field"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Operation:
    """A query or a mutation."""

    kind: str
    selection: list[Field]


def parse(text: str) -> Operation:
    """The first operation of a document; raises Unreadable."""
    return _Reader(text).operation()


def first_field(body: bytes) -> str:
    """The name of the first field of a request body, empty when it cannot be read."""
    try:
        return parse(json.loads(body)["query"]).selection[0].name
    except (ValueError, KeyError, TypeError, IndexError, Unreadable):
        return ""


class _Reader:
    """A cursor over the tokens."""

    def __init__(self, text: str) -> None:
        self._tokens = [match["lexeme"] for match in _LEXEMES.finditer(text) if match["lexeme"]]
        self._at = 0

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self, expected: str = "") -> str:
        lexeme = self._peek()
        if not lexeme or expected not in ("", lexeme):
            raise Unreadable(f"Expected {expected or 'more'}, found {lexeme or 'the end'}")
        self._at += 1
        return lexeme

    def operation(self) -> Operation:
        kind = "query" if self._peek() == "{" else self._next()
        if kind not in ("query", "mutation"):
            raise Unreadable(f"Expected an operation, found {kind}")
        if self._peek() not in ("{", "("):
            self._next()
        if self._peek() == "(":
            while self._next() != ")":
                pass
        return Operation(kind, self._selection())

    def _selection(self) -> list[Field]:
        fields: list[Field] = []
        self._next("{")
        while self._peek() != "}":
            fields.append(self._field())
        self._next("}")
        return fields

    def _field(self) -> Field:
        if self._peek() == "...":
            self._next()
            self._next("on")
            return Field(on=self._next(), selection=self._selection())
        name = alias = self._next()
        if self._peek() == ":":
            self._next()
            name = self._next()
        arguments = self._arguments() if self._peek() == "(" else {}
        selection = self._selection() if self._peek() == "{" else []
        return Field(name=name, alias=alias, arguments=arguments, selection=selection)

    def _arguments(self) -> dict[str, Any]:
        self._next("(")
        return self._pairs(")")

    def _pairs(self, end: str) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        while self._peek() != end:
            name = self._next()
            self._next(":")
            pairs[name] = self._value()
        self._next(end)
        return pairs

    def _value(self) -> Any:
        lexeme = self._next()
        if lexeme == "{":
            return self._pairs("}")
        if lexeme == "[":
            items = []
            while self._peek() != "]":
                items.append(self._value())
            self._next("]")
            return items
        return _scalar(lexeme)


def _scalar(lexeme: str) -> Any:
    if lexeme.startswith("$"):
        return Variable(lexeme[1:])
    if lexeme in ("true", "false", "null") or lexeme[0] in '"-' or lexeme[0].isdigit():
        return json.loads(lexeme)
    return lexeme


def substitute(value: Any, variables: dict[str, Any]) -> Any:
    """A value with its variables filled in."""
    match value:
        case Variable(name):
            return variables.get(name)
        case dict():
            return {key: substitute(each, variables) for key, each in value.items()}
        case list():
            return [substitute(each, variables) for each in value]
        case _:
            return value
