"""The handful of things that a flow may touch, put together once in `workers.main`. Only a bundle, no behaviour."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app.domain.agenda import Tier
from app.domain.evidence import Us
from app.domain.ids import Repository
from app.domain.redaction import Redactor
from app.domain.schedule import Limits
from app.github.client import Door
from app.ledger.store import Ledger
from app.live import LiveTail
from app.stop_file import path_of
from workers.agents.agent import Agent
from workers.bot import BotAccount
from workers.cage.sandbox import Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What flows work with. `worker` names this process in the ledger; `now` is the only clock."""

    ledger: Ledger
    github: Door
    us: Us
    bot: BotAccount
    now: Callable[[], datetime]
    worker: str
    data: Path
    sandbox: Sandbox
    junior: Agent
    senior: Agent
    reviewer: Agent
    redactor: Redactor
    marker_key: bytes
    limits: Limits
    git_url: str
    lease_seconds: float = 30
    adoption_seconds: float = 120
    unattended_seconds: float = 90
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    model_url: str | None = None
    network_allow: tuple[str, ...] = ()
    private_networks: tuple[str, ...] = ()
    nudge: Callable[[], None] = lambda: None
    live: LiveTail | None = None

    def agent(self, tier: Tier) -> Agent:
        """The agent that changes code at this tier."""
        return self.senior if tier is Tier.SENIOR else self.junior

    def mirror_path(self, repository: Repository) -> Path:
        """Where the bare mirror of a repository lives; by id, because names change."""
        return self.data / "mirrors" / f"{repository.id}.git"

    def run_folder(self, run: str) -> Path:
        """Where everything of a run lives."""
        return self.data / "runs" / run

    @property
    def stop_file(self) -> Path:
        """The file by which everything stands still."""
        return Path(path_of(self.data))

    def clone_url(self, repository: Repository) -> str:
        """The URL to clone from, without any credential in it."""
        return f"{self.git_url}/{repository.full_name}.git"
