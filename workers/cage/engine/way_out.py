"""The way out of a container: the doors of any cage, opened from outside in the container's own network.

The image need not hold our relay. It stands on this machine, without a capability, and listens where only the
container is. Only a worker that may enter the container's namespaces can open it: root, or the owner of a rootless
engine. Elsewhere there is no way out, and the cage does not begin.
"""

from __future__ import annotations

import ctypes
import os
import signal

from workers.cage.inside.libc import LIBC, check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x20080522
_OPEN = b"o"


class WayOut:
    """A process that stands at the doors of one container until it is closed."""

    def __init__(
        self, told: dict[str, Any], pid: int, still: Callable[[], bool], leave: Callable[[], None]
    ) -> None:
        """Open the doors in the network of a container's first process, and wait until they are.

        `still` tells whether the number is that process's yet; `leave` is what the new process does first.
        """
        heard, say = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(heard)
            leave()
            _stand(told, pid, still, say)
        os.close(say)
        with os.fdopen(heard, "rb") as pipe:
            said = pipe.read()
        self.trouble = None if said == _OPEN else said.decode(errors="replace") or "its process died"

    def close(self) -> None:
        """End it."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


def _stand(told: dict[str, Any], pid: int, still: Callable[[], bool], say: int) -> NoReturn:
    from workers.cage.inside.network import open_doors  # noqa: PLC0415 -- most containers have no way out
    from workers.cage.inside.relay import Relay  # noqa: PLC0415

    try:
        enter(pid, still, rootless=told["rootless"])
        doors = open_doors(told["doors"]["ports"])
        os.chdir(told["records"])
        _give_up_capabilities()
        nothing = os.open("/dev/null", os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        os.write(say, _OPEN)
        os.close(say)
        Relay(doors, told["doors"]["egress"]).run()
    except OSError as error:
        os.write(say, str(error).encode())
    finally:
        os._exit(1)


def enter(pid: int, still: Callable[[], bool], *, rootless: bool) -> None:
    """Enter the network of a process; raises `OSError` where we may not, or where it is our own."""
    network = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    owner = os.open(f"/proc/{pid}/ns/user", os.O_RDONLY) if rootless else None
    if not still() or os.path.sameopenfile(network, os.open("/proc/self/ns/net", os.O_RDONLY)):
        raise OSError("the container is not there any more, or has no network of its own")
    if owner is not None:
        check(LIBC.setns(owner, _CLONE_NEWUSER))
    check(LIBC.setns(network, _CLONE_NEWNET))


def _give_up_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    check(LIBC.capset(header, (ctypes.c_uint32 * 6)()))
    check(LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
