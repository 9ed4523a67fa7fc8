"""Makefiles: a target called `test`, `check` or `lint` is the most explicit word a repository can leave."""

import re
from collections.abc import Sequence

from app.domain.detection.found import Found, lint, tests
from app.domain.detection.tree import Tree

_FILES = ("GNUmakefile", "makefile", "Makefile")
"""In the order in which make looks for them (GNU make manual, 3.2)."""


def test_target(tree: Tree, programs: Sequence[str]) -> Found | None:
    """Return the Makefile's own way to test, with these folders in front of PATH."""
    target = _target(tree, "test", "tests", "check")
    return tests(_run(target, programs), _because(tree, target)) if target else None


def lint_target(tree: Tree, programs: Sequence[str]) -> Found | None:
    """Return the Makefile's own way to lint."""
    target = _target(tree, "lint")
    return lint(_run(target, programs), _because(tree, target)) if target else None


def _target(tree: Tree, *names: str) -> str | None:
    text = tree.text(tree.first(*_FILES) or "")
    return next((name for name in names if re.search(rf"(?m)^{name}[ \t]*::?(?!=)", text)), None)


def _run(target: str, programs: Sequence[str]) -> str:
    path = f'PATH="{":".join(programs)}:$PATH" ' if programs else ""
    return f"{path}make {target}"


def _because(tree: Tree, target: str) -> str:
    return f"`{tree.first(*_FILES)}` has a `{target}` target."
