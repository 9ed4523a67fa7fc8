"""Removes a container when its keeper cannot: whatever kills a keeper with all its family does not find us.

We belong to nobody and hold nothing but a pipe, which ends with the keeper. All that we are told is a name.
"""

from __future__ import annotations

import json
import os

from workers.cage.engine.client import Container

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_DONE = b"\0"
_LOW_DESCRIPTORS = range(3)


class Remover:
    """The keeper's end of the pipe to the process that waits for its death."""

    def __init__(self, status: int) -> None:
        """Start that process, as no child of ours and in a session of its own."""
        waits, self.says = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(self.says)
            os.close(status)
            if os.fork():
                os._exit(0)
            _wait(waits)
        os.waitpid(pid, 0)
        os.close(waits)

    def expect(self, told: dict[str, Any]) -> None:
        """Have it remove a container should we die; there may be none of that name yet."""
        known = {name: told[name] for name in ("client", "environment", "name")}
        os.write(self.says, json.dumps(known).encode())

    def dismiss(self) -> None:
        """Let it go: there is nothing left to remove."""
        os.write(self.says, _DONE)


def _wait(waits: int) -> NoReturn:
    try:
        os.setsid()
        nothing = os.open("/dev/null", os.O_RDWR)
        for number in _LOW_DESCRIPTORS:
            os.dup2(nothing, number)
        said = b""
        while piece := os.read(waits, 65536):
            said += piece
        if said and not said.endswith(_DONE):
            Container(json.loads(said)).remove()
    finally:
        os._exit(0)
