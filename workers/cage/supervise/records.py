"""The records of one cage, in a folder that it cannot see: that it began, what it said, how it ended.

The lock is held for as long as a supervisor lives, so that nobody starts the same cage twice and everybody can tell
whether it goes on. Whoever finds *began* without *ended* and the lock free knows that it was lost.
"""

from __future__ import annotations

import fcntl
import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LOCK, BEGAN, OUTPUT, ENDED = "lock", "began.json", "output.log", "ended.json"
OUTPUT_TAKEN, ALREADY_BEGUN = 73, 3


def take_lock(folder: str = ".") -> int | None:
    """Return a descriptor that holds the lock of a folder, None where another process holds it."""
    descriptor = os.open(
        os.path.join(folder, LOCK), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
    )
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def write(name: str, document: dict[str, Any]) -> None:
    """Write a record whole or not at all."""
    with open(f"{name}.new", "w", encoding="utf-8") as file:
        json.dump(document, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(f"{name}.new", name)


class Output:
    """What the command says: the first `limit_bytes` in the file, `heard` in all."""

    def __init__(self, limit_bytes: int) -> None:
        """Open the file anew; a link or file in its place is refused with `OSError`."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(OUTPUT, flags, 0o600)
        self._limit_bytes = limit_bytes
        self.heard = 0

    @property
    def flooded(self) -> bool:
        """Whether there is more than the file takes."""
        return self.heard > self._limit_bytes

    def keep(self, chunk: bytes) -> None:
        """Keep one piece, as far as it fits."""
        fitting = memoryview(chunk)[: max(0, self._limit_bytes - self.heard)]
        self.heard += len(chunk)
        while fitting:
            fitting = fitting[os.write(self._file, fitting) :]

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
