"""What detection may look at: the paths of a commit, and the text of a few of them. Reads no disk."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WANTED_FILES = (
    "Makefile", "GNUmakefile", "makefile", "README.md", "CONTRIBUTING.md",
    "pyproject.toml", "setup.cfg", "setup.py", "tox.ini", "pytest.ini", "conftest.py", "tests/conftest.py",
    "package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", ".yarnrc.yml",
    "go.mod", "Cargo.toml", "rustfmt.toml", ".rustfmt.toml", "clippy.toml", ".clippy.toml",
    "pom.xml", "mvnw", "build.gradle", "build.gradle.kts", "gradlew",
    "Gemfile", "Rakefile", ".rspec", ".rubocop.yml",
    "ruff.toml", ".ruff.toml", ".flake8",
)  # fmt: skip
"""The files whose presence or text counts. Lock files count by name alone."""

_PATTERNS = re.compile(
    r"(?:dev-|test-)?requirements[\w.-]*\.txt|[\w-]+\.py|(?:tests?|spec)(?:/[\w./-]+\.(?:py|rb))?"
)
_NAMES_ONLY = {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "mvnw", "gradlew"}
_TEXTS_MAX = 60


def wanted(paths: Iterable[str]) -> tuple[str, ...]:
    """Return which of a commit's paths are worth reading for `detect`, at most 60; the rest it needs by name."""
    known = [path for path in paths if _is_wanted(path) and path not in _NAMES_ONLY]
    return tuple(sorted(known, key=lambda path: (path not in WANTED_FILES, path))[:_TEXTS_MAX])


def _is_wanted(path: str) -> bool:
    return path in WANTED_FILES or _PATTERNS.fullmatch(path) is not None


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a commit by path; None is a file (or a folder) that is there and was not read."""

    files: Mapping[str, str | None]

    def has(self, *paths: str) -> bool:
        """Whether one of these is there, as a file or a folder."""
        return any(path in self.files for path in paths)

    def first(self, *paths: str) -> str | None:
        """Return the first of these that is there."""
        return next((path for path in paths if path in self.files), None)

    def has_folder(self, name: str) -> bool:
        """Whether this folder is there, listed by name, with a slash, or through a file in it."""
        return self.has(name, f"{name}/") or any(path.startswith(f"{name}/") for path in self.files)

    def text(self, path: str) -> str:
        """Return the text of a file, empty when it is not there or was not read."""
        return self.files.get(path) or ""

    def matching(self, pattern: str) -> tuple[str, ...]:
        """Return the paths that match as a whole, sorted."""
        return tuple(sorted(path for path in self.files if re.fullmatch(pattern, path)))

    def says(self, word: str, paths: Iterable[str]) -> str | None:
        """Return the first of these files whose text has this word."""
        pattern = re.compile(rf"\b{re.escape(word)}\b")
        return next((path for path in paths if pattern.search(self.text(path))), None)
