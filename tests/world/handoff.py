"""Handoff inside the test's own loop: the real web process and the real worker, only not in processes of their own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import uvicorn

from app.config import WebSettings, WorkerSettings
from app.domain.redaction import Redactor
from app.github.auth import Clock
from app.ledger.store import Ledger
from app.web.application import create_app
from app.web.listen import bind
from workers.main import work


class _Server(uvicorn.Server):
    """A server that leaves the signals to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def web_running(settings: WebSettings) -> AsyncIterator[int]:
    """The web process; yields its port, which takes connections at once."""
    with bind(settings.host, settings.port) as listener:
        listener.listen()
        app = create_app(settings, await Ledger.open(settings.database))
        config = uvicorn.Config(app, log_config=None, ws="none", lifespan="on", timeout_graceful_shutdown=2)
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await task


@contextlib.asynccontextmanager
async def worker_running(settings: WorkerSettings, *, now: Clock) -> AsyncIterator[asyncio.Task[None]]:
    """A worker."""
    stopping = asyncio.Event()
    task = asyncio.create_task(work(settings, Redactor(), stopping, now=now))
    try:
        yield task
    finally:
        stopping.set()
        await asyncio.wait_for(task, 60)
