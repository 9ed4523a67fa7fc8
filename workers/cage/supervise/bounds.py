"""What one cage may use of the machine: its cgroup where there can be one, and a watch over all that it does not limit."""

from __future__ import annotations

import os

from workers.cage.supervise import group
from workers.cage.supervise.measure import OUT_OF_MEMORY, Measure
from workers.cage.supervise.places import places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_OURS = 8
"""Processes of the sandbox itself, which the limit of a cage is not meant for."""


def prefix() -> str:
    """Return what the names of our cages' groups begin with; the rest is the pid of a supervisor.

    A pid means something only in its own namespace, and several of them may share a hierarchy.
    """
    try:
        return f"handoff-cage-{os.stat('/proc/self/ns/pid').st_ino}-"
    except OSError:
        return "handoff-cage-0-"


class Bounds:
    """The bounds of one cage, from before its command begins until it is dead."""

    def __init__(
        self,
        name: str,
        pid: int,
        first_pid: int,
        folders: list[str],
        limits: dict[str, Any],
        *,
        contains: bool = False,
        grouped: bool = True,
    ) -> None:
        """Take in the sandbox's process `pid` with all it has started, of which `first_pid` is the cage's first.

        A sandbox that `contains` ends everything by itself, and gets a group only where that limits something; what is not
        `grouped` has one of another's making.
        """
        useful = [place for place in places() if grouped and (place.limits or not contains)]
        most = limits["processes"] + _OURS
        self._group = group.create(prefix() + name, most, limits["memory_bytes"], useful)
        if self._group is not None and not self._group.add(pid):
            self._group.remove()
            self._group = None
        self._measure = Measure(first_pid, folders, limits)
        self._most: dict[str, int] | None = None

    def exceeded(self, now_seconds: float) -> str | None:
        """Return `out_of_memory` or `disk_full`, None while there is enough; cheap enough for every step."""
        return OUT_OF_MEMORY if self.killed_for_memory() else self._measure.look(now_seconds)

    def due_in(self, now_seconds: float) -> float:
        """Return how long one may wait before asking again, in seconds."""
        return self._measure.due_in(now_seconds)

    def killed_for_memory(self) -> bool:
        """Tell whether the kernel has killed something of the cage; ask again when the command has ended."""
        return self._group is not None and self._group.out_of_memory()

    def kill(self) -> None:
        """Kill all that is in the group, if there is one."""
        if self._group is not None:
            self._group.kill()

    def peak(self) -> dict[str, int]:
        """Return the most there was at once, as far as it is known: the kernel's word before the watch's."""
        if self._most is not None:
            return self._most
        counted = self._group.peak() if self._group is not None else {}
        return {**self._measure.peak(), **{what: most for what, most in counted.items() if most is not None}}

    def close(self) -> None:
        """Remove the group of a cage that is dead, and let go of what is open; the peak is still known."""
        self._most = self.peak()
        if self._group is not None:
            self._group.remove()
        self._measure.close()


def reap() -> list[str]:
    """Kill what is left of cages whose supervisor is gone, and remove their groups; returns their names."""
    ours = prefix()
    return group.reap(ours, lambda name: os.path.exists(f"/proc/{name.removeprefix(ours)}"))
