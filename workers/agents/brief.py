"""What an agent is asked to do, in words: a template with fixed `{name}` places and the values that fill them.

There is no template engine on purpose: a repository may bring its own brief, and a template engine is code
execution. Text that people wrote goes inside a fence it cannot close.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from app.domain.errors import BadConfiguration
from workers.agents.agent import RunKind, Visit
from workers.agents.examples import example_text
from workers.agents.outcome import Invalid

_PLACE = re.compile(r"\{([a-z_]+)\}")
_BACKTICKS = re.compile(r"`{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """The issue as it was when an authorised person acted. All of it is somebody's text, so all of it is data."""

    number: int
    title: str
    body: str
    author: str


@dataclass(frozen=True, slots=True)
class Check:
    """A command the host will run on the result."""

    name: str
    run: str


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered, verbatim, to what was asked; `by` is None when the deadline took the recommended answer."""

    question: str
    answer: str
    by: str | None


def implement_brief(
    visit: Visit,
    *,
    repository: str,
    issue: Issue,
    checks: Sequence[Check],
    told: Sequence[Told] = (),
    style: str = "",
    template: str | None = None,
) -> str:
    """Return the brief of an implement run; raises BadConfiguration for a template that does not fit."""
    values = {**_common(visit, repository, issue), **_ways(checks, told, style)}
    return render(template or shipped_template(RunKind.IMPLEMENT), values)


def mend_brief(
    visit: Visit,
    *,
    repository: str,
    issue: Issue,
    checks: Sequence[Check],
    evidence: str,
    told: Sequence[Told] = (),
    style: str = "",
) -> str:
    """Return the brief of a fix or a rebase run; `evidence` is what is wrong, as it was seen."""
    values = {**_common(visit, repository, issue), **_ways(checks, told, style)}
    return render(shipped_template(visit.kind), values | {"evidence": fenced(evidence)})


def revise_brief(
    visit: Visit,
    *,
    repository: str,
    issue: Issue,
    checks: Sequence[Check],
    items: str,
    told: Sequence[Told] = (),
    style: str = "",
) -> str:
    """Return the brief of a revise run; `items` is Markdown in which every foreign text is fenced already."""
    values = {**_common(visit, repository, issue), **_ways(checks, told, style)}
    return render(shipped_template(visit.kind), values | {"items": items})


def review_brief(
    visit: Visit,
    *,
    repository: str,
    issue: Issue,
    diff: Path,
    checks: Sequence[Check],
    template: str | None = None,
) -> str:
    """Return the brief of a review run; `diff` is the path of the unified diff as the agent sees it."""
    values = {**_common(visit, repository, issue), "checks": _listed(checks), "diff": str(diff)}
    return render(template or shipped_template(RunKind.REVIEW), values)


def repair_brief(visit: Visit, invalid: Invalid) -> str:
    """Return the brief of the one turn an agent gets to mend its outcome file, and nothing else."""
    values = {
        "because": fenced(invalid.because),
        "outcome": str(visit.outcome),
        "schema": str(visit.schema),
        "example": example_text(visit.kind),
    }
    return render(_template("repair"), values)


def render(template: str, values: Mapping[str, str]) -> str:
    """Return `template` with every `{name}` replaced once; raises BadConfiguration unless places and values agree."""
    places = set(_PLACE.findall(template))
    if unknown := sorted(places - values.keys()):
        raise BadConfiguration(
            f"The brief names {_braced(unknown)}, which is not known; it may use {_braced(values)}."
        )
    if missing := sorted(values.keys() - places):
        raise BadConfiguration(
            f"The brief does not use {_braced(missing)}; the agent could not work without it."
        )
    return _PLACE.sub(lambda place: values[place[1]], template)


def fenced(text: str) -> str:
    """Return `text` in a code fence longer than any run of backticks in it."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"


def shipped_template(kind: RunKind) -> str:
    """Return our own brief for `kind`."""
    return _template(kind)


def _template(name: str) -> str:
    return files("workers.agents").joinpath("briefs", f"{name}.md").read_text(encoding="utf-8")


def _common(visit: Visit, repository: str, issue: Issue) -> dict[str, str]:
    return {
        "repository": repository,
        "number": str(issue.number),
        "author": issue.author,
        "issue": fenced(f"{issue.title}\n\n{issue.body}"),
        "workspace": str(visit.workspace),
        "outcome": str(visit.outcome),
        "response": str(visit.response),
        "schema": str(visit.schema),
        "example": example_text(visit.kind),
    }


def _ways(checks: Sequence[Check], told: Sequence[Told], style: str) -> dict[str, str]:
    return {"checks": _listed(checks), "told": _said(told), "house_style": style}


def _listed(checks: Sequence[Check]) -> str:
    return fenced("\n".join(f"{check.name}: {check.run}" for check in checks)) if checks else "It names none."


def _said(told: Sequence[Told]) -> str:
    """Return what people with write access have decided already; unlike the issue, this is instruction."""
    if not told:
        return ""
    each = [
        f"To: {entry.question}\n\n{f'@{entry.by} said' if entry.by else 'Nobody answered in time, so this counts'}:\n\n"
        f"{fenced(entry.answer)}"
        for entry in told
    ]
    return "## What people have decided\n\n" + "\n\n".join(each)


def _braced(names: Mapping[str, str] | list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
