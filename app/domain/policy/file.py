"""The shape of `.github/handoff.yml`. The published schema, the reference page and the reader are made from it.

A description completes *It is …*, in error messages and on the page alike.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from app.domain.policy.environment import Image, Names, NetworkEntry, ServiceEntry, ServiceOrName, Variables
from app.domain.policy.limits import Limits
from app.domain.policy.policy import Check
from app.domain.policy.shape import Command, Strict, sentence

LeftOut = Literal["refuse", "leave-out"]


class CheckEntry(Strict):
    """One command that says whether a change is good."""

    model_config = ConfigDict(title="Check")

    name: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        description="the name that the check has in comments and on the pull request", examples=["tests"]
    )
    run: Command = Field(
        description="the command, run by a shell from the root of a fresh clone; exit code 0 means it passed",
        examples=["pytest -q"],
    )
    timeout_seconds: Annotated[int, Field(ge=1, le=4 * 3600)] = Field(
        Check(name="", run="").timeout_seconds,
        description="the time after which it is ended and counts as failed, in seconds",
        examples=[600],
    )


def _told_apart(entries: list[str | ServiceEntry]) -> list[str | ServiceEntry]:
    names = [entry if isinstance(entry, str) else entry.name for entry in entries]
    ports = [entry.port for entry in entries if isinstance(entry, ServiceEntry) and entry.port]
    for each in (names, ports):
        doubled = next((one for number, one in enumerate(each) if one in each[:number]), None)
        if doubled is not None:
            raise sentence(f"has `{doubled}` twice. Give each service a name and a port of its own")
    return entries


class ConfigurationFile(Strict):
    """How Handoff works in this repository. Only what stands on the default branch counts."""

    model_config = ConfigDict(title="Handoff in a repository (.github/handoff.yml)")

    preset: Literal["prototype", "standard", "cautious"] = Field(
        "standard",
        description="the set of limits and protected paths that this file begins with; its own keys count over it",
        examples=["cautious"],
    )
    setup: Annotated[list[Command], Field(max_length=20)] = Field(
        default=[],
        description="the list of commands that make a fresh clone ready for the checks; without it and without "
        "`checks`, it is detected",
        examples=[["npm ci"]],
    )
    checks: Annotated[list[CheckEntry], Field(max_length=20)] = Field(
        default=[],
        description="the list of commands that say whether a change is good; without it they are detected, and "
        "an empty list means that nothing is checked",
        examples=[[{"name": "tests", "run": "pytest -q"}]],
    )
    env: Variables = Field(
        default={},
        description="the variables that set-up, checks and agents get, each with its text",
        examples=[{"TZ": "UTC"}],
    )
    secrets: Names = Field(
        default=[],
        description="the list of variables that only checks get, never agents; whoever runs Handoff sets their values "
        "with `handoff secret set`",
        examples=[["TEST_API_KEY"]],
    )
    services: Annotated[list[ServiceOrName], Field(max_length=10), AfterValidator(_told_apart)] = Field(
        default=[],
        description="the list of programs that checks talk to, started beside them: `postgres`, `redis`, or a name "
        "with a command",
        examples=[["postgres"]],
    )
    image: Image | None = Field(
        None,
        description="the image that agents and checks run in; it needs HANDOFF_CAGE=docker on the server",
        examples=["node:22"],
    )
    network: NetworkEntry = Field(
        default=NetworkEntry(),
        description="the network that agents and checks have, each part with its own key",
    )
    submodules: LeftOut = Field(
        "refuse",
        description="the choice what becomes of a repository with submodules: refused, or done without their files",
        examples=["leave-out"],
    )
    lfs: LeftOut = Field(
        "refuse",
        description="the choice what becomes of a repository with files in Git LFS: refused, or done with their "
        "pointers only",
        examples=["leave-out"],
    )
    protected_paths: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=300)]], Field(max_length=100)
    ] = Field(
        default=[],
        description="the list of patterns for what a change must not touch, besides what the preset protects; "
        "`**` crosses folders, `*` and `?` do not",
        examples=[["billing/**"]],
    )
    limits: Limits = Field(default=Limits(), description="the limits of one change, each with its own key")
