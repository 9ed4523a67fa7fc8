"""Tests in Rust: `#[test]` in `tests/` and inside of source files."""

import re

from app.domain.weakened.assertion import Assertion, Strength, claim, exact, false, number, raising, true
from app.domain.weakened.calls import arguments
from app.domain.weakened.code import Syntax
from app.domain.weakened.language import Language, Skip, named, never

_TESTS = re.compile(
    r"#\[(?:\w+::)*(?:test|rstest|test_case)\b[^\]\n]*\](?:\s*#\[[^\]\n]*\])*\s*(?:pub )?(?:async )?fn (?P<name>\w+)"
)
IN_TESTS = re.compile(r"\bmod \w*tests?\b|#\[cfg\(test\)\]|#\[(?:\w+::)*test\b")
"""What shows that a part of a source file is tests."""
_SKIPS = (
    (r"#\[ignore\b", Skip.OFF),
    (r"#\[cfg_attr\([^\n]*\bignore\b", Skip.UNDER_CONDITION),
)
_COMPARED = re.compile(r"^(?P<left>[^&|]+?)\s*(?P<op>==|!=|<=|>=|<|>)\s*(?P<right>[^&|]+)$")
_EXISTS = re.compile(r"^(?P<subject>.+)\.(?:is_some|is_ok|is_err)\(\)$", re.DOTALL)
_PART = re.compile(r"^(?P<subject>.+?)\.(?:contains|starts_with|ends_with)\((?P<expected>.*)\)$", re.DOTALL)


def _read(statement: str) -> Assertion | None:
    text = statement.strip()
    if text.startswith("#[should_panic"):
        return raising(frozenset(), message="expected" in text)
    name = text.split("!", 1)[0].rsplit(":", 1)[-1]
    values = arguments(text)
    if not values:
        return None
    first, second = (*values, "")[:2]
    if name == "assert_ne":
        return claim(Strength.PARTIAL, first, second, negated=True)
    # Macros of other crates that compare (`assert_data_eq!`, `assert_relative_eq!`) say so in their name.
    if name.endswith("_eq"):
        return exact(first, second)
    return _truth(first) if name == "assert" else claim(Strength.CUSTOM, first, second)


def _truth(test: str) -> Assertion:
    if test.startswith("!"):
        return false(test[1:])
    if test.startswith("matches!"):
        subject, expected = (*arguments(test), "", "")[:2]
        return exact(subject, expected)
    if found := _EXISTS.match(test):
        return claim(Strength.EXISTS, found["subject"])
    if found := _PART.match(test):
        return claim(Strength.PARTIAL, found["subject"], found["expected"])
    if found := _COMPARED.match(test):
        return _compared(found["left"], found["op"], found["right"])
    return claim(Strength.PARTIAL, test.split("||", maxsplit=1)[0]) if "||" in test else true(test)


def _compared(left: str, op: str, right: str) -> Assertion:
    if op == "==":
        return exact(left, right)
    if ".abs()" in left and op in {"<", "<="}:
        return exact(left, "0", number(right))
    return claim(Strength.PARTIAL, left, right, negated=op == "!=")


RUST = Language(
    syntax=Syntax.RUST,
    tests=named(_TESTS),
    assertion=re.compile(r"(?<![\w.])(?=(?:\w+::)*assert(?:_\w+)?!\s*\()|(?=#\[should_panic)"),
    read=_read,
    skips=tuple((re.compile(pattern), skip) for pattern, skip in _SKIPS),
    swallowed=never,
)
