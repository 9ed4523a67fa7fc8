"""The shape of `.github/handoff.yml`. The published schema, the reference page and the reader are made from it.

A description completes *It is …*, in error messages and on the page alike.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.domain.policy.policy import Check, Policy

_USUAL = Policy()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CheckEntry(_Strict):
    """One command that says whether a change is good."""

    model_config = ConfigDict(title="Check")

    name: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        description="the name that the check has in comments and on the pull request", examples=["tests"]
    )
    run: Annotated[str, Field(min_length=1, max_length=2000)] = Field(
        description="the command, run by a shell from the root of a fresh clone; exit code 0 means it passed",
        examples=["pytest -q"],
    )
    timeout_seconds: Annotated[int, Field(ge=1, le=4 * 3600)] = Field(
        Check(name="", run="").timeout_seconds,
        description="the time after which it is ended and counts as failed, in seconds",
        examples=[600],
    )


class Limits(_Strict):
    """What one change may take; reaching a limit is told on the issue or the pull request."""

    changed_files: Annotated[int, Field(ge=1, le=3000)] = Field(
        _USUAL.changed_files_limit,
        description="the number of files that one change may touch",
        examples=[40],
    )
    diff_bytes: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        _USUAL.diff_bytes_limit,
        description="the size of a change's diff, in bytes",
        examples=[1_000_000],
    )
    inline_comments: Annotated[int, Field(ge=0, le=25)] = Field(
        _USUAL.inline_comments_limit,
        description="the number of remarks that a review puts beside lines; the others go into its text",
        examples=[3],
    )
    run_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = Field(
        _USUAL.run_timeout_seconds // 60,
        description="the time that one run of an agent may take, in minutes; a local model may need more",
        examples=[240],
    )
    stall_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = Field(
        _USUAL.stall_seconds // 60,
        description="the time without any output after which a run is ended, in minutes",
        examples=[30],
    )
    output_megabytes: Annotated[int, Field(ge=1, le=1000)] = Field(
        _USUAL.output_bytes_limit // 1_000_000,
        description="the amount of output after which a run is ended, in megabytes",
        examples=[10],
    )


class ConfigurationFile(_Strict):
    """How Handoff works in this repository. Only what stands on the default branch counts."""

    model_config = ConfigDict(title="Handoff in a repository (.github/handoff.yml)")

    preset: Literal["prototype", "standard", "cautious"] = Field(
        "standard",
        description="the set of limits and protected paths that this file begins with; its own keys count over it",
        examples=["cautious"],
    )
    setup: Annotated[list[Annotated[str, Field(min_length=1, max_length=2000)]], Field(max_length=20)] = (
        Field(
            default=[],
            description="the list of commands that make a fresh clone ready for the checks; without it and without "
            "`checks`, it is detected",
            examples=[["npm ci"]],
        )
    )
    checks: Annotated[list[CheckEntry], Field(max_length=20)] = Field(
        default=[],
        description="the list of commands that say whether a change is good; without it they are detected, and "
        "an empty list means that nothing is checked",
        examples=[[{"name": "tests", "run": "pytest -q"}]],
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
