"""Which files of a commit pin its dependencies, and the name of what was fetched for them. Pure: paths and ids in."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

FILES_MAX = 2_000
"""A repository with more of them than that is named by the first."""

_LOCKS = frozenset(
    {
        "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb",
        "deno.lock", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "Cargo.lock", "go.sum",
        "Gemfile.lock", "gems.locked", "composer.lock", "gradle.lockfile", "buildscript-gradle.lockfile",
        "verification-metadata.xml", "libs.versions.toml", "pom.xml", "packages.lock.json", "mix.lock",
        "pubspec.lock", "Package.resolved", "conan.lock",
    }
)  # fmt: skip
_MANIFESTS = frozenset(
    {
        "package.json", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "Cargo.toml", "go.mod", "Gemfile",
        "composer.json", "build.gradle", "build.gradle.kts", "mix.exs", "pubspec.yaml",
    }
)  # fmt: skip
_REQUIREMENTS = re.compile(r"[\w.-]*(requirements|constraints)[\w.-]*\.(txt|in)")
_SOMEBODY_ELSES = frozenset({"node_modules", "vendor", "third_party", ".venv", "venv"})


def pinning(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the files that pin dependencies; where none does, those that name them."""
    own = [path for path in sorted(paths) if not _SOMEBODY_ELSES & {*PurePosixPath(path).parts[:-1]}]
    locks = [path for path in own if _is_lock(PurePosixPath(path))]
    chosen = locks or [path for path in own if PurePosixPath(path).name in _MANIFESTS]
    return tuple(chosen[:FILES_MAX])


def _is_lock(path: PurePosixPath) -> bool:
    if path.name in _LOCKS or _REQUIREMENTS.fullmatch(path.name):
        return True
    return path.parent.name == "requirements" and path.suffix in {".txt", ".in"}


def key_of(*, made_with: Sequence[str], setup: Sequence[str], files: Mapping[str, str]) -> str:
    """Return the name of what set-up fetches: the same for the same tools, commands and pinned dependencies.

    `made_with` names the tools and all else that fetched files depend on; `files` are paths and ids of content.
    """
    said = json.dumps([sorted(made_with), list(setup), sorted(files.items())])
    return hashlib.sha256(said.encode()).hexdigest()[:32]
