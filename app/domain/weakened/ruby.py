"""Tests in Ruby: RSpec and minitest."""

import re

from app.domain.weakened.assertion import Assertion, Strength, claim, exact, false, number, raising, true
from app.domain.weakened.calls import after_call, arguments
from app.domain.weakened.code import Syntax
from app.domain.weakened.language import Language, Skip, named

_ASSERTION = re.compile(
    r"^[ \t]*(?=(?:assert\w*|refute\w*)\b|expect(?:\(| *\{| +do\b)|is_expected\b|[^\n#]{1,300}\.(?:must|wont)_\w)|(?<=\{ )(?=expect\(|is_expected\b)",
    re.MULTILINE,
)
_TESTS = re.compile(
    r"^[ \t]*(?:def (?P<name>test_\w+[?!]?)|[xf]?(?:it|specify|test|example|scenario)\s*\(?\s*[\"'](?P<case>[^\"'\n]*)[\"'])",
    re.MULTILINE,
)
_SKIPS = (
    (r"^\s*(?:skip|pending)\b.*\b(?:if|unless)\b", Skip.UNDER_CONDITION),
    (r"^\s*f(?:it|describe|context|specify)\b\s*\(?[\"'(]|\bfocus: true\b|(?<=, ):focus\b", Skip.ONLY),
    (
        r"^\s*x(?:it|describe|context|specify)\b|^\s*skip\b(?!\s*[=.:])|\bskip: (?:true\b|[\"'])|(?<=, ):skip\b",
        Skip.OFF,
    ),
    (r"^\s*pending\b(?!\s*[=.:])|\bpending: (?:true\b|[\"'])", Skip.EXPECTED_TO_FAIL),
)
_SPEC = re.compile(r"(?P<subject>[^\n]{1,300}?)\.(?P<kind>must|wont)_(?P<name>\w+)[ (]*(?P<rest>[^\n]*?)\)?$")
_EXISTING = {"be_truthy", "be_present", "be_a", "be_an", "be_kind_of", "be_instance_of", "exist"}
_RSPEC_EXACT = {"eq", "eql", "equal", "match_array", "contain_exactly", "be_nil", "be_empty"}
_MINITEST_EXACT = {"assert_equal", "assert_same", "assert_nil", "assert_empty"}


def _read(statement: str) -> Assertion | None:
    text = statement.strip()
    if text.startswith(("expect", "is_expected")):
        return _rspec(text)
    if (spec := _SPEC.match(text)) is not None:
        return _minitest(*_as_minitest(spec["subject"], spec["kind"], spec["name"], spec["rest"]))
    name = re.match(r"\w+", text)
    if name is None:
        return None
    rest = text[name.end() :].strip()
    # Ruby's calls may do without brackets.
    values = arguments(rest if rest.startswith("(") else f"({rest})")
    return _minitest(name[0], values)


def _as_minitest(subject: str, kind: str, name: str, rest: str) -> tuple[str, list[str]]:
    """Turn `_(x).must_equal 3` into the name and arguments of `assert_equal 3, x`."""
    prefix = "assert" if kind == "must" else "refute"
    plain = ", ".join(arguments(subject)) if subject.startswith(("_(", "value(")) else subject
    if name == "raise":
        return "assert_raises", [rest]
    name = {"be_same_as": "same", "be_close_to": "in_delta", "be": "predicate"}.get(
        name, name.removeprefix("be_")
    )
    return f"{prefix}_{name}", [rest, plain] if rest else [plain]


def _minitest(name: str, values: list[str]) -> Assertion | None:
    if name == "assert_raises":
        return raising(frozenset(value.split(" ")[0] for value in values if re.match(r"[A-Z]", value)))
    if not values:
        return None
    first, second = (*values, "", "")[:2]
    if name in {"assert", "refute"}:
        return true(first) if name == "assert" else false(first)
    if name in {"assert_in_delta", "assert_in_epsilon"}:
        return exact(second, first, number(values[2]) if len(values) > 2 else 0.001)
    if name in _MINITEST_EXACT:
        return exact(second, first) if second else exact(first, "nil")
    if name in {"refute_nil", "refute_empty", "assert_instance_of", "assert_kind_of"}:
        return claim(Strength.EXISTS, first)
    return claim(Strength.PARTIAL, second or first, first, negated=name.startswith("refute"))


def _rspec(text: str) -> Assertion | None:
    """Read `expect(x).to eq(3)` and `expect { … }.to raise_error(Kind, message)`."""
    found = re.search(r"\.(?P<to>to_not|not_to|to)\s*\(?\s*(?P<name>\w+)(?P<rest>.*)", text, re.DOTALL)
    if found is None:
        return None
    name, rest = found["name"], found["rest"].strip()
    values = arguments(rest if rest.startswith("(") else f"({rest})")
    subject = ", ".join(arguments(text)) if text.startswith("expect(") else "subject"
    value = ", ".join(values)
    if name == "raise_error":
        kinds = [item for item in values[:1] if re.match(r"[A-Z]", item)]
        return raising(frozenset(kinds), message=len(values) > len(kinds))
    if found["to"] != "to":
        return claim(
            Strength.EXISTS if name in {"be_nil", "be_empty"} else Strength.PARTIAL,
            subject,
            value,
            negated=True,
        )
    if name == "be_within":
        return exact(subject, after_call(rest), number(values[0]) if values else None)
    if name in {"be_falsey", "be_falsy"}:
        return false(subject)
    if name in _RSPEC_EXACT or (name == "be" and re.match(r"[\[\w\"'(]", rest)):
        return exact(subject, "nil" if name in {"be_nil", "be_empty"} else value)
    return claim(Strength.EXISTS if name in _EXISTING else Strength.PARTIAL, subject, value)


RUBY = Language(
    syntax=Syntax.RUBY,
    tests=named(_TESTS),
    assertion=_ASSERTION,
    read=_read,
    skips=tuple((re.compile(pattern), skip) for pattern, skip in _SKIPS),
    swallowed=lambda source: (
        match.start()
        for match in re.finditer(
            r"\brescue (?:Exception|Minitest::Assertion|RSpec::\S+)(?:\s*=>\s*\w+)?\s*\n\s*(?:nil\s*\n\s*)?end\b",
            source.code,
        )
    ),
)
