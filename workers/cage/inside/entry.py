"""Runs inside a sandbox, before the command: builds the root (unshare), sheds every right, becomes the command.

Started by `view.starter` with `python -I -S -B`. It reads its orders on standard input until the end, so a worker
that dies first starts nothing; on the descriptor named by its argument it says `r` when it is ready for them and
`b` when the command begins. What it is told is trusted; what it starts is not.
"""

from __future__ import annotations

import marshal
import os
import sys

from workers.cage.inside import network
from workers.cage.inside.libc import LIBC, check
from workers.cage.inside.rights import shed
from workers.cage.inside.root import build_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_SIGINT, _SIGPIPE, _SIGXFSZ = 2, 13, 25
_IGNORE = 1
_PR_SET_DUMPABLE = 4
_NOT_EXECUTABLE, _NOT_FOUND = 126, 127


def main() -> None:
    """Say that we are here, read our orders, and carry them out."""
    status = int(sys.argv[1])
    os.set_inheritable(status, False)  # noqa: FBT003 -- positional only
    os.write(status, b"r")
    told = sys.stdin.buffer.read()
    if not told:
        sys.exit("nobody told the cage what to do")
    orders = marshal.loads(told)  # noqa: S302 -- the worker's own words
    try:
        os.umask(0o022)
        if orders["view"] is not None:
            build_root(orders["view"])
        if orders["first"]:
            be_first(status)
        if orders["loopback"]:
            network.raise_loopback()
        doors = network.open_doors(orders["doors"]["ports"]) if orders["doors"] else []
        shed(orders)
        if doors:
            network.leave_relay(doors, orders["doors"]["egress"])
    except OSError as error:
        sys.exit(f"the cage could not be built: {error}")
    os.write(status, b"b")
    become(orders)


def be_first(status_descriptor: int) -> None:
    """Stay behind as the first process; what returns is its child.

    It keeps rights and limits that the command has not, and may be of the same user: so nobody may look into it, trace
    it, or write to its memory.
    """
    check(LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))
    if child := os.fork():
        reap_until(child, status_descriptor)
    check(LIBC.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0))


def reap_until(child: int, status_descriptor: int) -> NoReturn:
    """Be the first process: bury every orphan, and end, with everything, when the command does."""
    for descriptor in (0, 1, 2, status_descriptor):
        os.close(descriptor)
    LIBC.signal(
        _SIGINT, _IGNORE
    )  # Python has a handler for it, and a first process gets no signal without one
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def become(orders: dict[str, Any]) -> NoReturn:
    """Replace this process by the command, with the signals, the input and the directory it may expect."""
    for number in (_SIGPIPE, _SIGXFSZ):  # Python ignores these
        LIBC.signal(number, 0)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    try:
        os.chdir(orders["directory"])
        os.execvpe(orders["command"][0], orders["command"], orders["environment"])  # noqa: S606 -- that is the point
    except OSError as error:
        sys.stderr.write(f"{orders['command'][0]}: {error.strerror}\n")
        sys.stderr.flush()
        os._exit(_NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE)
