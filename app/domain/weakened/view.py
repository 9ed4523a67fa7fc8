"""One side of a hunk as tests and assertions."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.domain.weakened.assertion import Assertion
from app.domain.weakened.code import Source, normalised, read_source, statement_end
from app.domain.weakened.language import Language
from app.domain.weakened.patch import Line


@dataclass(frozen=True, slots=True)
class Test:
    """A test that a hunk shows: its name, the line of its name, as much of its body as is shown.

    `index` is the place of its line in the view.
    """

    name: str
    line: Line
    body: tuple[Line, ...]
    index: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """An assertion where it stands. `key` is equal for statements that differ in layout only."""

    key: str
    text: str
    claim: Assertion
    line: Line
    changed: bool
    test: Test | None


@dataclass(frozen=True)
class View:
    """One side of one hunk."""

    language: Language
    lines: tuple[Line, ...]
    heading: str = ""

    @cached_property
    def source(self) -> Source:
        """The code, without comments and without what strings hold."""
        return read_source("\n".join(line.text for line in self.lines), self.language.syntax)

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """The tests whose beginning is shown."""
        return tuple(
            self._test(name, self.index_at(place)) for name, place in self.language.tests(self.source)
        )

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The assertions whose beginning is shown."""
        return tuple(self._statements())

    def code_of(self) -> Sequence[str]:
        """Return the code line by line, as long as `lines`."""
        return self.source.code.split("\n")[: len(self.lines)]

    def text_of(self) -> Sequence[str]:
        """Return the text without comments line by line, as long as `lines`."""
        return self.source.text.split("\n")[: len(self.lines)]

    def index_at(self, place: int) -> int:
        """Return which line an offset is on."""
        return max(0, bisect_right(self._begins, place) - 1)

    def test_at(self, index: int) -> Test | None:
        """Return the last test that begins on or above a line, by the hunk's heading if it is not shown."""
        place = bisect_right(self._test_indexes, index)
        return self.tests[place - 1] if place else self.heading_test

    @cached_property
    def heading_test(self) -> Test | None:
        """The test that the hunk begins in, where git's heading names it."""
        found = list(self.language.tests(read_source(self.heading, self.language.syntax)))
        return Test(found[0][0], Line(" ", self.heading, 0, 0), ()) if found else None

    @cached_property
    def _test_indexes(self) -> list[int]:
        return [test.index for test in self.tests]

    @cached_property
    def _begins(self) -> list[int]:
        begins, place = [], 0
        for line in self.lines:
            begins.append(place)
            place += len(line.text) + 1
        return begins

    def _test(self, name: str, index: int) -> Test:
        def indent(text: str) -> int:
            return len(text) - len(text.lstrip())

        own = indent(self.lines[index].text)
        body = []
        for line in self.lines[index + 1 :]:
            text = line.text.strip()
            if text and indent(line.text) <= own and text[0] not in ")]}":
                break
            body.append(line)
        return Test(name, self.lines[index], tuple(body), index)

    def _statements(self) -> Iterator[Statement]:
        source, ended = self.source, 0
        for match in self.language.assertion.finditer(source.code):
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            if start < ended:
                continue
            ended = statement_end(source.code, start)
            text = source.text[start:ended]
            claim = self.language.read(text)
            if claim is None:
                continue
            first, last = self.index_at(start), self.index_at(max(start, ended - 1))
            changed = any(line.changed for line in self.lines[first : last + 1])
            # Of Go's `if got != want { t.Errorf(…) }` the condition is the claim, the words are not.
            text = text.split("{\n", 1)[0].rstrip() if text.startswith("if ") else text
            test = self.test_at(first)
            yield Statement(normalised(text), text, claim, self.lines[first], changed, test)
