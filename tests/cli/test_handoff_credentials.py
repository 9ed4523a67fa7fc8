"""Letting people and programs in from the command line: links, tokens, and how each is refused."""

import asyncio
import re
from pathlib import Path

import pytest

from app.cli.credentials import create_token, list_tokens, log_in, make_link, revoke_token
from app.cli.main import main
from app.config import Settings
from app.domain.credentials import CredentialKind
from app.domain.errors import NotFound, Refused
from tests.cli.house import House

LINK = re.compile(r"(\S+)/login\?link=(handoff_[\w-]{43})")


async def test_a_link_lets_in_whoever_asked_for_it(house: House):
    found = LINK.match(await log_in(house.settings, 8080, "ada"))
    assert found is not None
    assert found[1] == "http://localhost:8080"
    taken = await house.ledger.take_link(found[2])
    assert taken is not None
    assert (taken.name, taken.login, taken.repositories) == ("ada", "", None)


async def test_a_link_leads_to_the_address_that_people_use(tmp_path: Path):
    public = Settings(data=tmp_path, public_url="https://handoff.example.com")
    found = LINK.fullmatch(await make_link(public, 8080, "ada"))
    assert found is not None
    assert found[1] == "https://handoff.example.com"


def test_looking_for_a_link_makes_no_ledger(tmp_path: Path):
    with pytest.raises(NotFound, match="Start with `handoff up`"):
        asyncio.run(log_in(Settings(data=tmp_path), 8080, "ada"))
    assert list(tmp_path.iterdir()) == []


async def test_a_token_is_shown_once_and_listed_without_its_secret(house: House):
    secret = await create_token(house.settings, "ci")
    assert await house.ledger.credential(secret, CredentialKind.TOKEN) is not None
    listed = await list_tokens(house.settings)
    assert listed.startswith("ci ")
    assert "never used" in listed
    assert secret not in listed
    assert "is revoked" in await revoke_token(house.settings, "ci")
    assert await house.ledger.credential(secret, CredentialKind.TOKEN) is None
    assert (await list_tokens(house.settings)).startswith("There is no token.")
    with pytest.raises(NotFound, match="There is no token `ci`"):
        await revoke_token(house.settings, "ci")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb"])
async def test_a_name_that_is_none_is_refused(house: House, name: str):
    with pytest.raises(Refused, match="A token's name has"):
        await create_token(house.settings, name)


@pytest.mark.parametrize("arguments", [["token"], ["token", "create"], ["token", "burn", "ci"]])
def test_wrong_usage_is_said(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: handoff token" in capsys.readouterr().err
