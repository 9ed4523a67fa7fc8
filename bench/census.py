"""Who is alive on behalf of an installation and what they have, counted from /proc (proc(5)), again and again.

A cage is a supervisor, known by the module that it runs, and whatever descends from it. What lives for less than the
pause between two looks may be missed; nothing is counted that is not there. It stops nobody.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

PAUSE_SECONDS = 1.0
_SUPERVISOR = b"workers.cage.supervise.main"
_OWN = ("Pss_Anon:", "Pss_Shmem:")
_OWN_AT_MOST = ("RssAnon:", "RssShmem:")
_TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
MB = 1e6


@dataclass(frozen=True, slots=True)
class Process:
    """A living process. `cpu_seconds` counts what it has buried as well; `started` tells it from a later one."""

    pid: int
    parent: int
    started: int
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Cage:
    """A supervisor and what descends from it, without the supervisor itself."""

    supervisor: Process
    members: tuple[Process, ...]


@dataclass(slots=True)
class Most:
    """The most that was seen at once; `per_cage` is in the cage that had most of it, its supervisor left out."""

    cages: int = 0
    processes: int = 0
    memory_bytes: int = 0
    processes_per_cage: int = 0
    memory_bytes_per_cage: int = 0
    open_files: int = 0


@dataclass(slots=True)
class Census:
    """Looks at what descends from some processes; `roots` are asked for at every look."""

    roots: Callable[[], Iterable[int]]
    most: Most = field(default_factory=Most)
    supervisors: set[tuple[int, int]] = field(default_factory=set)

    def look(self) -> list[Cage]:
        """Look once, remember the most, and return the cages that are alive."""
        cages, rest = _sorted(processes(), self.roots())
        self.supervisors |= {(cage.supervisor.pid, cage.supervisor.started) for cage in cages}
        inside = [sum(own_bytes(each.pid) for each in cage.members) for cage in cages]
        around = sum(own_bytes(each.pid) for each in (*rest, *(cage.supervisor for cage in cages)))
        most = self.most
        most.cages = max(most.cages, len(cages))
        most.processes = max(most.processes, len(rest) + sum(1 + len(cage.members) for cage in cages))
        most.memory_bytes = max(most.memory_bytes, around + sum(inside))
        most.processes_per_cage = max([most.processes_per_cage, *(len(cage.members) for cage in cages)])
        most.memory_bytes_per_cage = max([most.memory_bytes_per_cage, *inside])
        most.open_files = max([most.open_files, *(open_files(each.pid) for each in rest)])
        return cages


@contextlib.asynccontextmanager
async def counting(census: Census, pause_seconds: float = PAUSE_SECONDS) -> AsyncIterator[None]:
    """Have a census look all the time, in a thread of its own."""

    async def look() -> None:
        while True:
            await asyncio.to_thread(census.look)
            await asyncio.sleep(pause_seconds)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


def processes() -> dict[int, Process]:
    """Return every process that lives; one that only waits to be buried does not."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        if (process := _process(int(folder.name))) is not None:
            found[process.pid] = process
    return found


def own_bytes(pid: int) -> int:
    """Return the memory of a process that is no file's, its share of what it shares with others."""
    for name, parts in (
        ("smaps_rollup", _OWN),
        ("status", _OWN_AT_MOST),
    ):  # the first is told to its user alone
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/{name}").read_text(errors="replace").splitlines()
            return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(parts))
    return 0


def open_files(pid: int) -> int:
    """Return how many descriptors a process has open."""
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return 0


def command_of(pid: int) -> bytes:
    """Return the command line of a process, its words parted by NUL; nothing where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _process(pid: int) -> Process | None:
    try:
        state, parent, *rest = (
            Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        )
    except OSError:
        return None
    ticks = sum(map(int, rest[9:13]))
    return None if state in "ZX" else Process(pid, int(parent), int(rest[17]), ticks * _TICK_SECONDS)


def _sorted(living: dict[int, Process], roots: Iterable[int]) -> tuple[list[Cage], list[Process]]:
    """Return the cages among what descends from the roots, and whoever is in none, the roots included."""
    children: dict[int, list[Process]] = {}
    for each in living.values():
        children.setdefault(each.parent, []).append(each)
    cages, rest = [], []
    waiting = [living[pid] for pid in roots if pid in living]
    while waiting:
        here = waiting.pop()
        if _SUPERVISOR in command_of(here.pid):
            cages.append(Cage(here, tuple(_below(here.pid, children))))
        else:
            rest.append(here)
            waiting += children.get(here.pid, [])
    return cages, rest


def _below(pid: int, children: dict[int, list[Process]]) -> list[Process]:
    found, waiting = [], list(children.get(pid, []))
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1].pid, [])
    return found
