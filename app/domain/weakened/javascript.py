"""Tests in JavaScript and TypeScript: Jest, Vitest, Mocha with Chai, node:test, Jasmine, Playwright."""

import re

from app.domain.weakened.assertion import Assertion, Strength, claim, exact, false, number, raising, true
from app.domain.weakened.calls import after_call, arguments
from app.domain.weakened.code import Syntax
from app.domain.weakened.language import Language, Skip, caught, named

_ASSERTION = re.compile(r"(?<![\w.])(?:await )?(?=expect\(|assert(?:\.\w+)*\()")
_EMPTY_CATCH = re.compile(
    r"\bcatch\s*(?:\([^)\n]*\)\s*)?\{\s*\}|\.catch\(\s*(?:\(\s*\w*\s*\)|\w+)\s*=>\s*\{\s*\}\s*\)"
)
_QUOTE = r"[\"'`](?P<name>[^\"'`]*)[\"'`]"
_TESTS = re.compile(
    rf"(?<![\w.])[xf]?(?:it|test|specify)(?:\.(?:only|skip|concurrent|sequential|failing|fails|fixme)\b)*(?:\.\w+\([^()]{{0,2000}}\))?\(\s*{_QUOTE}"
)
_SKIPS = (
    (r"(?<![\w.])(?:it|test|describe|context|suite|specify)(?:\.\w+)*\.only\b|(?<![\w.])f(?:it|describe|test)\(|\bonly:\s*true\b", Skip.ONLY),
    (r"(?<![\w.])(?:it|test|describe|suite)\.(?:skipIf|runIf)\((?!\s*true\b)", Skip.UNDER_CONDITION),
    (r"(?<![\w.])(?:it|test|describe|context|suite|specify)(?:\.\w+)*\.(?:skip|fixme|skipIf)\b", Skip.OFF),
    (r"(?<![\w.])x(?:it|test|describe|context|specify)\(|\bthis\.skip\(\)|(?<![\w.])t\.skip\(|\bskip:\s*(?:true\b|[\"'`])|(?<![\w.])pending\(", Skip.OFF),
    (r"(?<![\w.])(?:it|test)\.(?:failing|fails)\b|(?<![\w.])test\.fail\(\s*[\"'`]", Skip.EXPECTED_TO_FAIL),
    (r"(?<![\w.])(?:it|test)\.todo\(|\btodo:\s*(?:true\b|[\"'`])", Skip.TODO),
)  # fmt: skip

_EXACT = {
    "toBe", "toEqual", "toStrictEqual", "toBeNull", "toBeUndefined", "toBeNaN", "toHaveBeenCalledWith",
    "toHaveBeenCalledTimes", "toHaveBeenLastCalledWith", "toMatchInlineSnapshot", "toMatchSnapshot", "toHaveText",
    "toHaveTextContent", "toHaveValue", "toHaveReturnedWith", "equal", "eql", "eq", "equals", "strictEqual",
    "deepStrictEqual", "deepEqual", "calledWith", "calledOnceWith", "isNull", "isUndefined", "null", "undefined",
}  # fmt: skip
_EXISTING = {"toBeTruthy", "toBeDefined", "toHaveBeenCalled", "toBeInTheDocument", "exist", "exists", "ok", "called", "isOk", "isDefined"}  # fmt: skip
_FALSY = {"toBeFalsy", "false", "isFalse", "isNotOk"}
_TRUE = {"true", "isTrue"}
_RAISING = {"toThrow", "toThrowError", "throw", "throws", "rejects", "rejectedWith"}
_LOOSE_VALUE = re.compile(
    r"\bexpect\.(?:any|anything|arrayContaining|objectContaining|stringContaining|stringMatching)\b"
)
_CONSTANT = {"toBeNull": "null", "toBeUndefined": "undefined", "null": "null", "undefined": "undefined"}


def _read(statement: str) -> Assertion | None:
    text = statement.strip().removeprefix("await ").lstrip()
    if text.startswith("expect("):
        return _expect(text)
    name = text.split("(", 1)[0].rsplit(".", 1)[-1]
    found = arguments(text)
    if not found or name == "fail":
        return None
    if name in _RAISING:
        return _raising(found[1:])
    return _matched("ok" if name == "assert" else name, found[0], found[1:2], negated=name.startswith("not"))


def _expect(text: str) -> Assertion | None:
    subject = ", ".join(arguments(text))
    chain = after_call(text)
    name = chain.split("(", 1)[0].rsplit(".", 1)[-1].strip().rstrip(";")
    if not name:
        return None
    expected = arguments(chain)
    negated = re.search(r"\.not\b", chain) is not None
    if name in _RAISING and not negated:
        return _raising(expected)
    return _matched(name, subject, expected, negated=negated)


def _matched(name: str, subject: str, expected: list[str], *, negated: bool) -> Assertion:
    value = ", ".join(expected)
    if negated:
        nothing = name in _CONSTANT or value in {"null", "undefined"}
        return claim(Strength.EXISTS if nothing else Strength.PARTIAL, subject, value, negated=True)
    if name in {"toBeCloseTo", "closeTo", "approximately"}:
        return _close(name, subject, expected)
    if name in _TRUE:
        return exact(subject, "true")
    if name in _FALSY:
        return false(subject)
    if name in _EXACT and not _LOOSE_VALUE.search(value):
        return exact(subject, _CONSTANT.get(name, value))
    if name in _EXISTING:
        return true(subject) if name == "ok" else claim(Strength.EXISTS, subject)
    return claim(Strength.PARTIAL, subject, value)


def _close(name: str, subject: str, expected: list[str]) -> Assertion:
    """Read a tolerance: Jest counts decimals (2 by default, half of the last one), Chai gives the distance."""
    told = number(expected[1]) if len(expected) > 1 else None
    if name == "toBeCloseTo":
        told = float(10.0 ** -min(2.0 if told is None else told, 300.0)) / 2
    return exact(subject, expected[0] if expected else "", told)


def _raising(expected: list[str]) -> Assertion:
    types = [value for value in expected[:1] if re.fullmatch(r"[A-Z][\w.]*", value)]
    return raising(frozenset(types), message=len(expected) > len(types))


JAVASCRIPT = Language(
    syntax=Syntax.JAVASCRIPT,
    tests=named(_TESTS),
    assertion=_ASSERTION,
    read=_read,
    skips=tuple((re.compile(pattern), skip) for pattern, skip in _SKIPS),
    swallowed=caught(_EMPTY_CATCH, _ASSERTION),
)
