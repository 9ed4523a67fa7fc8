"""What an assertion claims, in the same few words for every language. Values only."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from app.domain.weakened.code import normalised, tokens

_TRIVIAL = re.compile(
    r"(?i)true|false|none|null|nil|undefined|0|0\.0|\"\"|\[ \]|\{ \}|\( \)|set \( \)|list \( \)|dict \( \)|vec ! \[ \]"
)
_REMEMBERED_CHARACTERS = 400
_COMPARED = re.compile(r"([^&|]+?) ([=!]==?|[<>]=?) ([^&|]+)")
BROAD = {"Exception", "BaseException", "Throwable", "Error", "RuntimeException", "StandardError"}
"""Exceptions that nearly everything is one of."""


class Strength(IntEnum):
    """How much an assertion pins down, weakest first."""

    NOTHING = 0
    """It holds whatever the code does."""
    EXISTS = 1
    """There is something: not none, true in a loose sense, of a type."""
    CUSTOM = 2
    """A function of the repository's own decides."""
    PARTIAL = 3
    """A part, a bound or a choice: `in`, `>=`, a pattern."""
    EXACT = 4
    """One value, or one kind of failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A claim about `subject`, its texts normalised.

    `tolerance` is how far off it may be, None for not at all. `negated` claims that it is anything but what is given
    as expected. An assertion that something fails has `raises`, the names of the exceptions it takes (none: any), and `message`
    says whether it looks at what the exception says.
    """

    strength: Strength
    subject: str = ""
    expected: str = ""
    tolerance: float | None = None
    negated: bool = False
    raises: frozenset[str] | None = None
    message: bool = False

    @property
    def trivial(self) -> bool:
        """Whether what it expects is a truth value, nothing or emptiness, which a looser form says as well."""
        return _TRIVIAL.fullmatch(self.expected) is not None


def exact(subject: str, expected: str, tolerance: float | None = None) -> Assertion:
    """Claim that two things are equal; the one that is a literal is what is expected."""
    if is_literal(subject) and not is_literal(expected):
        subject, expected = expected, subject
    left, right = normalised(subject), normalised(expected)
    if left == right and (is_literal(subject) or re.fullmatch(r"[\w. ]+", left)):
        return Assertion(strength=Strength.NOTHING, subject=left, expected=right)
    return Assertion(strength=Strength.EXACT, subject=left, expected=right, tolerance=tolerance)


def claim(strength: Strength, subject: str, expected: str = "", *, negated: bool = False) -> Assertion:
    """Claim less than equality."""
    plain, given = normalised(subject), normalised(expected)
    if strength is Strength.EXISTS and is_literal(subject) and _TRIVIAL.fullmatch(plain) is None:
        return Assertion(strength=Strength.NOTHING, subject=plain)
    return Assertion(strength=strength, subject=plain, expected=given, negated=negated)


def true(subject: str) -> Assertion:
    """Claim that something is true: nothing at all when it says `true` itself, a custom check when it is a call."""
    plain = normalised(subject)
    if plain.lower() == "true" or is_literal(subject):
        return Assertion(strength=Strength.NOTHING, subject=plain)
    if (compared := _COMPARED.fullmatch(plain)) is not None:
        left, sign, right = compared.groups()
        equal = sign in {"==", "==="}
        return (
            exact(left, right)
            if equal
            else claim(Strength.PARTIAL, left, right, negated=sign.startswith("!"))
        )
    return claim(Strength.CUSTOM if plain.endswith(")") else Strength.EXISTS, subject)


def false(subject: str) -> Assertion:
    """Claim that something is false, which is as definite as a value."""
    plain = normalised(subject)
    if plain.lower() in {"false", "none", "nil", "null", "undefined"}:
        return Assertion(strength=Strength.NOTHING, subject=plain)
    if (compared := _COMPARED.fullmatch(plain)) is not None:
        left, sign, right = compared.groups()
        return claim(Strength.PARTIAL, left, right, negated=sign in {"==", "==="})
    return Assertion(strength=Strength.EXACT, subject=plain, expected="false")


def raising(types: frozenset[str], *, message: bool = False) -> Assertion:
    """Claim that one of these exceptions is raised; of a dotted name its last part counts."""
    names = frozenset(name.rsplit(".", 1)[-1].removesuffix("::class") for name in types)
    return Assertion(strength=Strength.EXACT, raises=names, message=message)


def is_literal(text: str) -> bool:
    """Whether a piece of code is one number or string."""
    return re.fullmatch(r"-? ?\d[\w.]*|\"[^\"]*\"", normalised(text)) is not None


def number(text: str) -> float | None:
    """Return a number as code writes it, None when it is none."""
    try:
        return float(text.strip().rstrip("fFdDL").replace("_", ""))
    except ValueError:
        return None


def words(text: str) -> frozenset[str]:
    """Return the names and values in a piece of code: what can be looked for elsewhere."""
    return _remembered_words(text) if len(text) <= _REMEMBERED_CHARACTERS else _words(text)


def _words(text: str) -> frozenset[str]:
    return frozenset(token for token in tokens(text) if token[0].isalnum() or token[0] in '_"')


# Assertions are compared with each other many times over.
_remembered_words = lru_cache(maxsize=4096)(_words)
