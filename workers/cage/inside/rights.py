"""Sheds what the command must not have: the user, the groups, the capabilities, and resources beyond its limits."""

from __future__ import annotations

import ctypes
import os
import resource
import sys

from workers.cage.inside import seccomp
from workers.cage.inside.libc import LIBC, check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SIGKILL = 9
_NICE, _KILL_FIRST = 10, "500"
_OPEN_FILES_MOST = 65536
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_PR_CAPBSET_READ, _PR_CAPBSET_DROP, _PR_CAP_AMBIENT = 23, 24, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522


def shed(orders: dict[str, Any]) -> None:
    """Give up the session, the user, the groups, every capability, and the hope of getting one back."""
    if os.getsid(0) != os.getpid():
        os.setsid()
    _give_way()
    if orders["become"]:
        _change_user(**orders["become"])
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, orders["file_bytes"])
    if sys.platform != "linux":
        return
    _limit(resource.RLIMIT_DATA, orders["memory_bytes"])
    limit_open_files()
    if orders["alone"] is not None:
        from workers.cage.inside.landlock import confine  # noqa: PLC0415 -- paid for only where it is the sandbox

        confine(orders["alone"])
        return
    if orders["caged"]:
        _limit_processes(orders["processes"])
        _drop_capabilities()
    else:
        check(LIBC.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0))
    check(LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    if orders["caged"]:
        seccomp.install()


def _give_way() -> None:
    """Let the host's own work go first, and let the kernel, if it has to kill somebody, begin here."""
    os.nice(_NICE)
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write(_KILL_FIRST)
    except OSError:
        return


def _limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


def limit_open_files(most: int = _OPEN_FILES_MOST) -> None:
    """Let no process hold so many files open that looking at them all is work; what it has now only gets less."""
    had = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft, hard = (most if each == resource.RLIM_INFINITY else min(each, most) for each in had)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _limit_processes(processes: int) -> None:
    """Limit processes and threads; since Linux 5.14 they are counted per user namespace, before per user."""
    if tuple(int(part) for part in os.uname().release.split(".")[:2]) >= (5, 14):
        _limit(resource.RLIMIT_NPROC, processes)


def _change_user(uid: int, gid: int, of_uid: int, of_gid: int) -> None:
    """Become `uid` in a user namespace of our own, which is `of_uid` outside.

    The namespace is there so that processes are counted per cage and not per user; a helper that stays outside
    writes its maps, because we lose the right to as we enter.
    """
    if of_uid != 0:
        os.setgroups([])
    entered, enter = os.pipe()
    helper = os.fork()
    if helper == 0:
        os.close(enter)
        os._exit(
            _write_maps(os.getppid(), f"{uid} {of_uid} 1", f"{gid} {of_gid} 1") if os.read(entered, 1) else 1
        )
    check(LIBC.unshare(_CLONE_NEWUSER))
    os.write(enter, b"x")
    os.close(enter)
    os.close(entered)
    if os.waitpid(helper, 0)[1] != 0:
        raise OSError("the user of the cage could not be mapped")
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def _write_maps(pid: int, uids: str, gids: str) -> int:
    for name, content in (("setgroups", "deny"), ("uid_map", uids), ("gid_map", gids)):
        with open(f"/proc/{pid}/{name}", "w", encoding="ascii") as file:
            file.write(content)
    return 0


def _drop_capabilities() -> None:
    for capability in range(64):
        if LIBC.prctl(_PR_CAPBSET_READ, capability, 0, 0, 0) == 1:
            check(LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0))
    check(LIBC.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    check(LIBC.capset(header, (ctypes.c_uint32 * 6)()))
