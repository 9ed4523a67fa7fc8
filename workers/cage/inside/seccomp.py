"""The system calls that no caged program needs: a filter for the kernel, written by hand, never to be taken off.

It is the second wall. Most of what it refuses takes rights that a cage has shed already; the rest (keyrings, BPF,
io_uring, nested namespaces, sockets to the hypervisor) is not held back by namespaces. It knows two machines,
x86_64 and aarch64, and refuses to be installed on any other, so a cage there is not built at all.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from workers.cage.inside.bpf import (
    ABOVE,
    ALLOW,
    AND,
    ANY_BIT,
    ARGUMENTS_AT,
    EQUAL,
    MACHINE_AT,
    NUMBER_AT,
    allowing,
    answer,
    argument,
    fail,
    load,
    refusing,
    without,
)
from workers.cage.inside.calls import ALONE, ALONE_OWN, DENIED, JUDGED
from workers.cage.inside.libc import LIBC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from workers.cage.inside.bpf import Step

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # a column below, and linux/audit.h
_X32 = 0x40000000
# CLONE_NEWNS to CLONE_NEWNET: without a user namespace of its own a program can have none of them.
_NEW_NAMESPACES, _NEW_TIME = 0x7E020000, 0x80
_UNIX, _INET, _INET6, _NETLINK, _STREAM, _KIND = 1, 2, 10, 16, 1, 0xF
_TCP = (0, 6)  # as protocols of a stream; with another (MPTCP) it is none that Landlock would watch
_FAST_OPEN = 0x20000000  # connects while it sends, past Landlock
_NETLINK_KINDS = (0, 4, 15)  # routes, socket lists and device news: what getifaddrs, ss and browsers ask for
# TIOCSTI, TIOCLINUX, TIOCCONS: type into a terminal, and speak for it.
_TERMINAL_TRICKS = (0x5412, 0x541C, 0x541D)
# Linux; the same without address randomisation, as debuggers like it; only a question.
_PERSONALITIES = (0, 0x40000, 0xFFFFFFFF)
# Segments of shared memory outlive whoever made them, and a watch does not see them; there can be 4096.
_SEGMENT_BYTES = 256 * 1024

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2


def install(*, alone: bool = False) -> None:
    """Filter this process and all that it starts from now on; `no_new_privs` has to be set.

    With `alone` it also keeps apart what no namespace does: there is TCP and nothing else, no socket in the file
    system, no shared memory, and nothing to be done to other processes. Raises `OSError`, also on a machine without a filter.
    """
    content = program(os.uname().machine, alone=alone)
    steps = ctypes.create_string_buffer(content, len(content))
    description = struct.pack("HxxxxxxP", len(content) // 8, ctypes.addressof(steps))
    if LIBC.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.c_char_p(description), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the kernel takes no filter for system calls")


def program(machine: str, *, alone: bool = False) -> bytes:
    """Return the filter for a machine as the kernel reads it; raises `OSError` for a machine that we do not know."""
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, f"there is no filter for system calls on {machine}")
    column, audited_as = _MACHINES[machine]
    steps: list[Step] = [
        load(MACHINE_AT),
        (EQUAL, 1, 0, audited_as),
        fail(errno.ENOSYS),  # another machine's calls, as of 32-bit programs, have other numbers
        load(NUMBER_AT),
    ]
    if machine == "x86_64":
        steps += [(ANY_BIT, 0, 1, _X32), fail(errno.ENOSYS)]
    for name, judgement in _judgements(alone=alone).items():
        steps += [(EQUAL, 0, len(judgement), {**JUDGED, **ALONE_OWN}[name][column]), *judgement]
    for numbers in {**DENIED, **(ALONE if alone else {})}.values():
        if (number := numbers[column]) is not None:
            steps += [(EQUAL, 0, 1, number), fail(errno.EPERM)]
    return b"".join(struct.pack("HBBI", *step) for step in [*steps, answer(ALLOW)])


def _judgements(*, alone: bool) -> dict[str, list[Step]]:
    """Return, for each call of `JUDGED`, what to ask; every list of steps ends with an answer."""
    return {
        "clone": without(0, _NEW_NAMESPACES),
        "clone3": [fail(errno.ENOSYS)],  # its flags are out of our sight; libc falls back to clone
        "ioctl": refusing(1, _TERMINAL_TRICKS, errno.EPERM),
        "personality": allowing(0, _PERSONALITIES, errno.EPERM),
        "socketpair": _sockets([answer(ALLOW)], [answer(ALLOW)]),
        "unshare": without(0, _NEW_NAMESPACES | _NEW_TIME),
        **(_alone() if alone else _among_namespaces()),
    }


def _among_namespaces() -> dict[str, list[Step]]:
    segments = [*argument(1), (ABOVE, 0, 1, _SEGMENT_BYTES), fail(errno.EINVAL), *_small()]
    return {"shmget": segments, "socket": _sockets([answer(ALLOW)], [answer(ALLOW)])}


def _alone() -> dict[str, list[Step]]:
    stream = [*argument(1), (AND, 0, 0, _KIND), (EQUAL, 1, 0, _STREAM), fail(errno.EACCES)]
    return {
        **{name: allowing(0, (0,), errno.EPERM) for name in ALONE_OWN},
        **{
            name: without(flags, _FAST_OPEN)
            for name, flags in (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3))
        },
        "socket": _sockets([fail(errno.EACCES)], [*stream, *allowing(2, _TCP, errno.EACCES)]),
    }


def _sockets(unix: list[Step], internet: list[Step]) -> list[Step]:
    netlink = allowing(2, _NETLINK_KINDS, errno.EPROTONOSUPPORT)
    return [
        *argument(0),
        (EQUAL, 0, len(unix), _UNIX),
        *unix,
        (EQUAL, 0, len(netlink), _NETLINK),
        *netlink,
        (EQUAL, 1, 0, _INET),
        (EQUAL, 0, len(internet), _INET6),
        *internet,
        fail(errno.EAFNOSUPPORT),
    ]


def _small() -> list[Step]:
    return [load(ARGUMENTS_AT + 8 + 4), (EQUAL, 1, 0, 0), fail(errno.EINVAL), answer(ALLOW)]
