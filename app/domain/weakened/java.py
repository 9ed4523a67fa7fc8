"""Tests in Java and Kotlin: JUnit 4 and 5, TestNG, AssertJ, Hamcrest, Truth, kotlin.test."""

import re
from collections.abc import Iterator

from app.domain.weakened.assertion import Assertion, Strength, claim, exact, false, number, raising, true
from app.domain.weakened.calls import after_call, arguments
from app.domain.weakened.code import Source, Syntax
from app.domain.weakened.language import Language, Skip, caught

_ANNOTATION = re.compile(r"@(?:Test|ParameterizedTest|RepeatedTest|TestFactory)\b(?:\([^()\n]*\))?")
_OTHER = re.compile(r"\s*@\w+(?:\((?:[^()]|\([^()]{0,500}\)){0,500}\))?")
_METHOD = re.compile(r"[^;{}=@()`]{0,200}?(?P<name>`[^`\n]+`|\b\w+)\s*\(")
_ASSERTION = re.compile(
    r"(?<![\w])(?<!void )(?<!fun )(?<!boolean )(?:Assert(?:ions)?\.)?(?=(?:assert[A-Z]\w*|assertThat|verify)(?:<[\w<>?, ]*>)?\s*[({])"
)
_SWALLOWED = re.compile(
    r"\bcatch\s*\((?:final )?[^)\n]*\b(?:Throwable|Error|AssertionError|AssertionFailedError)\b[^)\n]*\)\s*\{\s*\}"
)
_SKIPS = (
    (
        r"@(?:Disabled|Enabled)(?:On|If|For)\w+|\bassum(?:e\w+|ing\w+)\((?!\s*(?:false|true)\s*\))",
        Skip.UNDER_CONDITION,
    ),
    (
        r"@(?:Disabled|Ignore|Ignored)\b|\benabled\s*=\s*false\b|\bassumeTrue\(\s*false|\bassumeFalse\(\s*true",
        Skip.OFF,
    ),
)

_EXACT = {"assertEquals", "assertSame", "assertArrayEquals", "assertIterableEquals", "assertContentEquals", "assertLinesMatch"}  # fmt: skip
_EXACT_CHAIN = {"isEqualTo", "isSameAs", "isSameInstanceAs", "containsExactly", "containsExactlyElementsIn", "containsExactlyEntriesIn", "containsExactlyInAnyOrder", "isEqualToComparingFieldByField", "hasSize", "isNull", "isEmpty", "isZero", "is", "equalTo"}  # fmt: skip
_EXISTS_CHAIN = {"isNotNull", "isNotEmpty", "isNotBlank", "isInstanceOf", "isPresent", "notNullValue"}
_PART = {"assertNotEquals", "assertNotSame", "assertInstanceOf", "assertTimeout", "assertContains", "verify"}
_ARITY = {
    "assertTrue": 1,
    "assertFalse": 1,
    "assertNull": 1,
    "assertNotNull": 1,
    "assertEquals": 2,
    "assertSame": 2,
}
_ONE = {"isNull": "null", "isEmpty": "null", "isZero": "0"}


def _tests(source: Source) -> Iterator[tuple[str, int]]:
    """Find methods under a test annotation, over the other annotations between."""
    for annotation in _ANNOTATION.finditer(source.code):
        place = annotation.end()
        while other := _OTHER.match(source.code, place):
            place = other.end()
        if method := _METHOD.match(source.code, place):
            yield source.text[method.start("name") : method.end("name")].strip("`"), method.start("name")


def _read(statement: str) -> Assertion | None:
    text = statement.strip()
    name = re.split(r"[<({]", text, maxsplit=1)[0].rsplit(".", 1)[-1].strip()
    values = arguments(text)
    if name in {"assertThrows", "assertThrowsExactly", "assertFailsWith"}:
        return _raising(text, values)
    if not values:
        return None
    first, second = (*values, "", "")[:2]
    # JUnit 4 takes its message first, JUnit 5 last.
    if first.startswith('"') and len(values) > _ARITY.get(name, len(values)):
        return _read(f"{name}({', '.join(values[1:])})")
    if name in {"assertTrue", "assertFalse"}:
        return true(first) if name == "assertTrue" else false(first)
    if name in _EXACT:
        third = number(values[2]) if len(values) > 2 else None
        return exact(second, first, third)
    if name in {"assertNull", "assertNotNull"}:
        return exact(first, "null") if name == "assertNull" else claim(Strength.EXISTS, first)
    if name == "assertThat":
        return _that(first, second, after_call(text))
    return claim(Strength.PARTIAL if name in _PART else Strength.CUSTOM, first, second, negated="Not" in name)


def _that(subject: str, matcher: str, chain: str) -> Assertion | None:
    """Read AssertJ's and Truth's chain, or Hamcrest's matcher in the second argument."""
    said = f".{matcher}" if matcher else chain
    names = re.findall(r"\.?\b(\w+)\(", said)
    value = ", ".join(arguments(said))
    if not names:
        return None
    if names[-1] in {"isTrue", "isFalse"}:
        return true(subject) if names[-1] == "isTrue" else false(subject)
    if _EXACT_CHAIN & set(names) and "notNullValue" not in names:
        return exact(subject, next((_ONE[name] for name in names if name in _ONE), value))
    if set(names) <= _EXISTS_CHAIN:
        return claim(Strength.EXISTS, subject)
    return claim(Strength.PARTIAL, subject, value, negated=any("Not" in name for name in names))


def _raising(text: str, values: list[str]) -> Assertion:
    generic = re.search(r"<\s*([\w.]+)", text.split("(", 1)[0])
    kinds = (
        [generic[1]]
        if generic
        else [value.removesuffix(".class").removesuffix("::class") for value in values[:1]]
    )
    return raising(frozenset(kinds))


JAVA = Language(
    syntax=Syntax.C,
    tests=_tests,
    assertion=_ASSERTION,
    read=_read,
    skips=tuple((re.compile(pattern), skip) for pattern, skip in _SKIPS),
    swallowed=caught(_SWALLOWED, _ASSERTION),
)
