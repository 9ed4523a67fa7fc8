"""A repository's own configuration, `.github/handoff.yml`, read strictly. Where the text comes from is not said here.

A key that we do not know is an error with its name, never silence: a misspelt `cheks:` would otherwise
mean that nothing is checked.
"""

from dataclasses import dataclass
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.domain.errors import BadConfiguration

PATH = ".github/handoff.yml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One command of the repository's own that says whether a change is good. Run by a shell, from the root."""

    name: str
    run: str
    timeout_seconds: int = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the repository asks of us. The defaults are what an absent file means."""

    checks: tuple[Check, ...] = ()
    setup: tuple[str, ...] = ()
    protected_paths: tuple[str, ...] = (".github/workflows/**", ".github/handoff.yml", ".github/CODEOWNERS")
    changed_files_limit: int = 100
    diff_bytes_limit: int = 4_000_000
    inline_comments_limit: int = 5
    run_timeout_seconds: int = 45 * 60
    stall_seconds: int = 8 * 60
    from_file: bool = False


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _CheckEntry(_Strict):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    run: Annotated[str, Field(min_length=1, max_length=2000)]
    timeout_seconds: Annotated[int, Field(ge=1, le=4 * 3600)] = 900


class _Limits(_Strict):
    changed_files: Annotated[int, Field(ge=1, le=3000)] = 100
    diff_bytes: Annotated[int, Field(ge=1)] = 4_000_000
    inline_comments: Annotated[int, Field(ge=0, le=25)] = 5
    run_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 45
    stall_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 8


class _File(_Strict):
    setup: Annotated[list[str], Field(max_length=20)] = []
    checks: Annotated[list[_CheckEntry], Field(max_length=20)] = []
    protected_paths: Annotated[list[str], Field(max_length=100)] = []
    limits: _Limits = _Limits()


def read_policy(text: str | None) -> Policy:
    """Read the file's text (None: there is no file) into a policy.

    Raises:
        BadConfiguration: with one sentence that names the key or the line, and what is wrong with it.
    """
    if text is None:
        return Policy()
    try:
        entries = _File.model_validate(yaml.safe_load(text) or {})
    except yaml.YAMLError as error:
        raise BadConfiguration(f"`{PATH}` is not valid YAML: {_where(error)}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadConfiguration(f"`{PATH}`: `{key}`: {first['msg'].lower()}.") from error
    return _policy(entries)


def _policy(entries: _File) -> Policy:
    return Policy(
        checks=tuple(
            Check(name=c.name, run=c.run, timeout_seconds=c.timeout_seconds) for c in entries.checks
        ),
        setup=tuple(entries.setup),
        protected_paths=Policy().protected_paths + tuple(entries.protected_paths),
        changed_files_limit=entries.limits.changed_files,
        diff_bytes_limit=entries.limits.diff_bytes,
        inline_comments_limit=entries.limits.inline_comments,
        run_timeout_seconds=entries.limits.run_minutes * 60,
        stall_seconds=entries.limits.stall_minutes * 60,
        from_file=True,
    )


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be read"
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)
