"""A story with real input, and the real things to tell it about; what is not here is skipped with its reason."""

import importlib.util
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from app.embedded.valkey import EmbeddedValkey
from tests.world.setting import Story, telling


@pytest.fixture
async def redis_url(tmp_path: Path) -> AsyncIterator[str]:
    valkey = EmbeddedValkey(tmp_path / "valkey")
    await valkey.start()
    yield valkey.url
    await valkey.stop()


@pytest.fixture
def story_with(tmp_path: Path, redis_url: str) -> Callable[..., AbstractAsyncContextManager[Story]]:
    """Tell a story with a repository, agents or settings of its own."""
    return partial(telling, tmp_path, redis_url)


@pytest.fixture(scope="session")
def claude_program() -> Path:
    """The Claude Code that the `claude-agent-sdk` wheel carries."""
    package = importlib.util.find_spec("claude_agent_sdk")
    if package is None or not package.submodule_search_locations:
        pytest.skip("Claude Code is not here: pip install claude-agent-sdk brings it.")
    program = Path(package.submodule_search_locations[0]) / "_bundled" / "claude"
    if not os.access(program, os.X_OK):
        pytest.skip(f"This build of claude-agent-sdk carries no Claude Code ({program}).")
    return program
