"""Watches the family of a trial while it runs: how many they are, how much memory they have, in which groups.

A thread that looks some fifty times a second and less often where looking takes long. It stops nothing.
"""

import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from workers.cage.trial.descent import everybody, family

_PAUSE_SECONDS = 0.02
_PAUSE_FACTOR = 4
_GROUPS_EVERY = 5
_OWN = ("RssAnon:", "RssShmem:", "VmSwap:")
_CGROUPS = Path("/sys/fs/cgroup")


class Watching:
    """What was seen: the most `processes` (threads count) and `memory_bytes` at once, and control groups."""

    def __init__(self, known: Iterable[int], folder: Path, memory_bytes: int) -> None:
        """Prepare to watch all of our descendants but the known ones, and the free space of a folder's disk."""
        self.processes = 0
        self.memory_bytes = 0
        self.groups: set[str] = set()
        self._known = frozenset(known)
        self._folder = folder
        self._memory_limit_bytes = memory_bytes
        self._own_groups = _groups_of(os.getpid())
        self._free = self._free_bytes()
        self._least = self._free
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def disk_bytes(self) -> int:
        """By how much the free space of the disk shrank; others may have their part in that."""
        return max(0, self._free - self._least)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        turn = 0
        pause = _PAUSE_SECONDS
        while not self._over.wait(pause):
            began = monotonic()
            self._look(with_groups=turn % _GROUPS_EVERY == 0)
            turn += 1
            pause = max(_PAUSE_SECONDS, _PAUSE_FACTOR * (monotonic() - began))

    def _look(self, *, with_groups: bool) -> None:
        them = family(everybody(), os.getpid(), self._known)
        self.processes = max(self.processes, sum(process.threads for process in them))
        pids = [process.pid for process in them]
        resident = sum(process.resident_bytes for process in them)
        if resident > self.memory_bytes:  # pages that are shared count once for each, so look closer
            self.memory_bytes = max(self.memory_bytes, self._memory_of(pids, resident))
        self._least = min(self._least, self._free_bytes())
        if with_groups:
            for pid in pids:
                self.groups |= _groups_of(pid) - self._own_groups

    def _memory_of(self, pids: list[int], resident: int) -> int:
        """Return the memory of processes: their own pages quickly, their fair share of all where that is too much."""
        own = sum(map(_own_bytes, pids))
        return own if own <= self._memory_limit_bytes else min(resident, sum(map(_fair_bytes, pids)))

    def _free_bytes(self) -> int:
        found = os.statvfs(self._folder)
        return found.f_bfree * found.f_frsize


def groups_left(groups: Iterable[str]) -> list[str]:
    """Return those control groups that are still there."""
    return sorted(
        group for group in groups if any(_CGROUPS.glob(f"*{group}")) or (_CGROUPS / group[1:]).is_dir()
    )


def _own_bytes(pid: int) -> int:
    """Return the memory that is of no file on a disk, from proc_pid_status(5)."""
    with suppress(OSError, ValueError, IndexError):
        lines = Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(_OWN))
    return 0


def _fair_bytes(pid: int) -> int:
    """Return the proportional share, from proc_pid_smaps(5)."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _groups_of(pid: int) -> set[str]:
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/cgroup").read_text(errors="replace").splitlines()
        return {path for line in lines if (path := line.rpartition(":")[2]) != "/"}
    return set()
