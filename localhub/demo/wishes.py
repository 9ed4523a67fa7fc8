"""What somebody wants of the demo: `make demo ONCE=1 AGENT=… REPO=… ISSUE=… MODEL_URL=…`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localhub.sample.build import SCRIPTS, SampleIssue, read_issue, sample_issues


class WishError(Exception):
    """Something that was wished for cannot be done; the sentence says what to do instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What to demonstrate. `repository` None is the sample that comes along."""

    once: bool
    agent: str
    model_url: str | None
    repository: Path | None
    issues: tuple[SampleIssue, ...]
    seconds: float


def wishes(environment: Mapping[str, str] = os.environ) -> Wishes:
    """Read the wishes out of the environment.

    Raises:
        WishError: one of them cannot be met.
    """
    repository = _path(environment, "REPO")
    issue = _path(environment, "ISSUE")
    agent = environment.get("AGENT", "").strip()
    if repository is not None and not (repository / ".git").exists() and not (repository / "HEAD").exists():
        raise WishError(f"REPO={repository} is not a git repository: give the folder of one.")
    if (repository is not None or issue is not None) and agent in {"", "scripted"}:
        raise WishError(
            "The scripted agent knows only the issues of the sample repository. "
            'Name a real one as well, for instance AGENT=claude or AGENT="your-command {brief}".'
        )
    if repository is not None and issue is None:
        raise WishError("With REPO= an ISSUE= is needed too: a Markdown file whose first line is the title.")
    return Wishes(
        once=environment.get("ONCE", "") not in {"", "0"},
        agent=f"scripted:{SCRIPTS}" if agent in {"", "scripted"} else agent,
        model_url=environment.get("MODEL_URL") or None,
        repository=repository,
        issues=(read_issue(issue),) if issue is not None else tuple(sample_issues()),
        seconds=float(environment.get("DEMO_SECONDS", "600")),
    )


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name, "").strip()
    if not value:
        return None
    path = Path(value).expanduser().absolute()
    if not path.exists():
        raise WishError(f"{name}={value} does not exist: give the path of one that does.")
    return path
