"""Judges a repository's workflows: which of them would run an agent's code with the repository's secrets in reach.

A bot's branches lie in the repository itself. So GitHub treats them like a colleague's: `push` and `pull_request`
get secrets there, which they never get from a fork, and `pull_request_target` and `workflow_run` always get them.
https://docs.github.com/actions/security-guides/using-secrets-in-github-actions
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml

BRANCH = "handoff/12-count-hours"
"""A branch of ours, as a pattern sees it."""
WITH_SECRETS = ("pull_request_target", "pull_request", "push", "workflow_run")
_SECRET = re.compile(r"\bsecrets\s*(?:\.\s*(\w+)|\[\s*['\"](\w+)['\"]\s*\])")
_ALL_SECRETS = re.compile(r"\bsecrets\s*:\s*['\"]?inherit\b|\btoJSON\s*\(\s*secrets\s*\)", re.IGNORECASE)
_WORKFLOW_CHARACTERS = 200_000


def risky_triggers(text: str, branch: str = BRANCH) -> tuple[str, ...]:
    """Return the triggers by which a workflow runs for our branches with secrets in it; none: it is harmless to us.

    What cannot be read counts as harmless: GitHub does not run it either.
    """
    if len(text) > _WORKFLOW_CHARACTERS or not uses_secrets(text):
        return ()
    try:
        written = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return ()
    triggers = _triggers(written)
    return tuple(name for name in WITH_SECRETS if name in triggers and _meets(name, triggers[name], branch))


def uses_secrets(text: str) -> bool:
    """Say whether a workflow names a secret; the token that every run gets is none."""
    names = {first or second for first, second in _SECRET.findall(text)}
    return bool(names - {"GITHUB_TOKEN"}) or _ALL_SECRETS.search(text) is not None


def _triggers(written: object) -> Mapping[str, Any]:
    if not isinstance(written, dict):
        return {}
    said = written.get("on", written.get(True))  # YAML 1.1 reads a bare `on` as true
    match said:
        case str():
            return {said: None}
        case list():
            return {str(name): None for name in said}
        case dict():
            return {str(name): filters for name, filters in said.items()}
        case _:
            return {}


def _meets(name: str, filters: object, branch: str) -> bool:
    if name != "push" or not isinstance(filters, dict):  # the filters of the others are about the base
        return True
    if "branches" in filters:
        return _selected(_texts(filters["branches"]), branch)
    if "branches-ignore" in filters:
        return not any(_pattern(each).fullmatch(branch) for each in _texts(filters["branches-ignore"]))
    return not ("tags" in filters or "tags-ignore" in filters)


def _selected(patterns: tuple[str, ...], branch: str) -> bool:
    """Say whether a list of patterns selects a branch: the last one that fits decides, and `!` is a no."""
    selected = False
    for each in patterns:
        if _pattern(each.removeprefix("!")).fullmatch(branch):
            selected = not each.startswith("!")
    return selected


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, list) else (str(value),)


def _pattern(glob: str) -> re.Pattern[str]:
    """Read a pattern of branches as GitHub does: `**` crosses slashes, `*` does not, `?` and `+` repeat."""
    out = ""
    for piece in re.split(r"(\*\*|\*|\?|\+|\[[^\]]*\])", glob):
        known = {"**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
        out += known.get(piece) or (piece if piece.startswith("[") else re.escape(piece))
    try:
        return re.compile(out)
    except re.error:
        return re.compile(".*")  # unreadable to us: better a warning too many
