"""The test code of a change: its files with tests, each hunk as it was and as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.critique import Side
from app.domain.weakened.golang import GO
from app.domain.weakened.java import JAVA
from app.domain.weakened.javascript import JAVASCRIPT
from app.domain.weakened.patch import FileChange, Hunk
from app.domain.weakened.paths import Tongue, is_test_path, tongue_of
from app.domain.weakened.python import PYTHON
from app.domain.weakened.ruby import RUBY
from app.domain.weakened.rust import IN_TESTS, RUST
from app.domain.weakened.view import View

LANGUAGES = {
    Tongue.PYTHON: PYTHON,
    Tongue.JAVASCRIPT: JAVASCRIPT,
    Tongue.GO: GO,
    Tongue.RUST: RUST,
    Tongue.JAVA: JAVA,
    Tongue.RUBY: RUBY,
}
_FIXTURES = {"fixtures", "__fixtures__", "testdata"}
"""Folders of what tests work on: a test in there is their material, and nobody runs it as a test."""


@dataclass(frozen=True, slots=True)
class Tested:
    """A file with tests in a change: each hunk as it was and as it is."""

    change: FileChange
    hunks: tuple[tuple[View, View], ...]


def tested(changes: Sequence[FileChange]) -> tuple[Tested, ...]:
    """Return the files of a change that have tests in a language that is understood."""
    found = []
    for change in changes:
        tongue = tongue_of(change.path)
        if tongue is None or _FIXTURES & set(change.path.split("/")):
            continue
        whole = any(is_test_path(path) for path in (change.old, change.new) if path)
        hunks = [hunk for hunk in change.hunks if whole or (tongue is Tongue.RUST and _is_tests(hunk))]
        language = LANGUAGES[tongue]
        views = [
            (View(language, hunk.side(Side.LEFT)), View(language, hunk.side(Side.RIGHT))) for hunk in hunks
        ]
        if views:
            found.append(Tested(change, tuple(views)))
    return tuple(found)


def _is_tests(hunk: Hunk) -> bool:
    return any(IN_TESTS.search(text) for text in (hunk.heading, *(line.text for line in hunk.lines)))
