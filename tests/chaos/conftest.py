"""One world for all the chaos of a module: what survives one killing has to survive the next ones too."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from app.ledger.store import Ledger
from localhub.serve import running_hub
from tests.chaos.upheaval import Upheaval
from tests.world.processes import Installation, start
from tests.world.repository import FILES, make_repository
from tests.world.scripts import Scripts
from tests.world.setting import SECRET, app_settings, register


@contextlib.asynccontextmanager
async def in_upheaval(
    folder: Path, files: Mapping[str, str] | None = None, **chosen: Any
) -> AsyncIterator[Upheaval]:
    source = make_repository(folder / "source", {**FILES, **(files or {})})
    async with running_hub(folder / "hub") as hub, contextlib.AsyncExitStack() as stack:
        app = await register(hub.url, "", source, private=False)
        scripts = Scripts(folder / "scripts")
        settings = {
            **app_settings(app, hub.url, folder),
            "agent": f"scripted:{scripts.folder}",
            "writes_per_minute": 500,
            "onboarding": "off",
            "pull": "off",
            "lease_seconds": 3,
            "adoption_seconds": 2,
            "unattended_seconds": 10,
            "reconcile_seconds": 1,
            "runs": 4,
            **chosen,
        }
        installation = Installation(folder, settings, SECRET)
        stack.push_async_callback(installation.stop)
        await start(*installation.everything)
        ledger = await Ledger.open(f"sqlite:///{installation.data / 'handoff.db'}")
        stack.push_async_callback(ledger.close)
        story = Upheaval(hub, installation, app, agent=scripts, ledger=ledger)
        stack.push_async_callback(story.http.aclose)
        stack.push_async_callback(story.hub.close)
        await story.hub.change_app(app["id"], webhook_url=story.webhook_url)
        yield story


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Upheaval]:
    async with in_upheaval(tmp_path_factory.mktemp("chaos")) as upheaval:
        yield upheaval


@pytest_asyncio.fixture(loop_scope="module")
async def story(world: Upheaval) -> Upheaval:
    """The world with everything in it running, whatever the last story left dead, and an hour later.

    GitHub's limits count the comments and reviews of an hour, and all the stories together make more of them.
    """
    await world.drop(*(hold["id"] for hold in (await world.get("/_hub/state"))["holds"]))
    await start(*(each for each in world.installation.everything if not each.runs))
    async with Redis.from_url(world.installation.redis_url) as redis:
        await redis.flushall()
    return world
