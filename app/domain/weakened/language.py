"""What a language must say of itself so that its tests can be compared: where tests and assertions begin, what skips."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.domain.weakened.assertion import Assertion
from app.domain.weakened.code import Source, Syntax

TRY_CHARACTERS = 10_000
"""How far above its handler the beginning of a block is looked for."""


class Skip(StrEnum):
    """Why a test would not be believed any more, in words that follow *the test*."""

    OFF = "is skipped"
    UNDER_CONDITION = "is skipped under a condition"
    EXPECTED_TO_FAIL = "is expected to fail"
    ONLY = "keeps all the other tests from running"
    TODO = "is only a plan for a test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How tests are written. Patterns are looked for in code without comments and without what strings hold.

    `tests` yields name and offset of each test; `assertion` matches where an assertion begins, `read` tells what a
    statement claims (None: it is no assertion after all); `skips` are tried in order, line by line; `swallowed`
    yields the offset of each place where the failure of an assertion is caught and dropped.
    """

    syntax: Syntax
    tests: Callable[[Source], Iterator[tuple[str, int]]]
    assertion: re.Pattern[str]
    read: Callable[[str], Assertion | None]
    skips: tuple[tuple[re.Pattern[str], Skip], ...]
    swallowed: Callable[[Source], Iterator[int]]


def named(pattern: re.Pattern[str]) -> Callable[[Source], Iterator[tuple[str, int]]]:
    """Return a reader of tests that this pattern finds, each named by the one group that took part."""

    def find(source: Source) -> Iterator[tuple[str, int]]:
        for match in pattern.finditer(source.code):
            group = match.lastgroup or 0
            # The match may span annotations above; the line of the name is where the test is.
            yield source.text[match.start(group) : match.end(group)].strip(), match.start(group)

    return find


def caught(pattern: re.Pattern[str], assertion: re.Pattern[str]) -> Callable[[Source], Iterator[int]]:
    """Return a reader of empty handlers: the pattern matches the handler, and the `try` above it holds an assertion."""

    def find(source: Source) -> Iterator[int]:
        for match in pattern.finditer(source.code):
            begun = source.code.rfind("try", max(0, match.start() - TRY_CHARACTERS), match.start())
            if begun >= 0 and assertion.search(source.code, begun, match.start()):
                yield match.start()

    return find


def never(_source: Source) -> Iterator[int]:
    """Find no swallowed failure: in this language an assertion's failure is nothing that is caught by habit."""
    yield from ()
