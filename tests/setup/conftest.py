"""One fixture: a world in which nothing is set up yet, its server listening."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.setup.world import SettingUp, setting_up


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[SettingUp]:
    async with setting_up(tmp_path) as made:
        await made.start()
        yield made
