"""One service: prepared, started, waited for, stopped. It decides nothing about the command that needs it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

READY_SECONDS = 60.0
SETTLED_SECONDS = 0.3  # what tells nobody that it is ready should at least not end at once
_PAUSE_SECONDS = 0.02


class Unserved(Exception):
    """A service that cannot serve: its name, and why, as the second half of a sentence."""


class Asked(Exception):
    """The cage was asked to end before the command began."""


class Service:
    """One program that serves, by its row of the plan: a folder of its own, and scripts for a shell.

    `prepare`, `ready` and `port` may be None. `stop` names the signal that it likes to be
    asked to end with.
    """

    def __init__(self, row: dict[str, Any], asked: Callable[[], bool]) -> None:
        """Make its folder; nothing is started. `asked` tells whether the cage should end."""
        self.name: str = row["name"]
        self._row = row
        self._asked = asked
        self._environment = {**os.environ, **row["environment"]}
        folder = Path(row["folder"])
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        self.log.write_bytes(b"")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it serves; raises `Unserved`, `Asked`."""
        deadline = time.monotonic() + READY_SECONDS
        if self._listens():
            self._fail(f"something else listens on port {self._row['port']} already")
        if self._row["prepare"] and self._until_ended(self._shell(self._row["prepare"]), deadline) != 0:
            self._fail("it could not be prepared")
        self._process = self._shell(self._row["run"])
        settled = time.monotonic() + SETTLED_SECONDS
        while not self._serves(settled, deadline):
            self._go_on(deadline)
            if self.died():
                self._fail(f"it ended with exit code {self._process.returncode} before it was ready")

    def died(self) -> bool:
        """Whether it ended badly; one that goes to the background by itself ends well."""
        return self._process is not None and self._process.poll() not in {None, 0}

    def stop(self, seconds: float) -> None:
        """Ask it to end, and make sure of it after `seconds`."""
        if self._process is None or self._process.poll() is not None:
            return
        _signal(self._process, signal.Signals[self._row["stop"]])
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            _signal(self._process, signal.SIGKILL)
            self._process.wait()

    def _serves(self, settled: float, deadline: float) -> bool:
        if self._row["port"] and not self._listens():
            return False
        if self._row["ready"]:
            return self._until_ended(self._shell(self._row["ready"], said=False), deadline) == 0
        return bool(self._row["port"]) or time.monotonic() > settled

    def _listens(self) -> bool:
        if not self._row["port"]:
            return False
        with socket.socket() as asking:
            asking.settimeout(1)
            reached = asking.connect_ex(("127.0.0.1", self._row["port"])) == 0
            # Where nobody listens, the kernel may give us that very port, and we would reach ourselves.
            return reached and asking.getsockname() != asking.getpeername()

    def _until_ended(self, process: "subprocess.Popen[bytes]", deadline: float) -> int:
        try:
            while process.poll() is None:
                self._go_on(deadline)
        except BaseException:
            _signal(process, signal.SIGKILL)
            raise
        return process.wait()

    def _go_on(self, deadline: float) -> None:
        if self._asked():
            raise Asked
        if time.monotonic() > deadline:
            self._fail(f"it was not ready within {READY_SECONDS:.0f} seconds")
        time.sleep(_PAUSE_SECONDS)

    def _shell(self, script: str, *, said: bool = True) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            output = log if said else subprocess.DEVNULL
            return subprocess.Popen(
                ("/bin/sh", "-c", script),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._environment,
                start_new_session=True,
            )

    def _fail(self, because: str) -> NoReturn:
        raise Unserved(self.name, because)


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Signal a process of ours and whatever it started in its session."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
