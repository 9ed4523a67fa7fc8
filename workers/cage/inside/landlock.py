"""Confines a program without any namespace: what it may open, which ports it may reach, whom it may signal.

Much less than a cage: it sees the host's processes by name, shares the host's network, and what Landlock has no word
for (changing modes and times of its own user's files) stays possible. Only for the sandbox of that name.
"""

from __future__ import annotations

import ctypes
import os
import resource

from workers.cage.inside import seccomp
from workers.cage.inside.libc import LIBC, check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
_ASK_VERSION, _RULE_PATH, _RULE_PORT = 1, 1, 2
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_DEVICE = _READ_FILE | _WRITE_FILE
_BIND, _CONNECT = 1, 2
_KNOWN_SINCE = ((1, (1 << 13) - 1), (2, 1 << 13), (3, _TRUNCATE), (5, _IOCTL_DEV))
_NETWORK_SINCE, _SCOPES_SINCE, _SCOPES = 4, 6, 3
_PR_SET_PDEATHSIG, _SIGKILL, _PR_SET_NO_NEW_PRIVS = 1, 9, 38
_PR_CAPBSET_READ, _PR_CAPBSET_DROP = 23, 24


def abi() -> int:
    """Return the version of Landlock that this kernel has, 0 where it has none or it is switched off."""
    return max(0, int(LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)))


def confine(orders: dict[str, Any]) -> None:
    """Become the user of the cage, if it has one of its own, and give up everything that is not in the orders.

    `readable`, `writable` and `devices` are paths, `ports` are those of TCP. Raises `OSError`, also where the kernel
    cannot refuse connections: then nothing would hold a program here.
    """
    if orders["uid"] is not None:
        _leave_root(orders["uid"], orders["gid"])
    check(LIBC.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (orders["processes"], orders["processes"]))
    os.makedirs(orders["scratch"], exist_ok=True)
    check(LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _restrict(orders, abi())
    seccomp.install(alone=True)


def _leave_root(uid: int, gid: int) -> None:
    for capability in range(64):
        if LIBC.prctl(_PR_CAPBSET_READ, capability, 0, 0, 0) == 1:
            check(LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0))
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)  # takes every capability with it (capabilities(7))


def _restrict(orders: dict[str, Any], version: int) -> None:
    if version < _NETWORK_SINCE:
        raise OSError(
            f"Landlock has version {version} here, and refuses no connections before {_NETWORK_SINCE}"
        )
    everything = sum(bits for since, bits in _KNOWN_SINCE if version >= since)
    scopes = _SCOPES if version >= _SCOPES_SINCE else 0
    size = 24 if version >= _SCOPES_SINCE else 16
    handled = (ctypes.c_uint64 * 3)(everything, _BIND | _CONNECT, scopes)
    ruleset = LIBC.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(size), 0)
    check(0 if ruleset >= 0 else -1)
    for paths, rights in (
        (orders["readable"], _READ),
        (orders["writable"], everything & ~(_MAKE_CHAR | _MAKE_BLOCK)),
        (orders["devices"], _DEVICE),
    ):
        for path in paths:
            _allow_path(ruleset, path, rights & everything)
    for port in orders["ports"]:
        rule = (ctypes.c_uint64 * 2)(_CONNECT, port)
        check(LIBC.syscall(_ADD_RULE, ruleset, _RULE_PORT, rule, 0))
    check(LIBC.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _allow_path(ruleset: int, path: str, rights: int) -> None:
    """Allow something on a file, or on a folder and all that is in it; what cannot be reached needs no rule."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    if not os.path.isdir(path):
        rights &= _OF_FILES
    rule = ctypes.create_string_buffer(rights.to_bytes(8, "little") + descriptor.to_bytes(4, "little"), 12)
    try:
        check(LIBC.syscall(_ADD_RULE, ruleset, _RULE_PATH, rule, 0), path)
    finally:
        os.close(descriptor)
