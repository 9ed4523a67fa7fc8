"""A pretend GitHub with our App on one repository, a ledger, and the tools of a worker that does not run."""

import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.config import WorkerSettings
from app.domain.facts import Fact, Several, Unread
from app.domain.ids import Repository
from app.domain.redaction import Redactor
from app.github import inbound
from app.ledger.store import Ledger
from localhub.serve import running_hub
from tests.world.hub import People
from tests.world.repository import FILES, make_repository
from tests.world.setting import app_settings, register
from workers.main import prepared
from workers.reconcile.news import Asking
from workers.tools import Tools


class World(People):
    """People on the hub, what they did as it was heard, and what a webhook would have told."""

    def __init__(self, url: str, tools: Tools, home: Repository) -> None:
        super().__init__(url, home.full_name)
        self.tools = tools
        self.home = home
        self.asking = Asking(tools)

    @property
    def ledger(self) -> Ledger:
        return self.tools.ledger

    async def heard(self, number: int) -> list[Fact]:
        """What is in the inbox about an issue, oldest first, save what is the same as something else."""
        rows = await self.ledger.inbox_of(self.repository, number, 100)
        return [row.fact for row in reversed(rows) if "same act" not in row.because]

    async def names(self, number: int) -> list[str]:
        return [type(fact).__name__ for fact in await self.heard(number) if not fact.by.is_bot]

    async def told(self) -> list[Fact]:
        """What webhooks told, in their order."""
        await self.post("/_hub/idle?seconds=30")
        attempts, _ = await self.tools.github.deliveries()
        facts = list[Fact]()
        for attempt in sorted(attempts, key=lambda each: each.id):
            content = await self.tools.github.delivery(attempt.id)
            read = inbound.read(content.event, content.guid, json.dumps(content.payload).encode())
            if not isinstance(read, Unread):
                facts += read.facts if isinstance(read, Several) else [read]
        return facts

    async def asked(self, path: str) -> list[int | None]:
        """How the questions for a path were answered."""
        return [entry["status"] for entry in await self.log() if entry["path"].endswith(path)]


@pytest.fixture
async def world(tmp_path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


@contextlib.asynccontextmanager
async def a_world(folder: Path) -> AsyncIterator[World]:
    """Every request and answer of the test must have kept to GitHub's OpenAPI."""
    async with running_hub(folder / "hub") as hub:
        source = make_repository(folder / "source", FILES)
        app = await register(hub.url, "http://127.0.0.1:9/", source, private=True)
        settings = WorkerSettings(
            **app_settings(app, hub.url, folder),
            data=folder / "data",
            redis_url=f"unix://{folder}/nobody",
            agent=f"scripted:{folder}",
            cage="none",
        )
        settings.data.mkdir()
        async with prepared(settings, Redactor(), lambda: None, lambda: datetime.now(UTC)) as tools:
            [installation] = await tools.github.installations()
            [home] = await tools.github.repositories_of(installation.id)
            made = World(hub.url, tools, home)
            yield made
            assert await made.problems() == []
            await made.http.aclose()
