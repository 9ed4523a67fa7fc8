"""Stands on this machine for a container that runs under somebody else: as long as we live, so does it.

To a supervisor we look like any sandbox: `r` on the descriptor named by the last argument, orders on standard
input, a first process to kill, its child to ask, `b` if the command was reached. Killing the first process ends the
client alone, so the container is removed before we end; if we are killed, the remover sees to that.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

from workers.cage.engine.client import Container
from workers.cage.engine.first import First, follow_into_death
from workers.cage.engine.remover import Remover
from workers.cage.engine.way_out import WayOut

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PAUSE_SECONDS = 0.05
_READY, _BEGUN, _STARVED = b"r", b"b", b"m"


def main() -> int:
    """Keep one container, and return the exit code of its command."""
    status, parent = int(sys.argv[-1]), os.getppid()
    os.set_inheritable(status, False)  # noqa: FBT003 -- positional only
    remover = Remover(status)
    first = First((status, remover.says))
    signal.signal(signal.SIGTERM, lambda *_: first.kill())
    follow_into_death(parent, signal.SIGTERM)
    os.write(status, _READY)
    said = _orders(first)
    if not said:
        first.kill()
        sys.exit("nobody told the cage what to do")
    told = json.loads(said)
    container = Container(told)
    remover.expect(told)
    try:
        return _keep(container, first, told, (status, remover.says))
    finally:
        first.kill()
        container.remove()
        remover.dismiss()


def _orders(first: First) -> bytes:
    """Read what we are told; a first process that is killed meanwhile means that there is nothing to wait for."""

    def look(*_: object) -> None:
        if first.is_over():
            sys.exit("the cage was ended before it began")

    signal.signal(signal.SIGCHLD, look)
    look()
    said = sys.stdin.buffer.read()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    return said


def _keep(container: Container, first: First, told: dict[str, Any], ours: tuple[int, ...]) -> int:
    """See the container through; `ours` are descriptors that no other process may hold, the status first."""
    wrong = container.create()
    if wrong is not None:
        sys.exit(wrong)
    first.tell(told)
    way_out = _opened(container, first, told, ours) if told["doors"] else None
    try:
        first.say(told["orders"])
        code = first.wait()
    finally:
        if way_out is not None:
            way_out.close()
    if container.began():
        os.write(ours[0], _BEGUN + (_STARVED if container.starved() else b""))
    return code


def _opened(container: Container, first: First, told: dict[str, Any], ours: tuple[int, ...]) -> WayOut:
    """Open the doors of a container whose shell still waits for its orders."""
    keeper = os.getpid()
    while not (pid := container.pid()):
        if first.is_over():
            sys.exit("the container could not be started")
        time.sleep(_PAUSE_SECONDS)

    def leave() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        follow_into_death(keeper, signal.SIGKILL)
        for descriptor in (*ours, first.words):
            os.close(descriptor)

    way_out = WayOut(told, pid, lambda: container.pid() == pid, leave)
    if way_out.trouble is not None:
        way_out.close()
        sys.exit(
            f"The container has no way to the network: {way_out.trouble}. Run the worker as root or with a rootless "
            "Podman, or use another cage than Docker."
        )
    return way_out
