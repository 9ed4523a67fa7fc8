"""The folders in which fetched dependencies are kept: how large, how long unused, and letting go of them.

It knows nothing of what is in an entry, and adds none.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.domain.errors import TryAgain
from app.domain.kept_caches import Kept, let_go
from workers.cage.ownership import remove_tree
from workers.workspace.locks import locked

FAILED_FOR = timedelta(hours=1)
"""For how long set-up is not tried again for a cache alone, after it failed on the base."""
_LOOK_IN_SECONDS = 1.0
_OLD = ".old"


async def tidy_every(caches: Path, now: datetime) -> int:
    """Tidy the folder of each repository that nobody is fetching for; return how many entries went."""
    count = 0
    for folder in await asyncio.to_thread(lambda: sorted(path for path in caches.glob("*") if path.is_dir())):
        with suppress(TryAgain):
            async with locked(lock_of(folder), _LOOK_IN_SECONDS):
                count += len(await tidy(folder, now))
    return count


async def tidy(folder: Path, now: datetime) -> tuple[str, ...]:
    """Let go of what nobody uses and what is too much, with the lock of `folder` held; return its keys."""
    gone = let_go(await asyncio.to_thread(_kept, folder), now)
    for key in gone:
        await let_go_of(folder / key)
    return gone


async def let_go_of(entry: Path) -> None:
    """Make an entry disappear at once, then remove it; whoever copies from it at this moment gets a part."""
    old = entry.with_name(_OLD)
    await remove_tree(old)
    with suppress(FileNotFoundError):
        await asyncio.to_thread(entry.rename, old)
        await remove_tree(old)


def failed_lately(failure: Path, now: datetime) -> bool:
    """Whether set-up failed on a base, by the time of the sign of it, so lately that it is not tried again."""
    at = _time_of(failure)
    return at is not None and now - at < FAILED_FOR


def lock_of(folder: Path) -> Path:
    """Return the file that is locked while anything is added to a folder, or let go."""
    return folder / "lock"


def _kept(folder: Path) -> Sequence[Kept]:
    found = []
    for about in folder.glob("*/about.json"):
        used_at, key = _time_of(about), about.parent.name
        with suppress(OSError, ValueError, KeyError, TypeError):
            size = int(json.loads(about.read_text(encoding="utf-8"))["bytes"])
            if used_at is not None and not key.startswith("."):
                found.append(Kept(key=key, bytes=size, used_at=used_at))
    return found


def _time_of(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
