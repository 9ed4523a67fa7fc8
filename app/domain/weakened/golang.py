"""Tests in Go: the testing package's `if got != want { t.Errorf(…) }`, and testify."""

import re

from app.domain.weakened.assertion import Assertion, Strength, claim, exact, false, number, raising, true
from app.domain.weakened.calls import arguments
from app.domain.weakened.code import Syntax
from app.domain.weakened.language import Language, Skip, named, never

_FAILS = r"\bt\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\("
_ASSERTION = re.compile(
    rf"(?<![\w.])(?:if\b[^\n]{{1,400}}\{{[ \t]*\n(?=(?:[^\n{{}}]*\n){{0,2}}[^\n{{}}]*{_FAILS})"
    r"|(?=(?:assert|require)\.[A-Z]\w*\()|(?=(?:is|c)\.(?:Equal|True|NoErr)\())"
)
_SKIPS = (
    (r"\bt\.(?:Skip|Skipf|SkipNow)\(", Skip.OFF),
    (r"^//go:build ignore\b", Skip.OFF),
)

_EXACT = {"Equal", "Equalf", "EqualValues", "Exactly", "JSONEq", "YAMLEq", "Len", "Nil", "NoError", "Empty", "Zero", "ElementsMatch", "ErrorIs", "EqualError", "Same", "NoErr"}  # fmt: skip
_EXISTING = {"NotNil", "NotEmpty", "NotZero", "Error", "IsType", "Implements"}
_ONE = {"Nil": "nil", "NoError": "nil", "NoErr": "nil", "Empty": "nil", "Zero": "0"}
_COMPARED = re.compile(r"^(?P<left>.+?)\s*(?P<op>!=|==|<=|>=|<|>)\s*(?P<right>.+)$")


def _read(statement: str) -> Assertion | None:
    text = statement.strip()
    if text.startswith("if"):
        return _condition(text.removeprefix("if").split("{\n", 1)[0].rsplit(";", 1)[-1].strip(" {"))
    name = text.split("(", 1)[0].rsplit(".", 1)[-1]
    found = arguments(text)
    values = found[1:] if text.startswith(("assert", "require")) else found
    if not values:
        return None
    return _testify(name, values)


def _condition(failing: str) -> Assertion:
    """Read the condition under which a test fails: `got != want` claims that both are equal."""
    found = _COMPARED.match(failing)
    if found is None:
        return false(failing) if not failing.startswith("!") else true(failing[1:])
    left, op, right = found["left"], found["op"], found["right"]
    if "&&" in failing or "||" in failing:
        return claim(Strength.PARTIAL, left, right)
    if op == "!=":
        return exact(left, right)
    if op == "==":
        nothing = right in {"nil", '""', "0"}
        return claim(Strength.EXISTS if nothing else Strength.PARTIAL, left, right, negated=True)
    return claim(Strength.PARTIAL, left, right)


def _testify(name: str, values: list[str]) -> Assertion:
    first, second = (*values, "", "")[:2]
    if name in {"True", "False"}:
        return true(first) if name == "True" else false(first)
    if name in {"InDelta", "InEpsilon"}:
        return exact(second, first, number(values[2]) if len(values) > 2 else None)
    if name in {"Panics", "PanicsWithValue", "PanicsWithError"}:
        return raising(frozenset(), message=name != "Panics")
    if name in {"Len", "ErrorIs", "EqualError"} or name in _ONE:
        return exact(first, _ONE.get(name, second))
    if name in _EXACT:
        # testify takes what is expected first.
        return exact(second, first)
    if name in _EXISTING:
        return claim(Strength.EXISTS, first)
    return claim(Strength.PARTIAL, second or first, first, negated=name.startswith("Not"))


GO = Language(
    syntax=Syntax.C,
    tests=named(
        re.compile(
            r"^func (?P<name>(?:Test|Fuzz|Example)\w*)\(|\bt\.Run\(\s*\"(?P<case>[^\"]*)\"", re.MULTILINE
        )
    ),
    assertion=_ASSERTION,
    read=_read,
    skips=tuple((re.compile(pattern), skip) for pattern, skip in _SKIPS),
    swallowed=never,
)
