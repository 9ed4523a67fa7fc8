"""The condition of a database is seen without changing it."""

import asyncio
from pathlib import Path

import pytest

from app.domain.errors import BadConfiguration
from app.ledger.condition import condition_of
from app.ledger.store import Ledger


async def test_a_database_at_the_newest_schema_is_seen_as_such(database: str):
    await (await Ledger.open(database)).close()

    seen = await condition_of(database)

    assert seen.because is None
    assert seen.revision == seen.newest != ""
    assert seen.known
    assert seen.version
    assert seen.durable in {"wal", "on"}


async def test_an_empty_database_stays_empty(empty_postgres: str):
    assert (await condition_of(empty_postgres)).revision is None
    assert (await condition_of(empty_postgres)).revision is None


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path):
    seen = asyncio.run(condition_of(f"sqlite:///{tmp_path}/ledger.db"))

    assert not seen.exists
    assert list(tmp_path.iterdir()) == []


async def test_a_file_that_is_no_database_is_said(tmp_path: Path):
    (tmp_path / "ledger.db").write_text("hello " * 500)

    assert (await condition_of(f"sqlite:///{tmp_path}/ledger.db")).because == "file is not a database"


async def test_a_server_that_is_away_is_said_without_the_password():
    seen = await condition_of("postgresql://handoff:hush-hush@127.0.0.1:9/handoff")

    assert seen.because is not None
    assert "refused" in seen.because
    assert "hush" not in seen.because


async def test_what_is_no_address_is_refused():
    with pytest.raises(BadConfiguration):
        await condition_of("nonsense")
