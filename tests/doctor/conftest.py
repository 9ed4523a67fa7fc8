"""A pretend GitHub with an App, an installation and a repository, and a machine set up for it."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.config import Registration, Settings, load, register
from app.domain.redaction import Redactor
from app.embedded.valkey import EmbeddedValkey
from app.github import manifest
from localhub.client import HubControl
from localhub.serve import running_hub
from tests.world.repository import FILES, make_repository
from workers.doctor.examine import examine
from workers.doctor.finding import Finding, Level

WEBHOOK_SECRET = "a-webhook-secret-of-the-tests-0123456789"
PUBLIC_URL = "https://handoff.example"


@dataclass(kw_only=True)
class Practice:
    """What a test may change, and the examination itself."""

    hub: HubControl
    app: dict[str, Any]
    data: Path
    source: Path
    environment: pytest.MonkeyPatch
    redactor: Redactor = field(default_factory=Redactor)

    async def examined(self, *, clock: timedelta = timedelta()) -> list[Finding]:
        return [
            each
            async for each in examine(load(Settings), self.redactor, now=lambda: datetime.now(UTC) + clock)
        ]

    async def about(self, name: str, *, clock: timedelta = timedelta()) -> list[tuple[Level, str]]:
        """What was found under a name."""
        return [(each.level, each.says) for each in await self.examined(clock=clock) if each.name == name]

    async def repository(self, full_name: str, files: dict[str, str] | None = None) -> None:
        """A repository with the App installed on it."""
        source = make_repository(self.source / full_name.replace("/", "-"), FILES | (files or {}))
        await self.hub.add_repository(
            full_name, from_path=source, collaborators={"ada": "admin"}, install_app="handoff"
        )


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """Nothing of ours is set, and nothing lies where we are."""
    for name in [*os.environ]:
        if name.startswith("HANDOFF_") or name in {"DATABASE_URL", "REDIS_URL"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.fixture
async def practice(environment: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Practice]:
    """All is well; a test breaks one thing. Every request of it must have kept to GitHub's OpenAPI."""
    form = manifest.template()
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "any.json").write_text("{}")
    async with running_hub(tmp_path / "hub") as running, HubControl(running.url) as hub:
        await hub.add_user("ada")
        app = await hub.add_app(
            "handoff",
            permissions=form["default_permissions"],
            events=form["default_events"],
            webhook_url=f"{PUBLIC_URL}/webhooks/github",
            webhook_secret=WEBHOOK_SECRET,
        )
        given = {
            "HANDOFF_DATA": str(tmp_path / "data"),
            "HANDOFF_GITHUB_URL": running.url,
            "HANDOFF_GITHUB_GIT_URL": running.url,
            "HANDOFF_AGENT": f"scripted:{scripts}",
            "HANDOFF_CAGE": "none",  # trying one takes its time; the test that needs one says so
        }
        for name, value in given.items():
            environment.setenv(name, value)
        registered(tmp_path / "data", app)
        yield Practice(
            hub=hub, app=app, data=tmp_path / "data", source=tmp_path / "source", environment=environment
        )
        assert await hub.log(problems=True) == []


@pytest.fixture
async def valkey(environment: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[str]:
    """The queue of this installation runs."""
    server = EmbeddedValkey(tmp_path / "valkey")
    await server.start()
    environment.setenv("REDIS_URL", server.url)
    yield server.url
    await server.stop()


def registered(data: Path, app: dict[str, Any], *, slug: str = "handoff") -> None:
    """Set-up has been here."""
    who = Registration(
        app_id=app["id"],
        slug=slug,
        name="Handoff",
        client_id=app["client_id"],
        html_url="https://github.example/apps/handoff",
        owner="ada",
    )
    register(
        data,
        who,
        private_key=app["pem"],
        webhook_secret=WEBHOOK_SECRET,
        client_secret="a-client-secret-of-the-tests-0123456789",
    )
