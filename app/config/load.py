"""Reads the environment into settings, and says in one line a variable what is wrong with it and how to mend it.

A variable counts over the same name in the file that `HANDOFF_ENV_FILE` names, and an empty one is not set.
A `.env` that merely lies in the working directory is read by nobody: that folder may be somebody else's
repository, and a setting here is a command that will be run.
"""

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from app.config.settings import PREFIX, Settings
from app.domain.errors import BadConfiguration

ENV_FILE = "HANDOFF_ENV_FILE"
"""The one variable that is no setting: the path of a file with more of them."""

_S = TypeVar("_S", bound=Settings)


def load(kind: type[_S]) -> _S:
    """Read the settings of one process.

    Raises:
        BadConfiguration: something is missing or wrong; its message has one line for each such variable.
    """
    try:
        return kind(_env_file=_env_file(os.environ))
    except ValidationError as error:
        lines = (_complaint(kind, problem) for problem in error.errors(include_url=False))
        raise BadConfiguration("\n".join(lines)) from None


def load_all(kinds: Iterable[type[Settings]]) -> None:
    """Read the settings of several processes, only to learn whether they can be read.

    Raises:
        BadConfiguration: with the complaints about all of them, each once.
    """
    lines: list[str] = []
    for kind in kinds:
        try:
            load(kind)
        except BadConfiguration as error:
            lines += str(error).splitlines()
    if lines:
        raise BadConfiguration("\n".join(dict.fromkeys(lines)))


def variable(name: str, field: FieldInfo) -> str:
    """Return the variable that a field is read from."""
    return str(field.validation_alias or f"{PREFIX}{name.upper()}")


def variables(kind: type[Settings]) -> frozenset[str]:
    """Return the variables that a process reads."""
    return frozenset(variable(name, field) for name, field in kind.model_fields.items())


def environment_for(kind: type[Settings], others: Iterable[type[Settings]]) -> dict[str, str]:
    """Return the environment for a child that is this process: no setting in it belongs to the `others` alone.

    What the file says is spelled out in it, so that the child needs no file.
    """
    file = _env_file(os.environ)
    written = {name: value for name, value in (dotenv_values(file) if file else {}).items() if value}
    given = {name: value for name, value in os.environ.items() if value or name not in written}
    not_its_own = frozenset[str]().union(*map(variables, others)) - variables(kind) | {ENV_FILE}
    own = {name: value for name, value in written.items() if name in variables(kind)}
    return {name: value for name, value in {**own, **given}.items() if name not in not_its_own}


def unknown_variables(environment: Iterable[str], kinds: Iterable[type[Settings]]) -> list[str]:
    """Return a sentence for each variable that is named like a setting and is none: probably a misspelling."""
    known = frozenset[str]().union(*map(variables, kinds)) | {ENV_FILE}
    strange = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    return [
        f"{name} is no setting of mine, so it does nothing.{_did_you_mean(name, known)}" for name in strange
    ]


def unread_file_hint() -> str | None:
    """Return a sentence about a `.env` in the working directory that nobody told us to read, if there is one."""
    if ENV_FILE in os.environ or not Path(".env").exists():
        return None
    return f"There is a .env here. I read it only when I am told to: {ENV_FILE}=.env"


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _env_file(environment: Mapping[str, str]) -> Path | None:
    named = environment.get(ENV_FILE)
    if not named:
        return None
    path = Path(named).expanduser()
    if not os.access(path, os.R_OK):
        raise BadConfiguration(
            f"{ENV_FILE}: {path} cannot be read. Name a file that exists, or leave it out."
        )
    return path


def _complaint(kind: type[Settings], problem: Mapping[str, Any]) -> str:
    place = str(problem["loc"][0])
    name, field = next((n, f) for n, f in kind.model_fields.items() if place in {n, f.validation_alias})
    said = f"{variable(name, field)} {_what(problem)}. It is {field.description}"
    return f"{said}, for example {field.examples[0]}." if field.examples else f"{said}."


def _what(problem: Mapping[str, Any]) -> str:
    match problem["type"]:
        case "missing":
            return "is not set"
        case "value_error":
            return f"is wrong: {problem['ctx']['error']}"
        case "string_pattern_mismatch":
            return "is wrong: it has characters that have no place there"
        case _:
            return f"is wrong: {problem['msg'].replace('Input', 'it').replace('String', 'it')}"
