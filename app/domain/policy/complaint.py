"""A mistake in `.github/handoff.yml` as a sentence: where it is, what it is, what should be there. Pure."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

from app.domain.policy.environment import NetworkEntry, ServiceEntry
from app.domain.policy.file import CheckEntry, ConfigurationFile
from app.domain.policy.limits import Limits
from app.domain.policy.places import Path, Twice, line_at
from app.domain.policy.policy import PATH
from app.domain.policy.shape import SENTENCE

KINDS = {
    "string_type": "should be a text; put it in quotes",
    "int_type": "should be a whole number",
    "list_type": "should be a list, with a dash before each entry",
    "model_type": "should have keys of its own, each on a line that is further in",
    "dict_type": "should have keys of its own, each on a line that is further in",
    "string_too_short": "is empty",
    "invalid_key": "is no key that I know; keys are texts",
}

_NO_KEYS = ("[key]", "[name]", "[service]")
"""What pydantic puts into a path for a key itself, and for one of several shapes."""


def complaint(mistake: Mapping[str, Any], lines: Mapping[Path, int]) -> str:
    """Return the sentence about one mistake that pydantic found."""
    path: Path = tuple(part for part in mistake["loc"] if part not in _NO_KEYS)
    if not path:
        return f"`{PATH}` should be keys with values, like `preset: standard`, and nothing else."
    where = place(path, line_at(lines, path))
    match mistake["type"]:
        case "extra_forbidden":
            return f"{where} is no key that I know.{_did_you_mean(path)}"
        case kind if kind == SENTENCE:
            return f"{where} {mistake['msg']}."
        case "missing":
            return f"{where} is missing{_it_is(path)}."
        case kind:
            return f"{where} {KINDS.get(kind) or _wrong(mistake)}{_it_is(path)}."


def told_twice(found: Twice) -> str:
    """Return the sentence about a key that is said twice."""
    return f"{place(found.path, found.line)} was said in line {found.first_line} already. Please keep one of them."


def place(path: Sequence[str | int], line: int | None) -> str:
    """Return how a sentence about a key begins."""
    key = ".".join(str(part) for part in path)
    return f"`{PATH}`, line {line}: `{key}`" if line else f"`{PATH}`: `{key}`"


def _wrong(mistake: Mapping[str, Any]) -> str:
    said = str(mistake["msg"]).replace("Input ", "").replace("String ", "").replace("List ", "")
    return said[0].lower() + said[1:]


def _it_is(path: Path) -> str:
    model, key = _model(path), path[-1]
    if model is None or key not in model.model_fields:
        return ""
    return f". It is {model.model_fields[str(key)].description}"


def _did_you_mean(path: Path) -> str:
    model = _model(path)
    known = list(model.model_fields) if model else []
    close = get_close_matches(str(path[-1]), known, n=1)
    if close:
        return f" Did you mean `{close[0]}`?"
    return f" I know {', '.join(f'`{key}`' for key in known)} there." if known else ""


def _model(path: Path) -> type[BaseModel] | None:
    match path[:-1]:
        case ():
            return ConfigurationFile
        case ("checks", int()):
            return CheckEntry
        case ("services", int()):
            return ServiceEntry
        case ("limits",):
            return Limits
        case ("network",):
            return NetworkEntry
        case _:
            return None
