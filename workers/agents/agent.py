"""What an agent is to us: a way to start a program and to understand how it ended.

It refuses to be a runner: it starts nothing, opens no network and reads no clock. The cage runs a `Launch`;
the caller writes the brief first and reads the outcome afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from app.domain.agenda import Tier
from workers.agents.report import AgentReport
from workers.cage.spec import Exit


class RunKind(StrEnum):
    """What a run is asked to do; each kind has its own brief and its own outcome schema."""

    IMPLEMENT = "implement"
    FIX = "fix"
    REVISE = "revise"
    REBASE = "rebase"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One stay of an agent in a cage. All paths are as the agent sees them from inside.

    `model_key` is a placeholder that means something only to the gateway, never a provider's key.
    `session_id` resumes an earlier conversation of the same agent in the same home.
    """

    run_id: str
    kind: RunKind
    workspace: Path
    home: Path
    model_url: str | None = None
    model_key: str | None = None
    model: str | None = None
    tier: Tier = Tier.JUNIOR
    session_id: str | None = None

    @property
    def brief(self) -> Path:
        """Where the agent finds what it is asked to do."""
        return self.home / "brief.md"

    @property
    def outcome(self) -> Path:
        """Where the agent must leave its outcome, in the private home and never in the workspace."""
        return self.home / "outcome.json"

    @property
    def response(self) -> Path:
        """Where the agent may leave prose for people."""
        return self.home / "response.md"

    @property
    def schema(self) -> Path:
        """Where the agent finds the JSON schema of its outcome."""
        return self.home / "outcome.schema.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How to start the program: standard input is `/dev/null`, the current folder is the workspace.

    `environment` is the whole environment, nothing is inherited. `readable` are the paths beyond the
    system's own that the program needs to see, read-only, at the same place inside the cage.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str]
    readable: tuple[Path, ...] = ()


class Agent(Protocol):
    """A configured way to run a coding agent."""

    @property
    def name(self) -> str:
        """The word people use for it in settings, comments and receipts."""
        ...

    def launch(self, visit: Visit) -> Launch:
        """Return how to start it; raises BadConfiguration when the program is not there."""
        ...

    def read(self, end: Exit, home: Path) -> AgentReport:
        """Return what the end of its program means; `home` is what the visit called so."""
        ...
