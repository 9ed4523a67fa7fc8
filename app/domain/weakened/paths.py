"""Which files are tests, by their path alone: the customs of each language, no guess at content."""

import re
from enum import StrEnum


class Tongue(StrEnum):
    """The languages whose tests are understood."""

    PYTHON = "Python"
    JAVASCRIPT = "JavaScript"
    GO = "Go"
    RUST = "Rust"
    JAVA = "Java"
    RUBY = "Ruby"


_ENDINGS = {
    "py": Tongue.PYTHON,
    **dict.fromkeys(
        ("js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte"), Tongue.JAVASCRIPT
    ),
    "go": Tongue.GO,
    "rs": Tongue.RUST,
    **dict.fromkeys(("java", "kt", "kts", "groovy"), Tongue.JAVA),
    "rb": Tongue.RUBY,
}
_FOLDERS = {"test", "tests", "__tests__", "__snapshots__", "__mocks__", "testdata", "e2e"}
_SPEC_FOLDERS = {"spec", "specs"}
"""Folders of tests only where they hold code: others keep their OpenAPI documents there."""
_COLLECTED = {
    Tongue.PYTHON: re.compile(r"test_.*\.py|.*_test\.py|tests?\.py"),
    Tongue.JAVASCRIPT: re.compile(r".*[.-](?:test|spec|cy|e2e)\.\w+|(?:test|spec)\.\w+"),
    Tongue.GO: re.compile(r".*_test\.go"),
    Tongue.JAVA: re.compile(r"(?:Test.*|.*(?:Test|Tests|TestCase|IT|Spec))\.\w+"),
    Tongue.RUBY: re.compile(r".*_(?:test|spec)\.rb|test_.*\.rb"),
}
"""The names under which the usual runners look for tests."""
_SUPPORT = re.compile(r"conftest\.py|spec_helper\.rb|rails_helper\.rb|test_helper\.rb")
_AFFIX = re.compile(
    r"^test_|(?<=[a-z0-9])(?:Tests?|TestCase|IT|Spec)$|[._-](?:tests?|spec|cy|e2e)$|^Test(?=[A-Z])"
)


def tongue_of(path: str) -> Tongue | None:
    """Return the language of a file by the end of its name, None when its tests are not understood."""
    return _ENDINGS.get(path.rsplit(".", 1)[-1].lower()) if "." in path else None


def is_test_path(path: str) -> bool:
    """Whether a file belongs to the tests: a test, its helper, its data or its snapshot.

    `path` is relative to the repository's root, with slashes. Tests inside of a source file (Rust's `mod tests`)
    do not make it a test file.
    """
    *folders, name = path.split("/")
    lowered = {folder.lower() for folder in folders}
    if lowered & _FOLDERS or _SUPPORT.fullmatch(name) or is_collected(path):
        return True
    return bool(lowered & _SPEC_FOLDERS) and tongue_of(path) is not None


def is_collected(path: str) -> bool:
    """Whether a usual runner looks into this file, going by its name."""
    tongue = tongue_of(path)
    name = path.rsplit("/", 1)[-1]
    if tongue is Tongue.JAVASCRIPT and "__tests__" in path.split("/"):
        return True
    return tongue in _COLLECTED and _COLLECTED[tongue].fullmatch(name) is not None


def subject_of(path: str) -> str:
    """Return the name of what a file holds or tests, so that `test_dates.py` and `dates.py` say the same."""
    stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return _AFFIX.sub("", _AFFIX.sub("", stem)).lower()
