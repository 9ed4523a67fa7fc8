"""How many runs fit on this machine, and why. One pure rule, and the one look at the machine that it needs."""

import os
from dataclasses import dataclass
from pathlib import Path

GIB = 1024**3
MEMORY_A_RUN_BYTES = 2 * GIB
"""What a coding agent and the test suite it runs take together, ordinarily; the cage's own limit is higher."""
MEMORY_KEPT_BYTES = GIB
"""What is kept for the system, the database and our own processes."""
RUNS_A_CORE = 2
"""Agents mostly wait for their model, so a core serves more than one."""

CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many runs may be under way at once, and the sentence that says why."""

    runs: int
    because: str


def how_many(cores: int, memory_bytes: int) -> Capacity:
    """Return what a machine of this size can run at once: at least one, bounded by the scarcer of the two."""
    by_cores = cores * RUNS_A_CORE
    by_memory = (memory_bytes - MEMORY_KEPT_BYTES) // MEMORY_A_RUN_BYTES
    if by_memory < 1:
        return Capacity(1, f"{_gib(memory_bytes)} of memory is little: one run at a time")
    if by_memory < by_cores:
        return Capacity(by_memory, f"{_gib(memory_bytes)} of memory allows {_runs(by_memory)} at once")
    many = "core allows" if cores == 1 else "cores allow"
    return Capacity(by_cores, f"{cores} {many} {_runs(by_cores)} at once")


def of_this_machine() -> Capacity:
    """Return what the machine, or the container, that we are in can run at once."""
    return how_many(_cores(), _memory_bytes())


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory_bytes(cgroup: Path = CGROUP) -> int:
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = (cgroup / "memory.max").read_text().strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdigit() else machine


def _gib(size_bytes: int) -> str:
    return f"{size_bytes / GIB:.0f} GB"


def _runs(count: int) -> str:
    return f"{count} run" if count == 1 else f"{count} runs"
