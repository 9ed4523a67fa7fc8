"""Reads settings, and says in one line a setting what is wrong with it and how to mend it.

A variable counts over the same name in the file that `HANDOFF_ENV_FILE` names, that over `handoff.toml`, and that
over what set-up registered. An empty one is not set.
"""

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from app.config.remote import TOKEN, URL
from app.config.settings import PREFIX, Settings, variable
from app.config.sources import CONFIG_FILE, ENV_FILE, Given, env_file, given_besides, server_file, spelled_out
from app.domain.errors import BadConfiguration

_S = TypeVar("_S", bound=Settings)


def load(kind: type[_S]) -> _S:
    """Read the settings of one process.

    Raises:
        BadConfiguration: something is missing or wrong; its message has one line for each such variable.
    """
    given = given_besides(kind, os.environ)
    try:
        return kind(_env_file=env_file(os.environ), **given.values)
    except ValidationError as error:
        lines = (_complaint(kind, problem, given) for problem in error.errors(include_url=False))
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


def variables(kind: type[Settings]) -> frozenset[str]:
    """Return the variables that a process reads."""
    return frozenset(variable(name, field) for name, field in kind.model_fields.items())


def environment_for(kind: type[Settings], others: Iterable[type[Settings]]) -> dict[str, str]:
    """Return the environment for a child that is this process: no setting in it belongs to the `others` alone.

    What the file of variables says is spelled out in it, so that the child needs no such file. What `handoff.toml`
    and the registration say is not: those files are private, and the child takes from them what is its own.

    Raises:
        BadConfiguration: the file of variables cannot be read.
    """
    not_its_own = frozenset[str]().union(*map(variables, others)) - variables(kind)
    not_its_own |= {ENV_FILE, URL, TOKEN}
    its_own = variables(kind) | {CONFIG_FILE} | os.environ.keys()
    spelled = spelled_out(os.environ)
    return {name: value for name, value in spelled.items() if name in its_own and name not in not_its_own}


def unknown_variables(environment: Iterable[str], kinds: Iterable[type[Settings]]) -> list[str]:
    """Return a sentence for each variable that is named like a setting and is none: probably a misspelling."""
    known = frozenset[str]().union(*map(variables, kinds)) | {ENV_FILE, CONFIG_FILE, URL, TOKEN}
    strange = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    return [
        f"{name} is no setting of mine, so it does nothing.{_did_you_mean(name, known)}" for name in strange
    ]


def unread_file_hint() -> str | None:
    """Return what to know about settings files that lie there and are not read, if there are any."""
    return "\n".join(filter(None, [_unread_dotenv(), ignored_server_file()])) or None


def ignored_server_file() -> str | None:
    """Return the sentence about a `handoff.toml` that is not obeyed, if there is one."""
    try:
        return server_file(spelled_out(os.environ))[1]
    except BadConfiguration:
        return None


def _unread_dotenv() -> str | None:
    if ENV_FILE in os.environ or not Path(".env").exists():
        return None
    return f"There is a .env here. I read it only when I am told to: {ENV_FILE}=.env"


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _complaint(kind: type[Settings], problem: Mapping[str, Any], given: Given) -> str:
    place = str(problem["loc"][0])
    name, field = next((n, f) for n, f in kind.model_fields.items() if place in {n, f.validation_alias})
    written = given.file is not None and name in given.values and name in given.file.values
    subject = given.file.place(name) if written and given.file else variable(name, field)
    said = f"{subject} {_what(problem)}. It is {field.description}"
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
