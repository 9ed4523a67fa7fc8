"""Tests that a change takes away: not those that it moves, renames, rewrites or merges into a table."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from app.domain.critique import Finding, Severity, Side
from app.domain.weakened import told
from app.domain.weakened.evidence import added_in, adds_table, covered, meaningful, names_vanished
from app.domain.weakened.patch import FileChange
from app.domain.weakened.paths import is_test_path, subject_of
from app.domain.weakened.tested import Tested
from app.domain.weakened.view import Test, View

_REWRITTEN = 0.5
"""The share of a deleted test's words that a new test must have to be taken for it under another name."""
_MERGED = 0.75
_TABLED = 0.5
_MARK_LINES = 3
_COMPARED_MAX = 200
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")


def deleted_tests(
    files: Sequence[Tested], changes: Sequence[FileChange], gone: frozenset[str]
) -> tuple[frozenset[tuple[str, str]], tuple[Finding, ...]]:
    """Return the tests that are gone, by file and name, and what is to be said of them.

    `gone` are names that the code no longer defines: tests that go with their code are told of more mildly.
    """
    lost: set[tuple[str, str]] = set()
    findings: list[Finding] = []
    missing = list(_missing(files))
    kept = _kept([test for _, tests in missing for test in tests], files)
    for file, tests in missing:
        by_code: dict[str | None, list[Test]] = defaultdict(list)
        for test in (test for test in tests if id(test) not in kept):
            by_code[_code(file, test, changes, gone)].append(test)
            lost.add((file.change.path, test.name))
        findings += [_finding(file, found, code) for code, found in by_code.items()]
    return frozenset(lost), tuple(findings)


def _missing(files: Sequence[Tested]) -> Iterator[tuple[Tested, list[Test]]]:
    """Yield the tests of each file whose name is not on the new side of the change, as often as it was on the old."""
    before = Counter(test.name for file in files for left, _ in file.hunks for test in left.tests)
    after = Counter(test.name for file in files for _, right in file.hunks for test in right.tests)
    missing = before - after
    for file in files:
        found = []
        for view, test in ((left, test) for left, _ in file.hunks for test in left.tests):
            if missing[test.name] > 0 and _is_changed(view, test):
                missing[test.name] -= 1
                found.append(test)
        if found:
            yield file, found


def _is_changed(left: View, test: Test) -> bool:
    """Whether the change touches the line that names a test, or right above it the mark that makes it one."""
    above = left.lines[max(0, test.index - _MARK_LINES) : test.index + 1]
    return any(line.changed for line in above)


def _kept(tests: Sequence[Test], files: Sequence[Tested]) -> set[int]:
    """Return the ids of those tests that live on under another name, or in another test."""
    old_names = {test.name for f in files for left, _ in f.hunks for test in left.tests}
    rights = [right for f in files for _, right in f.hunks]
    new = [
        test for right in rights for test in right.tests if test.name not in old_names and test.line.changed
    ]
    kept = _renamed(tests[:_COMPARED_MAX], new[:_COMPARED_MAX])
    added = added_in(files)
    shown = set().union(*(meaningful(right.source.text) for right in rights))
    limit = _TABLED if any(adds_table(right) for right in rights) else _MERGED
    return kept | {
        id(test) for test in tests if id(test) not in kept and _is_merged(test, shown, added, limit)
    }


def _renamed(tests: Sequence[Test], new: Sequence[Test]) -> set[int]:
    """Pair deleted tests with new ones, the most alike first, and return the ids of those that have found one."""
    its = [_said(candidate) for candidate in new]
    scores = [
        (len(mine & other) / len(mine), id(test), place)
        for test in tests
        if (mine := _said(test))
        for place, other in enumerate(its)
    ]
    kept: set[int] = set()
    taken: set[int] = set()
    for score, test_id, place in sorted(scores, key=lambda scored: -scored[0]):
        if score >= _REWRITTEN and test_id not in kept and place not in taken:
            kept.add(test_id)
            taken.add(place)
    return kept


def _is_merged(test: Test, shown: set[str], added: set[str], limit: float) -> bool:
    """Whether what a test used and expected is found again in added code, as after parametrising."""
    found = covered(_text(test), shown | added, added)
    return found.values is not None and found.values >= limit and found.names >= limit


def _said(test: Test) -> frozenset[str]:
    names = {word.lower() for word in _WORD.findall(test.name)} - {
        "test",
        "should",
        "it",
        "a",
        "the",
        "is",
        "are",
    }
    return meaningful(_text(test)) | {f"name {word}" for word in names}


def _text(test: Test) -> str:
    one_line = "" if test.body else test.line.text.replace(test.name, "")
    return "\n".join([one_line, *(line.text for line in test.body)])


def _code(file: Tested, test: Test, changes: Sequence[FileChange], gone: frozenset[str]) -> str | None:
    """Return the code that was deleted along with a test of it, None when there is none."""
    if file.change.new is None:
        subject = subject_of(file.change.path)
        deleted = (change.old for change in changes if change.new is None and change.old)
        code = next(
            (path for path in deleted if not is_test_path(path) and subject_of(path) == subject), None
        )
        if code is not None:
            return code
    return names_vanished(_text(test), gone)


def _finding(file: Tested, tests: Sequence[Test], code: str | None) -> Finding:
    severity = Severity.HIGH if code is None else Severity.MEDIUM
    whole = file.change.path if file.change.new is None else None
    title, body = told.deleted([test.name for test in tests], whole_file=whole, gone=code)
    still_there = not tests[0].line.changed
    line = tests[0].line.new if still_there else tests[0].line.old
    side = Side.RIGHT if still_there else Side.LEFT
    return told.finding(title, body, path=file.change.path, line=line, side=side, severity=severity)
