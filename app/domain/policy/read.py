"""Reads the text of `.github/handoff.yml` strictly into a policy, or says in full sentences what is wrong with it."""

from collections.abc import Iterable
from dataclasses import replace

import yaml
from pydantic import ValidationError

from app.domain.errors import BadConfiguration
from app.domain.policy.complaint import complaint, told_twice
from app.domain.policy.environment import ServiceEntry
from app.domain.policy.file import ConfigurationFile
from app.domain.policy.limits import Limits
from app.domain.policy.places import line_at, lines_of, twice
from app.domain.policy.policy import MIB, PATH, PRESETS, Check, Policy, Service

LIMIT_CHARACTERS = 64 * 1024
"""More than that is no configuration."""
LIMIT_DEPTH = 20
COMPLAINTS_AT_ONCE = 5


def read_policy(text: str | None) -> Policy:
    """Read the file's text (None: there is no file) into a policy.

    Raises:
        BadConfiguration: a sentence for each mistake, up to five, with its line, its key, and what it should be.
    """
    if text is None:
        return Policy()
    if len(text) > LIMIT_CHARACTERS:
        raise BadConfiguration(
            f"`{PATH}` is longer than {LIMIT_CHARACTERS:,} characters, so I did not read it."
        )
    return _policy(_entries(text))


def _entries(text: str) -> ConfigurationFile:
    root, written = _yaml(text)
    doubled = [told_twice(each) for each in twice(root)]
    if doubled:
        raise _refusal(doubled)
    try:
        return ConfigurationFile.model_validate({} if written is None else written)
    except ValidationError as error:
        lines = lines_of(root)
        mistakes = sorted(error.errors(include_url=False), key=lambda each: line_at(lines, each["loc"]) or 0)
        raise _refusal([complaint(mistake, lines) for mistake in mistakes]) from error


def _yaml(text: str) -> tuple[yaml.Node | None, object]:
    try:
        _bounded(yaml.parse(text, Loader=yaml.SafeLoader))
        return yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadConfiguration(f"`{PATH}` is not valid YAML: {_where(error)}.") from error
    except ValueError as error:  # a date without its day, a number without end
        raise BadConfiguration(f"`{PATH}` holds a value that cannot be read. Put texts in quotes.") from error


def _bounded(events: Iterable[yaml.Event]) -> None:
    """Refuse what a few lines could unfold to gigabytes with: sharing, and nests of nests."""
    depth = 0
    for event in events:
        place = f"`{PATH}`, line {event.start_mark.line + 1}" if event.start_mark else f"`{PATH}`"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > LIMIT_DEPTH:
            raise BadConfiguration(f"{place}: this is nested deeper than anything that I know.")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise BadConfiguration(f"{place}: I read no YAML anchors (`&`, `*`). Write it out, please.")


def _refusal(sentences: list[str]) -> BadConfiguration:
    rest = len(sentences) - COMPLAINTS_AT_ONCE
    more = [f"{rest} more {'is' if rest == 1 else 'are'} wrong."] if rest > 0 else []
    return BadConfiguration(" ".join([*sentences[:COMPLAINTS_AT_ONCE], *more]))


def _policy(entries: ConfigurationFile) -> Policy:
    preset = PRESETS[entries.preset]
    return replace(
        preset,
        checks=tuple(
            Check(name=c.name, run=c.run, timeout_seconds=c.timeout_seconds) for c in entries.checks
        ),
        setup=tuple(entries.setup),
        env=tuple(entries.env.items()),
        secrets=tuple(entries.secrets),
        services=tuple(_service(entry) for entry in entries.services),
        image=entries.image,
        network_allow=tuple(dict.fromkeys(entries.network.allow)),
        registries=entries.network.registries,
        leave_out_submodules=entries.submodules == "leave-out",
        leave_out_lfs=entries.lfs == "leave-out",
        protected_paths=tuple(dict.fromkeys((*preset.protected_paths, *entries.protected_paths))),
        from_file=True,
        checks_named="checks" in entries.model_fields_set,
        **_said(entries.limits),
    )


def _service(entry: str | ServiceEntry) -> Service:
    if isinstance(entry, str):
        return Service(name=entry)
    return Service(
        name=entry.name, run=entry.run, ready=entry.ready, port=entry.port, env=tuple(entry.env.items())
    )


def _said(limits: Limits) -> dict[str, int]:
    """Return the limits that the file itself sets, as a policy has them."""
    named = {
        "changed_files": ("changed_files_limit", limits.changed_files),
        "diff_bytes": ("diff_bytes_limit", limits.diff_bytes),
        "inline_comments": ("inline_comments_limit", limits.inline_comments),
        "run_minutes": ("run_timeout_seconds", limits.run_minutes * 60),
        "stall_minutes": ("stall_seconds", limits.stall_minutes * 60),
        "output_megabytes": ("output_bytes_limit", limits.output_megabytes * 1_000_000),
        "memory_megabytes": ("memory_bytes_limit", limits.memory_megabytes * MIB),
        "disk_megabytes": ("disk_bytes_limit", limits.disk_megabytes * MIB),
        "processes": ("processes_limit", limits.processes),
    }
    return dict(named[key] for key in limits.model_fields_set)


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be read"
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)
