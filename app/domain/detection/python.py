"""Python: pytest or unittest by what the repository says, in a virtual environment outside of its checkout."""

import shlex
import tomllib
from collections.abc import Mapping
from typing import Any

from app.domain.detection.found import Ecosystem, Found, lint, tests
from app.domain.detection.tree import Tree

VENV = "$HOME/venv"
_FOR_TESTS = ("test", "tests", "testing", "dev", "development")
"""The extras and dependency groups that are taken for what the tests need."""
_REQUIREMENTS = r"(?:dev-|test-)?requirements[\w.-]*\.txt"
_SCRIPTS = r"(?:tests?/)?[\w/-]+\.py"
_CONFIGURED = {"pyproject.toml": "[tool.pytest", "setup.cfg": "[tool:pytest]", "tox.ini": "[pytest]"}
_WORDS = ("README.md", "CONTRIBUTING.md", "Makefile", "tox.ini", "setup.cfg")


def python(tree: Tree) -> Ecosystem | None:
    """Return how a Python project is set up, tested and linted."""
    if not _is_python(tree):
        return None
    project = _toml(tree.text("pyproject.toml"))
    packages = _packages(tree, project)
    unittest = _unittest(tree)
    pytest = _pytest(tree, named_instead=unittest is not None)
    linter = _lint(tree, project, installed=bool(packages))
    if pytest is not None and not _declares("pytest", tree, project):
        packages = [*packages, "pytest"]
    interpreter = f'"{VENV}/bin/python"' if packages else "python3"
    found = None
    if pytest is not None:
        found = tests(f"{interpreter} -m pytest", pytest)
    elif unittest is not None:
        found = tests(f"{interpreter} -m unittest discover -s {_folder(tree) or '.'}", unittest)
    programs = (f"{VENV}/bin",) if packages else ()
    return Ecosystem(name="python", setup=_setup(packages), tests=found, lint=linter, programs=programs)


def _setup(packages: list[str]) -> tuple[str, ...]:
    if not packages:
        return ()
    pip = f'"{VENV}/bin/python" -m pip --disable-pip-version-check install'
    # Dependency groups need pip 25.1; a new environment has the one that came with its Python.
    newer = (f'{pip} "pip>=25.1"',) if "--group" in packages else ()
    return (f'python3 -m venv "{VENV}"', *newer, f"{pip} {' '.join(packages)}")


def _packages(tree: Tree, project: Mapping[str, Any]) -> list[str]:
    """Return what is installed: requirement files, the project with its test extras, its test groups."""
    words = [word for name in tree.matching(_REQUIREMENTS) for word in ("-r", name)]
    if "project" in project or "build-system" in project or tree.has("setup.py"):
        extras = ",".join(_named(_table(project, "project", "optional-dependencies")))
        words += ["-e", shlex.quote(f".[{extras}]") if extras else "."]
    for group in _named(_table(project, "dependency-groups")):
        words += ["--group", group]
    return words


def _named(groups: Mapping[str, Any]) -> list[str]:
    return [name for name in _FOR_TESTS if name in groups]


def _pytest(tree: Tree, *, named_instead: bool) -> str | None:
    """Return the sentence that says why pytest, None where nothing speaks for it."""
    for path, section in _CONFIGURED.items():
        if section in tree.text(path):
            return f"`{path}` configures pytest."
    present = tree.first("pytest.ini", "conftest.py", "tests/conftest.py")
    if present is not None:
        return f"There is a `{present}`."
    named = tree.says("pytest", ("pyproject.toml", *tree.matching(_REQUIREMENTS), *_WORDS))
    if named is not None:
        return f"`{named}` names pytest."
    if not named_instead and _folder(tree) is not None:
        return f"There is a `{_folder(tree)}` folder and no test runner is named; pytest runs unittest's tests too."
    return None


def _unittest(tree: Tree) -> str | None:
    named = tree.says("unittest", (*_WORDS, *tree.matching(_SCRIPTS)))
    return f"`{named}` names unittest." if named else None


def _lint(tree: Tree, project: Mapping[str, Any], *, installed: bool) -> Found | None:
    """Return the configured linter, from the project's environment if it is declared there, else from its own."""
    ruff = "pyproject.toml" if "ruff" in _table(project, "tool") else tree.first("ruff.toml", ".ruff.toml")
    name, path, arguments = ("ruff", ruff, " check .") if ruff else ("flake8", tree.first(".flake8"), "")
    if path is None:
        return None
    because = f"`{path}` configures {name}."
    if installed and _declares(name, tree, project):
        return lint(f'"{VENV}/bin/python" -m {name}{arguments}', because)
    own = f"$HOME/{name}"
    install = f'python3 -m venv "{own}" && "{own}/bin/python" -m pip install --quiet {name}'
    return lint(f'{install} && "{own}/bin/python" -m {name}{arguments}', because)


def _declares(package: str, tree: Tree, project: Mapping[str, Any]) -> bool:
    """Whether installing the project's own packages brings this one."""
    groups = (_table(project, "project", "optional-dependencies"), _table(project, "dependency-groups"))
    lists = [
        _table(project, "project").get("dependencies"),
        *(group[n] for group in groups for n in _named(group)),
    ]
    lines = [str(entry) for entries in lists if isinstance(entries, list) for entry in entries]
    lines += [line for name in tree.matching(_REQUIREMENTS) for line in tree.text(name).splitlines()]
    return any(line.strip().lower().startswith(package) for line in lines)


def _is_python(tree: Tree) -> bool:
    known = tree.has(
        "pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "ruff.toml", ".ruff.toml", ".flake8"
    )
    return known or bool(tree.matching(_REQUIREMENTS) or tree.matching(_SCRIPTS))


def _folder(tree: Tree) -> str | None:
    return next((name for name in ("tests", "test") if tree.has_folder(name)), None)


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(document: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    found: Any = document
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}
