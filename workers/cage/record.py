"""Keeps what a command says: a file with a cap, a tail in memory, and a callback. It never stops anything itself."""

import os
from asyncio import Event, StreamReader
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from workers.cage.spec import TAIL_BYTES

_CHUNK_BYTES = 64 * 1024


class Record:
    """The output of one run: `heard` bytes in all, the first `limit_bytes` of them in the file at `path`.

    When there is more, `flooded` is set and nobody is called any longer.
    """

    def __init__(self, path: Path, limit_bytes: int, on_output: Callable[[bytes], None] | None) -> None:
        """Open the file anew; a link in its place is refused with `OSError`."""
        self.heard = 0
        self.flooded = Event()
        self.tail = b""
        self.last_at = monotonic()
        self._limit_bytes = limit_bytes
        self._on_output = on_output
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.fdopen(os.open(path, flags, 0o600), "wb", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    async def follow(self, stream: StreamReader) -> None:
        """Keep what comes until the stream ends, or raise the `OSError` of a file that takes no more."""
        while chunk := await stream.read(_CHUNK_BYTES):
            self.keep(chunk)

    def keep(self, chunk: bytes) -> None:
        """Keep one piece of output: in the file as far as it fits, and in the tail."""
        self.last_at = monotonic()
        fitting = chunk[: max(0, self._limit_bytes - self.heard)]
        self.heard += len(chunk)
        self.tail = (self.tail + chunk)[-TAIL_BYTES:]
        self._file.write(fitting)
        if self.heard > self._limit_bytes:
            self.flooded.set()
        elif self._on_output is not None:
            self._on_output(chunk)
