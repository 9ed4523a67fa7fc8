"""The sign that a worker of this machine lives: a lock that the kernel lets go of when it does not.

It tells the living from the dead at once, where a lease only runs out. It says nothing about other machines.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path

FOLDER = "workers"
KEPT = timedelta(days=1)


class Presence(Enum):
    """What is known of a worker here."""

    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"


@contextmanager
def present(data: Path, worker: str) -> Iterator[None]:
    """Be known to live for as long as this lasts."""
    path = _path(data, worker)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def presence(data: Path, worker: str) -> Presence:
    """Return whether a worker lives; one that left no sign in this folder is unknown."""
    try:
        descriptor = os.open(_path(data, worker), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return Presence.UNKNOWN
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return Presence.ALIVE
    finally:
        os.close(descriptor)
    return Presence.DEAD


def forget_dead(data: Path, now: datetime) -> int:
    """Remove the signs that dead workers left more than a day ago; return how many."""
    gone = 0
    for path in (data / FOLDER).glob("*.lock"):
        old = path.stat().st_mtime < (now - KEPT).timestamp()
        if old and presence(data, path.stem) is Presence.DEAD:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _path(data: Path, worker: str) -> Path:
    return data / FOLDER / f"{worker}.lock"
