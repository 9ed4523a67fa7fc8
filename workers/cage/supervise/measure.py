"""Watches what a cage uses of memory and disk, where nothing in the kernel does it for us, and says when it is too much.

Memory is what its processes have for themselves, what they share, and what lies in its scratch folders. Disk is how
much what it may write to has grown, with files that were deleted and are still open, and what is left for everybody
else. What a program hides on purpose (memory that nobody has touched since, files in a closed message) is seen
only by a cgroup, or when the disk gets full.
"""

from __future__ import annotations

import os
import time

from workers.cage.supervise import memory
from workers.cage.supervise.growth import Walk
from workers.cage.supervise.tree import descendants

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OUT_OF_MEMORY, DISK_FULL = "out_of_memory", "disk_full"
FREE_INODES = 10_000
"""How many more files have to fit on the disk."""
_PAUSE_SECONDS = 1.0
_PAUSE_TIMES = 20
_SLICE_SECONDS = 0.05
_FIRST_WALK_SECONDS = 1.0
_LOOK_TIMES = 20
_FILES_SECONDS, _SHARED_SECONDS = 0.1, 1.0
"""How long one look may take over open files, and over shared pages: meanwhile nobody is heard and nothing is ended."""
_PACE_BYTES = 2 * 1024**3
"""How much memory a family of processes can fill in a second, with room to spare."""


class Measure:
    """The watch over one cage. `limits` has `memory_bytes`, `disk_bytes` and `free_bytes`."""

    def __init__(self, first_pid: int, folders: list[str], limits: dict[str, Any]) -> None:
        """Weigh the folders as they are before the command begins; a big tree is weighed to the end later."""
        self._first, self._folders, self._limits = first_pid, folders, limits
        self._devices = {_device(path) for path in folders}
        self._most = {"processes": 0, "memory_bytes": 0, "disk_bytes": 0}
        self._deleted_bytes = self._looks = 0
        self._before_bytes: int | None = None
        self._look_at = self._walk_at = 0.0
        self._walk = Walk(folders)
        self._walk.go_on(_FIRST_WALK_SECONDS)

    def look(self, now_seconds: float) -> str | None:
        """Look, if it is time to: returns `out_of_memory` or `disk_full`, None while there is enough of both."""
        if now_seconds < self._look_at:
            return self._disk(now_seconds)
        began = time.monotonic()
        pids = [self._first, *descendants(self._first)]
        self._note("processes", len(pids) - 1)
        self._looks += 1
        first = self._looks % len(pids)  # another one each time, should there be no time for all
        nameless = memory.nameless(pids[first:] + pids[:first], _FILES_SECONDS)
        self._deleted_bytes = sum(size for device, size in nameless if device in self._devices)
        used = self._memory(pids, nameless)
        left = self._limits["memory_bytes"] - used
        # Before it could be full, but never so often that looking is all there is to do.
        pause = max(left / _PACE_BYTES / 2, _LOOK_TIMES * (time.monotonic() - began))
        self._look_at = now_seconds + min(pause, _PAUSE_SECONDS)
        return OUT_OF_MEMORY if left < 0 else self._disk(now_seconds)

    def due_in(self, now_seconds: float) -> float:
        """Return how long it is until the next look at the memory, in seconds."""
        return max(self._look_at - now_seconds, 0.0)

    def peak(self) -> dict[str, int]:
        """Return the most that was seen at once of `processes`, `memory_bytes`, `disk_bytes`; nothing if never looked."""
        return dict(self._most) if self._most["memory_bytes"] else {}

    def close(self) -> None:
        """Let go of what is open."""
        self._walk.close()

    def _note(self, what: str, value: int) -> None:
        self._most[what] = max(self._most[what], value)

    def _memory(self, pids: list[int], nameless: list[tuple[int, int]]) -> int:
        limit = self._limits["memory_bytes"]
        aside = memory.in_files(self._first, nameless)
        used = aside + memory.resident(pids)
        if used > limit:  # pages that a family shares were counted for each member: now count them once
            used = aside + memory.resident_exactly(pids, _SHARED_SECONDS)
        self._note("memory_bytes", used)
        return used

    def _disk(self, now: float) -> str | None:
        if now >= self._walk_at:
            self._go_on(now)
        if any(_too_full(path, self._limits["free_bytes"]) for path in self._folders):
            return DISK_FULL
        before = self._before_bytes
        grown = self._deleted_bytes + (self._walk.total_bytes - before if before is not None else 0)
        self._note("disk_bytes", grown)
        return DISK_FULL if grown > self._limits["disk_bytes"] else None

    def _go_on(self, now: float) -> None:
        if self._walk.done:
            if self._before_bytes is None:
                self._before_bytes = self._walk.total_bytes
            self._walk = Walk(self._folders)
        self._walk.go_on(_SLICE_SECONDS)
        if self._walk.done:
            self._walk_at = now + max(_PAUSE_SECONDS, _PAUSE_TIMES * self._walk.spent_seconds)


def _too_full(path: str, free_bytes: int) -> bool:
    """Tell whether too little is left on a folder's disk, in bytes or in files that fit."""
    try:
        found = os.statvfs(path)
    except OSError:
        return False
    few = found.f_files > 0 and found.f_favail < FREE_INODES
    return few or found.f_bavail * found.f_frsize < free_bytes


def _device(path: str) -> int | None:
    try:
        return os.stat(path).st_dev
    except OSError:
        return None
