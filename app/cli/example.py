"""Every setting as a file to fill in: what `.env.example` is made of. Pure."""

import textwrap
from collections.abc import Iterable
from pathlib import PurePath

from pydantic.fields import FieldInfo

from app.config import ENV_FILE, Settings, WebSettings, WorkerSettings, variable

WIDTH = 100

_HEAD = f"""\
# The settings of Handoff. Copy this file, fill in what is not commented out, and name it:
#     {ENV_FILE}=/path/to/this/file handoff up
# A variable of the environment counts over the same one here, and one here over handoff.toml and over what set-up
# registered (docs/configuration.md). Nobody reads a `.env` that is not named so.
# Made from the settings themselves (`handoff settings`); do not edit by hand.
"""

_SECTIONS: tuple[tuple[str, type[Settings]], ...] = (
    ("Every process", Settings),
    ("The web process", WebSettings),
    ("The workers", WorkerSettings),
)


def env_example() -> str:
    """Return the file: needed settings to be filled in, the others commented out with their defaults."""
    return "\n".join([_HEAD, *(_section(title, kind) for title, kind in _SECTIONS)])


def _section(title: str, kind: type[Settings]) -> str:
    inherited = set() if kind is Settings else set(Settings.model_fields)
    own = [_entry(name, field) for name, field in kind.model_fields.items() if name not in inherited]
    return "\n".join([f"# --- {title} ---", "", *own])


def _entry(name: str, field: FieldInfo) -> str:
    description = field.description or ""
    told = textwrap.wrap(f"{description[0].upper()}{description[1:]}.", WIDTH - 2)
    line = f"{variable(name, field)}={_value(field)}"
    return "\n".join([*_commented(told), line if field.is_required() else f"# {line}", ""])


def _value(field: FieldInfo) -> str:
    if field.is_required():
        return ""
    if field.default is None:
        return str(field.examples[0]) if field.examples else ""
    return f"./{field.default}" if isinstance(field.default, PurePath) else str(field.default)


def _commented(lines: Iterable[str]) -> list[str]:
    return [f"# {line}" for line in lines]
