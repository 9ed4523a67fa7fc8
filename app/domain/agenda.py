"""Stages and the agenda: which steps a job takes, in which order, and what kind of step each is.

A later stage is a row of `STAGES` and an entry of somebody's agenda. Nothing may ask `if stage == …`:
what a stage is like is said by its role, and what follows from its ending by the table in `lifecycle`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """A step of a job's agenda."""

    IMPLEMENT = "implement"
    CHECK = "check"
    FIX = "fix"
    PUBLISH = "publish"
    REVIEW = "review"
    REVISE = "revise"
    REBASE = "rebase"
    CONFIGURE = "configure"
    PROPOSE = "propose"


class Tier(StrEnum):
    """How strong an agent a run gets."""

    JUNIOR = "junior"
    SENIOR = "senior"


class Role(StrEnum):
    """What kind of step a stage is, and so how its endings are read."""

    MAKE = "make"  # an agent changes the code
    CHECK = "check"  # we run the repository's own commands on the result
    PUBLISH = "publish"  # we bring the result to GitHub
    JUDGE = "judge"  # an agent with fresh eyes says what it thinks of the result
    OFFER = "offer"  # we prepare something that nobody asked for: what goes wrong with it bothers nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class StageKind:
    """What is to be known about a stage: its role, its name as a noun, and the words for *what is going on now*.

    A stage that takes asks answers everything that people have asked for when it begins. A momentary one is over
    before anybody has read that it began, so its beginning is not shown.
    """

    role: Role
    noun: str
    doing: str
    takes_asks: bool = False
    momentary: bool = False


STAGES: dict[Stage, StageKind] = {
    Stage.IMPLEMENT: StageKind(role=Role.MAKE, noun="work on the change", doing="writing the change"),
    Stage.CHECK: StageKind(role=Role.CHECK, noun="run of the checks", doing="running the checks on it"),
    Stage.FIX: StageKind(role=Role.MAKE, noun="fix", doing="mending what the checks found"),
    Stage.PUBLISH: StageKind(
        role=Role.PUBLISH, noun="publishing", doing="bringing it to the pull request", momentary=True
    ),
    Stage.REVIEW: StageKind(role=Role.JUDGE, noun="review", doing="reviewing it with fresh eyes"),
    Stage.REVISE: StageKind(
        role=Role.MAKE, noun="revision", doing="taking in your comments", takes_asks=True
    ),
    Stage.REBASE: StageKind(role=Role.MAKE, noun="merge", doing="bringing it together with the base branch"),
    Stage.CONFIGURE: StageKind(
        role=Role.OFFER,
        noun="look at the repository",
        doing="trying out how this repository is set up and checked",
    ),
    Stage.PROPOSE: StageKind(
        role=Role.OFFER,
        noun="proposal of a configuration",
        doing="proposing the configuration",
        momentary=True,
    ),
}

BUILD: tuple[Stage, ...] = (Stage.IMPLEMENT, Stage.CHECK, Stage.PUBLISH, Stage.REVIEW)
"""The agenda of a job that builds something from an issue."""

REVISION: tuple[Stage, ...] = (Stage.REVISE, Stage.CHECK, Stage.PUBLISH)
"""What is added when a person asks for changes."""

REBASING: tuple[Stage, ...] = (Stage.REBASE, Stage.CHECK, Stage.PUBLISH)
"""What is added when the pull request conflicts with its base."""

CONFIGURING: tuple[Stage, ...] = (Stage.CONFIGURE, Stage.PROPOSE)
"""The agenda of a job that offers a configuration to a repository that has none."""


class Ending(StrEnum):
    """How a run ended. Each is a row of the lifecycle and a sentence in the voice."""

    SUCCEEDED = "succeeded"
    NOT_REPRODUCED = "could not reproduce"
    BLOCKED = "blocked"  # something was found that must be mended before going on
    NEEDS_ANSWER = "needs an answer"
    NOTHING_CHANGED = "nothing changed"
    OVER_BUDGET = "over budget"
    TIMED_OUT = "timed out"
    STALLED = "stalled"
    REFUSED = "refused"
    CRASHED = "crashed"
    LOST = "lost"
    STOPPED = "stopped"
