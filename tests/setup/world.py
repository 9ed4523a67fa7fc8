"""A real set-up process's server on a real port, and a pretend GitHub with people, an organization and repositories."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from app.config.set_up import SetUpSettings
from app.web.listen import bind
from app.web.setup.main import prepare
from localhub.hub import Hub
from localhub.serve import running_hub
from tests.setup.browser import Browser
from tests.world.hub import People

SECONDS = 30


@dataclass
class SettingUp:
    """What a test of setting up has at hand."""

    hub: Hub
    people: People
    data: Path
    browser: Browser
    ends: contextlib.ExitStack
    now: float = 0.0
    link: str = ""
    port: int = 0
    server: uvicorn.Server | None = None
    serving: asyncio.Task[None] | None = None

    @property
    def base(self) -> str:
        return self.link.partition("/setup")[0]

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    def hours_pass(self, hours: float) -> None:
        self.now += hours * 3600

    async def start(self, **settings: object) -> None:
        """Start the server; it takes connections when this returns."""
        chosen = SetUpSettings.model_validate(
            {"data": self.data, "port": 0, "github_url": self.hub.url, "github_git_url": self.hub.url}
            | settings
        )
        listener = self.ends.enter_context(bind(chosen.host, chosen.port))
        self.port = int(listener.getsockname()[1])
        self.server, self.link = prepare(chosen, self.port, lambda: self.now)
        self.serving = asyncio.create_task(self.server.serve(sockets=[listener]))

    async def stop(self) -> None:
        if self.server is not None and self.serving is not None:
            self.server.should_exit = True
            await self.serving

    async def ended(self) -> None:
        """The server ends by itself."""
        assert self.serving is not None
        await asyncio.wait_for(self.serving, SECONDS)

    async def to_github(self, **wish: str | None) -> None:
        """Open the link, fill the form in, and go on until GitHub asks."""
        await self.browser.open(self.link)
        await self.browser.send("/setup/register", **{"agent": "claude", "name": "Handoff of ada", **wish})
        await self.browser.send("/settings/apps/new")
        assert "Create GitHub App" in self.browser.page.text, self.browser.page.text

    async def come_back(self) -> str:
        """Press GitHub's button, but do not follow it back; return the address that GitHub sends the person to."""
        self.browser.client.follow_redirects = False
        answer = await self.browser.send("/settings/apps/create")
        self.browser.client.follow_redirects = True
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def asked_github(self) -> list[str]:
        """The requests that GitHub's API has seen, without the code."""
        return [entry["path"].split("/")[1] for entry in self.hub.log.entries()]

    def manifest(self) -> dict[str, object]:
        """What the page that leads to GitHub carries."""
        form = next(each for each in self.browser.page.forms if "manifest" in each.fields)
        read: dict[str, object] = json.loads(form.fields["manifest"])
        return read


@contextlib.asynccontextmanager
async def setting_up(folder: Path) -> AsyncIterator[SettingUp]:
    """The world, before the server is started."""
    async with running_hub(folder / "hub") as running:
        people = People(running.url, "ada/clock")
        await people.post("/_hub/users", {"login": "ada"})
        await people.post("/_hub/users", {"login": "acme", "type": "Organization"})
        await people.post("/_hub/repositories", {"owner": "ada", "name": "clock"})
        await people.post("/_hub/repositories", {"owner": "acme", "name": "site"})
        with contextlib.ExitStack() as ends:
            world = SettingUp(running.hub, people, folder / "data", Browser(), ends)
            try:
                yield world
            finally:
                await world.stop()
                await world.browser.client.aclose()
                await people.http.aclose()
