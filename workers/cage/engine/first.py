"""The first process of a kept container, as a supervisor sees it: its child is asked to end, and listens."""

from __future__ import annotations

import ctypes
import json
import os
import signal
from functools import partial

from workers.cage.engine.client import Container

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1


class First:
    """The process that a supervisor takes for the cage's first: the parent of the engine's client."""

    def __init__(self, ours: tuple[int, ...]) -> None:
        """Start it; it waits to be told which container. `ours` are descriptors that it may not hold."""
        told, self._tell = os.pipe()
        words, self.words = os.pipe()
        keeper = os.getpid()
        self._code: int | None = None
        self._pid = os.fork()
        if self._pid == 0:
            for descriptor in (*ours, self._tell, self.words):
                os.close(descriptor)
            _attend(keeper, told, words)
        os.close(told)
        os.close(words)

    def tell(self, told: dict[str, Any]) -> None:
        """Have it start the container."""
        _pour(self._tell, json.dumps(told).encode())

    def say(self, orders: str) -> None:
        """Tell the container's shell its orders."""
        _pour(self.words, orders.encode())

    def wait(self) -> int:
        """Wait for its end and return the exit code as a shell would."""
        if self._code is None:
            self._note(os.waitpid(self._pid, 0)[1])
        assert self._code is not None
        return self._code

    def is_over(self) -> bool:
        """Tell whether it has ended."""
        if self._code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            self._note(status) if pid else None
        return self._code is not None

    def kill(self) -> None:
        """Kill it and, with it, the client; whoever waits for it finds it dead."""
        if self._code is None:
            os.kill(self._pid, signal.SIGKILL)

    def _note(self, status: int) -> None:
        code = os.waitstatus_to_exitcode(status)
        self._code = code if code >= 0 else 128 - code


def _attend(keeper: int, told: int, words: int) -> NoReturn:
    """Be the first process: start the client and wait for it."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        follow_into_death(keeper, signal.SIGKILL)
        with os.fdopen(told, "rb") as pipe:
            said = pipe.read()
        if said:
            os._exit(_in_child(partial(_asked, Container(json.loads(said)), words)))
    finally:
        os._exit(1)


def _asked(container: Container, words: int) -> int:
    """Be the first's child, which a supervisor asks to end: the container is asked, and its client goes on listening.

    The client itself would be no use: Docker's leaves at once when it is asked.
    """
    signal.signal(signal.SIGTERM, lambda *_: container.ask())
    return _in_child(partial(_client, container, words))


def _client(container: Container, words: int) -> int:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.dup2(words, 0)
    container.attach()


def _in_child(work: Callable[[], int]) -> int:
    """Do some work in a child that dies with us, and return its exit code as a shell would."""
    us = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            follow_into_death(us, signal.SIGKILL)
            os._exit(work())
        finally:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code if code >= 0 else 128 - code


def follow_into_death(parent: int, number: signal.Signals) -> None:
    """Be sent a signal when our parent dies, also if that was a moment ago."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


def _pour(descriptor: int, content: bytes) -> None:
    """Write all of it and close; who does not read any longer needs no more of it."""
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as pipe:
            rest = memoryview(content)
            while rest:
                rest = rest[pipe.write(rest) :]
    except BrokenPipeError:
        pass
