"""The host as far as a command could change it: looked at before and after, and compared.

What other people's processes change meanwhile is not held against a command: of things that come and go on every
host (temporary files, shared memory, keys) only those count that belong to the cage's user or carry our mark.
"""

import os
import socket
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from workers.cage.trial.verdict import Check, Finding

_SETTINGS = (
    "kernel/core_pattern", "kernel/hostname", "kernel/domainname", "kernel/modprobe", "kernel/sysrq", "kernel/panic",
    "kernel/pid_max", "kernel/threads-max", "kernel/randomize_va_space", "kernel/dmesg_restrict",
    "kernel/kptr_restrict", "kernel/perf_event_paranoid", "kernel/unprivileged_bpf_disabled", "kernel/printk",
    "kernel/usermodehelper/bset", "kernel/yama/ptrace_scope", "vm/overcommit_memory", "vm/drop_caches",
    "vm/swappiness", "fs/suid_dumpable", "fs/protected_hardlinks", "fs/protected_symlinks", "fs/file-max",
    "net/ipv4/ip_forward", "net/ipv4/ping_group_range", "net/ipv4/ip_unprivileged_port_start",
    "user/max_user_namespaces",
)  # fmt: skip
_SHARED = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/run/lock")  # noqa: S108 -- looked at, not used
_IPC = ("shm", "sem", "msg")
_CLOCK_SECONDS = 2.0
_OF_CONTAINERS = ("/docker/", "/containers/", "/containerd/", "/netns/")
"""What mount points have in their names that a container engine makes and takes away as it likes."""

State = Mapping[str, str]
"""What was seen, by a name that fits into *… was changed*."""


def look(mark: str, cage_uid: int, *, alone: bool) -> dict[str, str]:
    """Return the state of the host. `alone` says that nobody but cages has that user."""
    return {
        "the host's name": socket.gethostname(),
        "the clock": f"{time.time() - time.monotonic():.3f}",
        "the list of mounts": "\n".join(_mounts()),
        "the list of kernel modules": "\n".join(sorted(line.split()[0] for line in _lines("/proc/modules"))),
        **{f"the setting {name}": _read(f"/proc/sys/{name}") for name in _SETTINGS},
        **{f"a file in {place}": _files(place, mark, cage_uid, alone=alone) for place in _SHARED},
        "what is kept in shared memory": "\n".join(_ipc(cage_uid)),
        "what is kept in the kernel's keyrings": "\n".join(_keys(cage_uid)) if alone else "",
        "the terminal": _terminal(),
        "our own limits and priority": f"{_read('/proc/self/limits')}{os.getpriority(os.PRIO_PROCESS, 0)}",
    }


def changed(before: State, after: State) -> list[Finding]:
    """Return a finding for each thing that is not as it was. Pure."""
    return [
        Finding(Check.HOST, f"{name} was changed{_difference(before[name], after[name])}")
        for name in before
        if not _same(name, before[name], after[name])
    ]


def _same(name: str, before: str, after: str) -> bool:
    if name == "the clock":
        return abs(float(after) - float(before)) < _CLOCK_SECONDS
    if name.startswith("a file in "):  # what went away may have been cleared away by its owner
        return set(after.splitlines()) <= set(before.splitlines())
    return before == after


def _difference(before: str, after: str) -> str:
    new = [line for line in after.splitlines() if line not in before.splitlines()]
    return f": {new[0][:120]!a}" if new else ""


def _read(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def _mounts() -> Iterator[str]:
    """Yield what proc_pid_mountinfo(5) says of each mount, but for those of other people's containers."""
    for line in _lines("/proc/self/mountinfo"):
        if not any(part in f"{line.split()[4]}/" for part in _OF_CONTAINERS):
            yield line


def _lines(path: str) -> list[str]:
    return _read(path).splitlines()


def _files(place: str, mark: str, cage_uid: int, *, alone: bool) -> str:
    return "\n".join(sorted(_ours(place, mark, cage_uid, alone=alone)))


def _ours(place: str, mark: str, cage_uid: int, *, alone: bool) -> Iterator[str]:
    with suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            with suppress(OSError):
                if mark in entry.name or (alone and entry.stat(follow_symlinks=False).st_uid == cage_uid):
                    yield ascii(entry.name)


def _ipc(cage_uid: int) -> Iterator[str]:
    """Yield what System V has of a user, from proc_sysvipc(5): the columns have names."""
    for kind in _IPC:
        head, *rows = _lines(f"/proc/sysvipc/{kind}") or [""]
        names = head.split()
        for row in rows:
            told = dict(zip(names, row.split(), strict=False))
            if str(cage_uid) in {told.get("uid"), told.get("cuid")}:
                yield f"{kind} {told.get('key')}"


def _keys(cage_uid: int) -> Iterator[str]:
    """Yield how many keys a user has, from /proc/key-users in keyrings(7)."""
    for line in _lines("/proc/key-users"):
        uid, _, counts = line.strip().partition(":")
        if uid == str(cage_uid):
            yield counts.split()[1]


def _terminal() -> str:
    """Return how the terminal is set that we were started from, if there is one."""
    for descriptor in range(3):
        with suppress(OSError, termios.error):
            return f"{termios.tcgetattr(descriptor)} {os.tcgetpgrp(descriptor)} {os.get_terminal_size(descriptor)}"
    return ""
