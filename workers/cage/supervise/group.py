"""The cgroup of one cage: the kernel counts and limits its processes and memory, and kills them all at once.

It is a bonus: where there is no place for one, or one cannot be made, there is none, and a cage has its other limits.
Nothing here raises because of what a machine lacks.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

from workers.cage.supervise.controls import limit, number, read, write
from workers.cage.supervise.controls import remove as remove_folder
from workers.cage.supervise.places import HOST_LEAF, Place, places
from workers.cage.supervise.tree import descendants

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_ROUNDS = 100
_PAUSE_SECONDS = 0.02


class Group:
    """The folders of one cage, one in each hierarchy that took it; `limits` says what they limit, and by what."""

    def __init__(self, folders: list[tuple[Place, str]]) -> None:
        """Hold folders that are there."""
        self._folders = folders
        self.limits = {each: f"cgroup v{place.version}" for place, _ in folders for each in place.limits}

    def add(self, pid: int) -> bool:
        """Take in a process with all that descends from it; who comes to be later is in it by birth.

        False where the kernel does not let us: then the group limits nothing.
        """
        family = (pid, *descendants(pid))
        added = [write(f"{folder}/cgroup.procs", str(each)) for each in family for _, folder in self._folders]
        return all(added)

    def peak(self) -> dict[str, int | None]:
        """Return the most `processes` and `memory_bytes` at once, None for what the kernel does not tell."""
        processes = [number(f"{folder}/pids.peak") for _, folder in self._folders]
        names = ("memory.peak", "memory.max_usage_in_bytes")
        memory = [number(f"{folder}/{name}") for _, folder in self._folders for name in names]
        return {
            "processes": max(filter(None, processes), default=None),
            "memory_bytes": max(filter(None, memory), default=None),
        }

    def out_of_memory(self) -> bool:
        """Tell whether the kernel has killed something of the cage because it had more memory than it may."""
        names = ("memory.events", "memory.oom_control")
        said = [read(f"{folder}/{name}") for _, folder in self._folders for name in names]
        return any(
            line.startswith("oom_kill ") and line != "oom_kill 0"
            for text in said
            for line in text.splitlines()
        )

    def kill(self) -> None:
        """Kill everything in it, and wait until nothing is alive; patient for some seconds."""
        for _, folder in self._folders:
            if not write(f"{folder}/cgroup.kill", "1"):
                write(f"{folder}/pids.max", "0")
        for round_ in range(_ROUNDS):
            if not (living := self._living()):
                return
            for pid in living:
                self._kill(pid)
            time.sleep(min(_PAUSE_SECONDS, 0.001 * 2**round_))

    def remove(self) -> bool:
        """Remove its folders, for which it has to be empty; the dead stay for a moment. False: some are left."""
        removed = [remove_folder(folder) for _, folder in self._folders]
        return all(removed)

    def _living(self) -> set[int]:
        return {int(pid) for _, folder in self._folders for pid in read(f"{folder}/cgroup.procs").split()}

    def _kill(self, pid: int) -> None:
        with suppress(OSError):
            descriptor = os.pidfd_open(pid)
            try:
                if pid in self._living():
                    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            finally:
                os.close(descriptor)


def create(
    name: str, processes: int, memory_bytes: int, found: Iterable[Place] | None = None
) -> Group | None:
    """Make the group of a cage, whose name no other has; None where no hierarchy takes it."""
    made: list[tuple[Place, str]] = []
    for place in places() if found is None else found:
        folder = f"{place.folder}/{name}"
        if place.because is None and _make(place, folder):
            wanted = {"processes": processes, "memory": memory_bytes}
            if limit(folder, place.version, **{each: wanted[each] for each in place.limits}):
                made.append((place, folder))
            else:
                remove_folder(folder)
    return Group(made) if made else None


def reap(prefix: str, is_alive: Callable[[str], bool], found: Iterable[Place] | None = None) -> list[str]:
    """Kill and remove the groups with a prefix that nobody keeps any more; returns their names."""
    left: dict[str, list[tuple[Place, str]]] = {}
    for place in places() if found is None else found:
        with suppress(OSError):
            for name in os.listdir(place.folder):
                if name.startswith(prefix) and not is_alive(name):
                    left.setdefault(name, []).append((place, f"{place.folder}/{name}"))
    for folders in left.values():
        group = Group(folders)
        group.kill()
        group.remove()
    return sorted(left)


def _make(place: Place, folder: str) -> bool:
    if place.version == 2 and place.limits and not _divide(place):
        return False
    for _ in range(2):
        try:
            os.mkdir(folder, 0o755)
        except FileExistsError:  # left by somebody who is gone: a name is only used by one at a time
            left = Group([(place, folder)])
            left.kill()
            left.remove()
        except OSError:
            return False
        else:
            return True
    return False


def _divide(place: Place) -> bool:
    """Let the children of a group of version 2 have limits; whoever is in it moves to a leaf of it first."""
    wanted = [{"processes": "pids", "memory": "memory"}[each] for each in place.limits]
    for _ in range(_ROUNDS):
        if set(wanted) <= set(read(f"{place.folder}/cgroup.subtree_control").split()):
            return True
        if write(f"{place.folder}/cgroup.subtree_control", " ".join(f"+{each}" for each in wanted)):
            return True
        if not (pids := read(f"{place.folder}/cgroup.procs").split()):
            return False
        with suppress(OSError):
            os.mkdir(f"{place.folder}/{HOST_LEAF}")
        for pid in pids:
            write(f"{place.folder}/{HOST_LEAF}/cgroup.procs", pid)
    return False
