"""What runs on this machine, as it lists it itself: to see whether something outlives whoever started it."""

import contextlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Seen:
    """A process as the machine lists it; a number is given again one day, but not with the same start."""

    pid: int
    started: int


def living() -> set[Seen]:
    return set(_parents())


def descendants(pid: int) -> set[Seen]:
    """Whatever a process has started, and what that has started."""
    parents = _parents()
    found: set[Seen] = set()
    family = {pid}
    while children := {each for each, parent in parents.items() if parent in family} - found:
        found |= children
        family = {each.pid for each in children}
    return found


def _parents() -> dict[Seen, int]:
    """Every process with its parent's number, from /proc/*/stat: proc(5). One that has ended is none any more."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent, *rest = stat.read_text().rpartition(")")[2].split()
            if state not in "ZX":
                parents[Seen(int(stat.parent.name), int(rest[17]))] = int(parent)
    return parents
