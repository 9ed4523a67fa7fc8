"""Marks that keep tests from running or from counting, where a change adds them. A moved mark is not added."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.critique import Finding, Severity
from app.domain.weakened import told
from app.domain.weakened.code import normalised
from app.domain.weakened.language import Skip
from app.domain.weakened.patch import Line
from app.domain.weakened.tested import Tested
from app.domain.weakened.view import Test, View

_CONDITION = re.compile(r"\s*(?:\}\s*)?(?:if|elif|else|unless|when|case|switch|except|catch|rescue)\b")
_ABOVE = re.compile(r"\s*(?:@|#\[|\)|\]|//|#|$)")
"""What may stand between a mark and the line of its test: other marks, the end of one, comments."""


@dataclass(frozen=True, slots=True)
class _Mark:
    skip: Skip
    key: str
    line: Line
    test: Test | None


def skipped_tests(files: Sequence[Tested]) -> Iterator[Finding]:
    """Yield a finding for every such mark that the change adds."""
    old_names = {test.name for file in files for left, _ in file.hunks for test in left.tests}
    removed = {id(file): [m for left, _ in file.hunks for m in _marks(left)] for file in files}
    moved = Counter(mark.key for marks in removed.values() for mark in marks)
    for file in files:
        added = []
        for mark in (mark for _, right in file.hunks for mark in _marks(right)):
            if moved[mark.key] > 0:
                moved[mark.key] -= 1
            else:
                added.append(mark)
        # A mark that was reworded, or turned into another kind, is no new one.
        was = sum(
            1 for mark in removed[id(file)] if mark.skip is not Skip.ONLY and mark.key not in _keys(file)
        )
        for mark in added:
            if was > 0 and mark.skip is not Skip.ONLY:
                was -= 1
            elif (severity := _severity(mark, old_names)) is not None:
                title, body = told.skipped(mark.skip, mark.test.name if mark.test else None)
                yield told.finding(title, body, path=file.change.path, line=mark.line.new, severity=severity)


def _keys(file: Tested) -> set[str]:
    return {mark.key for _, right in file.hunks for mark in _marks(right)}


def _severity(mark: _Mark, old_names: set[str]) -> Severity | None:
    """Return how bad a mark is, None for a new test that says itself where it cannot run."""
    is_new = mark.test is not None and mark.test.line.changed and mark.test.name not in old_names
    if mark.skip is Skip.UNDER_CONDITION:
        return None if is_new else Severity.MEDIUM
    if mark.skip is Skip.TODO:
        return Severity.MEDIUM
    return Severity.HIGH


def _marks(view: View) -> Iterator[_Mark]:
    """Yield the marks on the changed lines of one side."""
    codes = view.code_of()
    for index, (line, code) in enumerate(zip(view.lines, codes, strict=True)):
        if not line.changed:
            continue
        skip = next((skip for pattern, skip in view.language.skips if pattern.search(code)), None)
        if skip is None:
            continue
        if skip is Skip.OFF and _under_condition(view, index):
            skip = Skip.UNDER_CONDITION
        yield _Mark(skip, normalised(line.text), line, _test(view, index))


def _under_condition(view: View, index: int) -> bool:
    """Whether the line that this one is indented under is a condition."""
    own = _indent(view.lines[index].text)
    for line in reversed(view.lines[:index]):
        if line.text.strip() and _indent(line.text) < own:
            return _CONDITION.match(line.text) is not None
    return False


def _test(view: View, index: int) -> Test | None:
    """Return the test that a mark is about: the one on or right below its line, else the one around it."""
    below = {id(test.line): test for test in view.tests}
    for line, code in zip(view.lines[index : index + 15], view.code_of()[index : index + 15], strict=True):
        if id(line) in below:
            return below[id(line)]
        if line is not view.lines[index] and not _ABOVE.match(code):
            break
    return view.test_at(index)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
