"""A story in a world of its own, and one real Valkey for all the stories of this process."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest
from redis.asyncio import Redis

from app.embedded.valkey import EmbeddedValkey
from tests.world.setting import Story, telling


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: `make test-stories` runs them, for they take their time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.story)


@pytest.fixture(scope="session")
def valkey_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("valkey")


@pytest.fixture
async def redis_url(valkey_folder: Path) -> AsyncIterator[str]:
    valkey = EmbeddedValkey(valkey_folder)
    await valkey.start()
    async with Redis.from_url(valkey.url) as client:
        await client.flushall()
    yield valkey.url
    await valkey.stop()


@pytest.fixture
def story_with(tmp_path: Path, redis_url: str) -> Callable[..., AbstractAsyncContextManager[Story]]:
    """Tell a story with files of its own in the repository, or another oddity of the world."""
    return partial(telling, tmp_path, redis_url)


@pytest.fixture
async def story(story_with: Callable[..., AbstractAsyncContextManager[Story]]) -> AsyncIterator[Story]:
    async with story_with() as told:
        yield told
