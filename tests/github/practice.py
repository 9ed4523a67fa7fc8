"""A pretend GitHub with an App, a repository and people, and our door into it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from app.github import inbound
from app.github.client import Door, RepositoryDoor
from localhub.client import HubControl
from tests.world.repository import FILES

BRANCH = "handoff/1-dates"


def now():
    return datetime.now(UTC)


@dataclass
class World:
    """A hub with an App, a repository, people, and our door into it."""

    hub: HubControl
    door: Door
    clock: RepositoryDoor
    app: dict

    async def act(self, do, *, by="ada", **what):
        return await self.hub.act(by, do, "acme/clock", **what)

    async def facts(self):
        """What the App was told so far, as the inbox reads it."""
        assert await self.hub.idle()
        attempts, _ = await self.door.deliveries()
        told = [await self.door.delivery(attempt.id) for attempt in reversed(attempts)]
        return [inbound.read(each.event, each.guid, json.dumps(each.payload).encode()) for each in told]

    async def issue(self):
        return (await self.act("open_issue", title="Dates", body="UTC, please."))["number"]

    async def pull(self):
        """A draft of ours, one commit ahead of main."""
        await self.act("push", branch=BRANCH, files={"clock.py": FILES["clock.py"] + "\n\nHOURS = 24\n"})
        return await self.clock.pulls.open_draft(title="Dates", body="Fixes #1", head=BRANCH, base="main")
