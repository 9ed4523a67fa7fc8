"""What this machine offers to hold a cage: found out once, at the start, by trying. It decides nothing about sandboxes.

The kernel's files say what it could do; whether we may is only known by doing it, so a cgroup is really made.
"""

import asyncio
import os
import re
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from pathlib import Path

from workers.cage.inside.landlock import abi
from workers.cage.inside.seccomp import program
from workers.cage.supervise import group
from workers.cage.supervise.places import places

_ANSWER_SECONDS = 10
_NAMESPACES_MAX = Path("/proc/sys/user/max_user_namespaces")
_OWN_NAMESPACE = "RLIMIT_NPROC, counted in the cage's own user namespace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """The means of this machine. `cgroups` says for `processes` and `memory` what counts them, as in *cgroup v2*."""

    kernel: str
    bubblewrap: str | None
    user_namespaces: bool
    landlock: int
    seccomp: bool
    cgroups: dict[str, str]
    no_cgroup_because: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """All of it in a line."""
        cgroups = ", ".join(f"{what} by {how}" for what, how in self.cgroups.items())
        return "; ".join(
            (
                f"Linux {self.kernel}",
                f"bubblewrap {self.bubblewrap}" if self.bubblewrap else "no bubblewrap",
                "user namespaces" if self.user_namespaces else "no user namespaces",
                f"Landlock {self.landlock}" if self.landlock else "no Landlock",
                "seccomp" if self.seccomp else "no seccomp",
                f"cgroups: {cgroups}" if cgroups else "no cgroup of our own",
            )
        )


def limited_by(sandbox: str, offers: Offers) -> tuple[str, ...]:
    """Return, for each limit of a cage, what keeps it on this machine: a line each."""
    if sys.platform != "linux":
        return ("processes: nothing", "memory: nothing", "disk: nothing", "system calls: nothing")
    fallback = {
        "none": "nothing",
        "landlock": "RLIMIT_NPROC, counted together with all else that this user runs",
    }.get(sandbox, _OWN_NAMESPACE)
    if fallback == _OWN_NAMESPACE and not counts_by_namespace(offers.kernel):
        fallback = f"nothing, because Linux {offers.kernel} does not count them by user namespace"
    processes, memory = offers.cgroups.get("processes"), offers.cgroups.get("memory")
    watched = (
        "what it has resident, looked at the more often the fuller it is, and RLIMIT_DATA for each process"
    )
    return (
        f"processes: {processes} (and {fallback})" if processes else f"processes: {fallback}",
        f"memory: {memory} (and {watched})" if memory else f"memory: {watched}",
        "disk: the growth of its folders and what stays free, looked at every second, and RLIMIT_FSIZE for each file",
        f"system calls: {'nothing' if sandbox == 'none' else 'a seccomp filter'}",
    )


def counts_by_namespace(kernel: str) -> bool:
    """Tell whether RLIMIT_NPROC counts the processes of a user namespace by themselves (Linux 5.14)."""
    numbers = re.match(r"(\d+)\.(\d+)", kernel)
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= (5, 14)


async def look() -> Offers:
    """Find out what this machine offers; it takes a few milliseconds."""
    cgroups, because = await asyncio.to_thread(_try_cgroup) if sys.platform == "linux" else ({}, ())
    return Offers(
        kernel=os.uname().release,
        bubblewrap=await _version("bwrap"),
        user_namespaces=_number(_NAMESPACES_MAX) > 0,
        landlock=abi() if sys.platform == "linux" else 0,
        seccomp=_has_filter(),
        cgroups=cgroups,
        no_cgroup_because=because,
    )


def _try_cgroup() -> tuple[dict[str, str], tuple[str, ...]]:
    """Make a group, put a process into it, and take both away again."""
    found = places()
    because = tuple(place.because for place in found if place.because and place.limits)
    made = group.create(
        f"handoff-probe-{os.getpid()}", processes=16, memory_bytes=256 * 1024 * 1024, found=found
    )
    if made is None:
        return {}, because
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as trial:
        added = made.add(trial.pid)
        made.kill()
        trial.kill()
    made.remove()
    return (
        (made.limits, because) if added else ({}, (*because, "a process may not be moved into a new cgroup"))
    )


def _has_filter() -> bool:
    try:
        program(os.uname().machine)
    except OSError:
        return False
    return Path("/proc/sys/kernel/seccomp/actions_avail").exists()


def _number(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


async def _version(name: str) -> str | None:
    try:
        process = await asyncio.create_subprocess_exec(
            name, "--version", stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
        )
    except OSError:
        return None
    try:
        said = (await asyncio.wait_for(process.communicate(), _ANSWER_SECONDS))[0]
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    found = re.search(rb"\d[\w.]*", said)
    return found[0].decode() if found else None
