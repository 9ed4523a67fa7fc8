"""The pages of a test."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.cli.house import House
from tests.pages.front import Front
from tests.web import serving


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[Front]:
    chosen = serving.settings(tmp_path, github_git_url="https://github.test")
    async with AsyncExitStack() as ends:
        web = await ends.enter_async_context(serving.served(chosen))
        assert web.ledger is not None
        ada = await web.log_in()
        ends.push_async_callback(ada.aclose)
        yield Front(web=web, house=House(chosen, web.ledger), ada=ada, ends=ends)
