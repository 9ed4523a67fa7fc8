"""A web process whose ledger has a small history, and programs that ask it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from app.domain.credentials import person_session, token
from tests.builders import REPOSITORY
from tests.cli.house import House
from tests.web import serving
from tests.web.serving import Web

COOKIE = "handoff-0"


@dataclass
class Api:
    """The API, and who asks: by default a program of the owner's."""

    web: Web
    house: House
    owner: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.web.client.get(f"/api/v1{path}", headers=headers or self.owner)

    async def post(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        return await self.web.client.post(f"/api/v1{path}", json=body, headers=headers or self.owner)

    async def person(self, *repositories: int, login: str = "bert") -> dict[str, str]:
        """The headers of somebody who came by GitHub, and sees these repositories."""
        session = await self.house.ledger.grant(person_session(login, 1001, frozenset(repositories)))
        page = await self.web.client.get("/api", headers={"Cookie": f"{COOKIE}={session}"})
        csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
        return {"Cookie": f"{COOKIE}={session}", "X-CSRF-Token": csrf}


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    settings = serving.settings(tmp_path)
    async with serving.served(settings) as web:
        assert web.ledger is not None
        secret = await web.ledger.grant(token("ci"))
        yield Api(web, House(settings, web.ledger), {"Authorization": f"Bearer {secret}"})


@pytest.fixture
def here() -> int:
    """The repository in which everything happens."""
    return REPOSITORY.id
