"""A lock between processes of one host, as a file; it ends with whoever holds it, however they end."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from app.domain.errors import TryAgain

_AGAIN_SECONDS = 0.05


@asynccontextmanager
async def locked(path: Path, timeout_seconds: float) -> AsyncIterator[None]:
    """Hold the lock at `path`; raises `TryAgain` if others hold it for `timeout_seconds`.

    Asked for again and again rather than waited for: a thread that waits in flock cannot be cancelled.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = monotonic() + timeout_seconds
    try:
        while not _taken(descriptor):
            if monotonic() > deadline:
                raise TryAgain(f"{path.name} was held by another process for {timeout_seconds:.0f} seconds")
            await asyncio.sleep(_AGAIN_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
