"""The network of a cage, which is its own loopback: brought up here where no sandbox has done it, with its doors opened.

A door is a port that listens before the command starts, so that no command is ever too early. Who goes through it is
not our business: the filter stands outside.
"""

from __future__ import annotations

import os
from _socket import AF_INET, SO_REUSEADDR, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET, socket
from fcntl import ioctl

from workers.cage.inside.libc import LIBC
from workers.cage.inside.relay import Relay

TYPE_CHECKING = False
if TYPE_CHECKING:
    Doors = list[tuple[socket, bytes]]

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_NAME_BYTES, _REQUEST_BYTES = 16, 40  # of a struct ifreq
_SIGHUP, _SIGINT, _SIGTERM, _IGNORE = 1, 2, 15, 1
_PR_SET_NAME = 15
_BACKLOG = 128


def raise_loopback() -> None:
    """Bring up `lo` in a network namespace that is ours."""
    asking = socket(AF_INET, SOCK_DGRAM)
    request = bytearray(b"lo".ljust(_REQUEST_BYTES, b"\0"))
    ioctl(asking.fileno(), _SIOCGIFFLAGS, request)
    flags = int.from_bytes(request[_NAME_BYTES : _NAME_BYTES + 2], "little") | _IFF_UP
    request[_NAME_BYTES : _NAME_BYTES + 2] = flags.to_bytes(2, "little")
    ioctl(asking.fileno(), _SIOCSIFFLAGS, request)
    asking.close()


def open_doors(ports: list[tuple[int, str]]) -> Doors:
    """Listen on every port; each comes with the line by which the filter outside knows its target."""
    opened = []
    for port, target in ports:
        door = socket(AF_INET, SOCK_STREAM)
        door.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", port))
        door.listen(_BACKLOG)
        door.setblocking(False)  # noqa: FBT003 -- positional only
        opened.append((door, f"{target}\n".encode()))
    return opened


def leave_relay(doors: Doors, egress: str) -> None:
    """Leave a process behind that stands at the doors for as long as the cage lives.

    It is no child of ours, for the command that we become would wonder whose it is; it holds nothing of ours open, or
    the output would never end; and it does not mind being asked to end, for then the command may still be saving.
    """
    if child := os.fork():
        os.waitpid(child, 0)
    elif os.fork():
        os._exit(0)
    else:
        try:
            _stand_at(doors, egress)
        finally:
            os._exit(1)
    for door, _ in doors:
        door.close()


def _stand_at(doors: Doors, egress: str) -> None:
    for number in (_SIGHUP, _SIGINT, _SIGTERM):
        LIBC.signal(number, _IGNORE)
    LIBC.prctl(_PR_SET_NAME, b"relay", 0, 0, 0)
    _hold_nothing_but({door.fileno() for door, _ in doors})
    Relay(doors, egress).run()


def _hold_nothing_but(kept: set[int]) -> None:
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            try:
                os.close(int(name))
            except OSError:  # the one by which we read the list
                continue
    for _ in range(3):  # the lowest numbers are free: no connection is to have one of theirs
        os.open("/dev/null", os.O_RDWR)
