"""Node: the scripts of package.json, installed by the package manager whose lock file is there."""

import json
import re
from collections.abc import Mapping
from typing import Any

from app.domain.detection.found import Ecosystem, lint, tests
from app.domain.detection.tree import Tree

_PLACEHOLDER = "no test specified"
"""What `npm init` writes into the script that it makes up."""
_VERSION = re.compile(r"pnpm@(\d+(?:\.\d+){0,2})")


def node(tree: Tree) -> Ecosystem | None:
    """Return what package.json says; a test script that npm made up says nothing."""
    package = _package(tree.text("package.json"))
    scripts = _mapping(package, "scripts")
    test, linter = scripts.get("test"), scripts.get("lint")
    install, run = _manager(tree, package)
    has_packages = (
        any(_mapping(package, key) for key in ("dependencies", "devDependencies")) or "workspaces" in package
    )
    has_test = isinstance(test, str) and test.strip() != "" and _PLACEHOLDER not in test
    has_lint = isinstance(linter, str) and linter.strip() != ""
    if not (has_packages or has_test or has_lint):
        return None
    return Ecosystem(
        name="node",
        setup=(install,) if has_packages else (),
        tests=tests(f"{run} test", "`package.json` has a `test` script.") if has_test else None,
        lint=lint(f"{run} run lint", "`package.json` has a `lint` script.") if has_lint else None,
    )


def _package(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _mapping(package: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = package.get(key)
    return found if isinstance(found, dict) else {}


def _manager(tree: Tree, package: Mapping[str, Any]) -> tuple[str, str]:
    """Return how packages are installed, and how a script is run. Only npm is sure to be on a worker."""
    if tree.has("pnpm-lock.yaml"):
        pinned = _VERSION.match(str(package.get("packageManager", "")))
        pnpm = f"npx --yes pnpm@{pinned[1] if pinned else 'latest'}"
        return f"{pnpm} install --frozen-lockfile", pnpm
    if tree.has("yarn.lock") and tree.has(".yarnrc.yml"):
        return "npx --yes corepack yarn install --immutable", "npx --yes corepack yarn"
    if tree.has("yarn.lock"):
        return "npx --yes yarn@1 install --frozen-lockfile", "npx --yes yarn@1"
    if tree.has("package-lock.json", "npm-shrinkwrap.json"):
        return "npm ci --no-audit --no-fund", "npm"
    return "npm install --no-audit --no-fund --no-package-lock", "npm"
