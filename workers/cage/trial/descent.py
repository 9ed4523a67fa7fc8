"""Who descends from us, by what the kernel tells of every process. Reads /proc; ends leftovers only when told to.

We ask for orphans to become our children (PR_SET_CHILD_SUBREAPER), so that no double fork leads out of the family.
"""

import ctypes
import os
import signal
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE_SECONDS = 2.0
_PAUSE_SECONDS = 0.02
_KILL_SECONDS = 20.0
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Process:
    """One process, as in proc_pid_stat(5). `started` with `pid` is nobody else, ever."""

    pid: int
    parent: int
    name: str
    state: str
    threads: int
    started: int
    resident_bytes: int


def adopt_orphans() -> None:
    """Become the parent of whoever loses theirs below us."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def parsed(text: str) -> Process:
    """Return what one line of /proc/PID/stat says; the name is whatever its owner chose, brackets included."""
    pid, _, rest = text.partition(" (")
    name, _, fields = rest.rpartition(") ")
    words = fields.split()
    return Process(
        pid=int(pid),
        parent=int(words[1]),
        name=name,
        state=words[0],
        threads=int(words[17]),
        started=int(words[19]),
        resident_bytes=int(words[21]) * _PAGE_BYTES,
    )


def everybody() -> dict[int, Process]:
    """Return all processes that are there."""
    found = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 -- a hundred times a second
        if name.isdecimal():
            with suppress(OSError, ValueError, IndexError), open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                process = parsed(file.read().decode("utf-8", "replace"))
                found[process.pid] = process
    return found


def family(all_of_them: Mapping[int, Process], of: int, without: Iterable[int] = ()) -> list[Process]:
    """Return the living descendants of a process, but for some and theirs. Zombies are dead. Pure."""
    children: dict[int, list[Process]] = {}
    for process in all_of_them.values():
        children.setdefault(process.parent, []).append(process)
    spared, found, waiting = set(without), [], [of]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child.pid not in spared:
                waiting.append(child.pid)
                if child.state not in "ZX":
                    found.append(child)
    return found


def marked(mark: str) -> list[int]:
    """Return the processes that carry a mark in their environment, wherever they descend from."""
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208 -- as above
        if name.isdecimal():
            with suppress(OSError):
                if mark.encode() in Path(f"/proc/{name}/environ").read_bytes():
                    found.append(int(name))
    return found


def leftovers(mark: str, known: Iterable[int]) -> list[Process]:
    """Return who is still there after a short patience: a supervisor needs a moment to close its books."""
    known = set(known)
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        them = everybody()
        left = {process.pid: process for process in family(them, os.getpid(), known)}
        for pid in marked(mark):
            if pid in them and pid not in known and them[pid].state not in "ZX":
                left[pid] = them[pid]
        if not left or time.monotonic() >= until:
            return list(left.values())
        time.sleep(_PAUSE_SECONDS)


def end(mark: str, known: Iterable[int]) -> None:
    """Kill whoever is left, again and again: who forks faster than we look is stopped first."""
    known, until = set(known), time.monotonic() + _KILL_SECONDS
    while time.monotonic() < until:
        pids = {process.pid for process in family(everybody(), os.getpid(), known)} | set(
            marked(mark)
        ) - known
        if not pids:
            return
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                with suppress(OSError):
                    os.kill(pid, number)
        bury(known)


def bury(known: Iterable[int]) -> None:
    """Take leave of the orphans that died with us, and of nobody whom somebody else waits for."""
    known = set(known)
    for process in everybody().values():
        if process.parent == os.getpid() and process.state == "Z" and process.pid not in known:
            with suppress(ChildProcessError):
                os.waitpid(process.pid, os.WNOHANG)
