"""Runs a hub on a loopback port inside the present event loop: for tests, and under `python -m localhub`."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from localhub.app import create_hub
from localhub.hub import Hub

GRACE_SECONDS = 2


@dataclass(frozen=True, slots=True)
class RunningHub:
    """A hub that listens at `url`."""

    url: str
    hub: Hub


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever started it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@contextlib.asynccontextmanager
async def running_hub(data: Path, port: int = 0) -> AsyncIterator[RunningHub]:
    """Serve a fresh hub on 127.0.0.1; port 0 lets the system choose one."""
    app, hub = create_hub(data)
    listener = socket.create_server(("127.0.0.1", port))
    hub.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=GRACE_SECONDS,
        log_config=None,
    )  # fmt: skip
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield RunningHub(hub.url, hub)
    finally:
        await hub.stop()
        server.should_exit = True
        await serving
        listener.close()
