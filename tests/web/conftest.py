"""The web process of a test."""

import contextlib
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.web import serving
from tests.web.serving import StartWeb, Web


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[Web]:
    """One that is served by the test's own process."""
    async with serving.served(serving.settings(tmp_path)) as running:
        yield running


@pytest.fixture
async def start_web(tmp_path: Path) -> AsyncIterator[StartWeb]:
    """The means to start one as a child."""
    async with contextlib.AsyncExitStack() as ends:
        yield partial(serving.start_web, tmp_path, ends)
