"""The house of a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.config import Settings
from app.ledger.store import Ledger
from tests.cli.house import House


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(data=tmp_path)
    ledger = await Ledger.open(settings.database)
    yield House(settings, ledger)
    await ledger.close()
