"""Looks at what lies on this host: folders of runs, whether anything of them is alive, and files that were forgotten.

It removes nothing. A folder that cannot be read counts as alive: nobody knows what is in it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workers.cage.supervise.records import LOCK
from workers.reconcile.prune import Left
from workers.runs.visit import CAGES

FORGOTTEN = timedelta(days=1)
"""How long nobody touched a temporary file of ours that is forgotten: each is used for minutes."""
TEMPORARY = ("handoff-cage-*", "handoff-trial-*", "handoff-*.bundle")


def folders_of_runs(runs: Path) -> list[Left]:
    """Return every folder of a run within `runs`; a link in place of one is none."""
    try:
        entries = [entry for entry in os.scandir(runs) if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    return [left for entry in entries if (left := _left(Path(entry.path))) is not None]


def _left(folder: Path) -> Left | None:
    try:
        changed_at = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
        names = frozenset(path.name for path in folder.iterdir())
    except FileNotFoundError:  # somebody else was quicker
        return None
    except PermissionError:
        return Left(run=folder.name, names=frozenset(), changed_at=changed_at, alive=True)
    return Left(run=folder.name, names=names, changed_at=changed_at, alive=is_alive(folder))


def is_alive(folder: Path) -> bool:
    """Tell whether a supervisor holds the lock of any cage of a run."""
    return any(_is_held(lock) for lock in folder.glob(f"{CAGES}/*/{LOCK}"))


def _is_held(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        # Shared, so that two who look at once do not take each other for a supervisor.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def forgotten_files(folder: Path, now: datetime) -> Iterator[Path]:
    """Yield the temporary files and folders of ours in `folder` that nobody touched for long."""
    for pattern in TEMPORARY:
        for path in sorted(folder.glob(pattern)):
            with suppress(FileNotFoundError):
                found = path.lstat()
                age = now - datetime.fromtimestamp(found.st_mtime, UTC)
                if found.st_uid == os.geteuid() and age > FORGOTTEN:
                    yield path
