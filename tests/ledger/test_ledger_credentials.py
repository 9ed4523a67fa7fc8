"""Credentials: made, found for as long as they last, used up, revoked."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from app.domain.credentials import CredentialKind, Grant, link, owner_session, person_session, token
from app.domain.errors import Defect, Refused

LINK, SESSION, TOKEN = CredentialKind.LINK, CredentialKind.SESSION, CredentialKind.TOKEN


async def test_a_secret_finds_what_it_was_made_for_and_nothing_else(ledger):
    secrets = {
        LINK: await ledger.grant(link("ada")),
        SESSION: await ledger.grant(owner_session("ada")),
        TOKEN: await ledger.grant(token("ci")),
    }
    assert len(set(secrets.values())) == 3
    for kind, secret in secrets.items():
        assert secret.startswith("handoff_")
        for asked in CredentialKind:
            found = await ledger.credential(secret, asked)
            assert (found is not None) == (asked is kind)
    assert await ledger.credential("handoff_unknown", TOKEN) is None
    assert await ledger.credential("", SESSION) is None


async def test_a_person_sees_what_they_were_granted(ledger):
    secret = await ledger.grant(person_session("bert", 1001, frozenset({8, 7})))
    found = await ledger.credential(secret, SESSION)
    assert (found.login, found.name, found.repositories) == ("bert", "1001", frozenset({7, 8}))
    assert found.expires_at - found.created_at == timedelta(hours=12)
    nothing = await ledger.grant(person_session("carl", 1002, frozenset()))
    assert (await ledger.credential(nothing, SESSION)).repositories == frozenset()


async def test_a_person_who_would_see_everything_is_not_kept(ledger):
    careless = Grant(kind=SESSION, name="1", login="bert", repositories=None, lifetime=timedelta(hours=1))
    with pytest.raises((Defect, IntegrityError)):
        await ledger.grant(careless)


async def test_of_many_who_have_a_link_one_gets_in(ledger):
    secret = await ledger.grant(link("ada"))
    found = await asyncio.gather(*(ledger.take_link(secret) for _ in range(8)))
    assert [each.name for each in found if each is not None] == ["ada"]


async def test_what_is_over_finds_nothing_and_is_forgotten(ledger):
    over = Grant(kind=LINK, name="ada", lifetime=timedelta(seconds=-1))
    secret = await ledger.grant(over)
    assert await ledger.credential(secret, LINK) is None
    assert await ledger.take_link(secret) is None


async def test_a_token_lasts_until_it_is_revoked(ledger):
    secret = await ledger.grant(token("ci"))
    other = await ledger.grant(token("desk"))
    with pytest.raises(Refused, match="There is a token `ci`"):
        await ledger.grant(token("ci"))
    assert [each.name for each in await ledger.tokens()] == ["ci", "desk"]
    assert await ledger.revoke_token("ci")
    assert not await ledger.revoke_token("ci")
    assert await ledger.credential(secret, TOKEN) is None
    assert await ledger.credential(other, TOKEN) is not None


async def test_two_tokens_of_one_name_are_never_made_at_once(ledger):
    made = await asyncio.gather(*(ledger.grant(token("ci")) for _ in range(5)), return_exceptions=True)
    assert sorted(isinstance(each, Refused) for each in made) == [False, True, True, True, True]


async def test_revoking_a_token_ends_no_session_of_that_name(ledger):
    session = await ledger.grant(owner_session("ci"))
    assert not await ledger.revoke_token("ci")
    assert await ledger.credential(session, SESSION) is not None
    await ledger.drop_session(session)
    assert await ledger.credential(session, SESSION) is None


async def test_it_is_known_when_a_credential_was_last_used(ledger):
    secret = await ledger.grant(token("ci"))
    assert (await ledger.credential(secret, TOKEN)).used_at is None
    await ledger.touch_credential(secret)
    found = await ledger.credential(secret, TOKEN)
    assert found.used_at >= found.created_at
