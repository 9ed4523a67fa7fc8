"""A real Valkey, the sending end of the queue, and an ear that remembers what it heard."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from app.embedded.valkey import EmbeddedValkey
from app.queue import Queue
from workers.listen import listen

PATIENCE_SECONDS = 30.0


class Ear:
    """A worker that listens at `url` and keeps book. `work` is what it does with a subject, by default nothing."""

    def __init__(self, url, *, capacity=10, work=None, grace_seconds=5.0):
        self.url, self.capacity, self.grace_seconds = url, capacity, grace_seconds
        self.stopping = asyncio.Event()
        self.handled = Counter()
        self._work = work
        self._changed = asyncio.Condition()
        self._task = None

    async def _handle(self, subject):
        if self._work is not None:
            await self._work(subject)
        async with self._changed:
            self.handled[subject] += 1
            self._changed.notify_all()

    def start(self):
        self._task = asyncio.create_task(
            listen(
                self.url,
                self._handle,
                capacity=self.capacity,
                stopping=self.stopping,
                grace_seconds=self.grace_seconds,
            )
        )
        return self

    async def hears(self, subject, times=1):
        async with asyncio.timeout(PATIENCE_SECONDS), self._changed:
            await self._changed.wait_for(lambda: self.handled[subject] >= times)

    async def stop(self):
        self.stopping.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._task


@pytest.fixture
async def valkey(tmp_path) -> AsyncIterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path / "valkey")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def queue(valkey) -> AsyncIterator[Queue]:
    sender = await Queue.connect(valkey.url)
    yield sender
    await sender.close()


@pytest.fixture
async def ear(valkey) -> AsyncIterator[Callable[..., Ear]]:
    ears = []

    def start(**options) -> Ear:
        ears.append(Ear(options.pop("url", valkey.url), **options).start())
        return ears[-1]

    yield start
    for one in ears:
        await one.stop()


@pytest.fixture
async def until() -> Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]:
    """Ask again and again until the answer is yes, within a deadline that fails the test."""

    async def wait(question):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await question():  # noqa: ASYNC110 - Redis tells nobody
                await asyncio.sleep(0.05)

    return wait


@pytest.fixture
async def background() -> AsyncIterator[Callable[[Awaitable[None]], asyncio.Task[None]]]:
    """Run something beside the test, and end it with the test."""
    tasks = []

    def start(work):
        tasks.append(asyncio.ensure_future(work))
        return tasks[-1]

    yield start
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
