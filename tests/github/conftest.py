"""The door over a scripted GitHub, and over the pretend one."""

from collections.abc import AsyncIterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from app.domain.ids import Repository
from app.domain.redaction import Redactor
from app.github import inbound
from app.github.auth import AppKey
from app.github.client import Door, RepositoryDoor
from app.github.connection import Connection
from app.github.pacing import Pacing
from app.github.permissions import union
from localhub.client import HubControl
from localhub.serve import running_hub
from tests.github.practice import World, now
from tests.github.scripted import DATES, FAST, ROOT, Clock, Script
from tests.world.repository import FILES, make_repository


@pytest.fixture(scope="session")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def redactor() -> Redactor:
    return Redactor()


@pytest.fixture
async def door(script, clock, redactor, private_key) -> AsyncIterator[Door]:
    pacing = Pacing(None, FAST, seconds=clock.seconds)
    async with Connection(pacing=pacing, clock=clock, base_url=ROOT, transport=script) as connection:
        yield Door(connection, AppKey("Iv1.app", SecretStr(private_key)), clock=clock, redactor=redactor)


@pytest.fixture
def dates(door) -> RepositoryDoor:
    return door.at(DATES)


@pytest.fixture
async def world(tmp_path) -> AsyncIterator[World]:
    """Every request and answer of the test must have kept to GitHub's OpenAPI."""
    async with running_hub(tmp_path / "hub") as running, HubControl(running.url) as hub:
        for login in ("ada", "lin", "rae", "eve"):
            await hub.add_user(login)
        app = await hub.add_app(
            "handoff", permissions=union(), events=sorted(inbound.EVENTS), webhook_url="http://127.0.0.1:9/"
        )
        made = await hub.add_repository(
            "acme/clock",
            from_path=make_repository(tmp_path / "source", FILES),
            collaborators={"ada": "admin", "lin": "maintain", "rae": "triage"},
            install_app="handoff",
            private=True,
        )
        async with Connection(
            pacing=Pacing(None, FAST, seconds=lambda: 0.0), clock=now, base_url=running.url
        ) as connection:
            key = AppKey(app["client_id"], SecretStr(app["pem"]))
            door = Door(connection, key, clock=now, redactor=Redactor())
            installation = await door.installation_of("acme", "clock")
            repository = Repository(
                id=made["id"], owner="acme", name="clock", installation_id=installation.id
            )
            yield World(hub, door, door.at(repository), app)
        assert [(entry["path"], entry["problems"]) for entry in await hub.log(problems=True)] == []
