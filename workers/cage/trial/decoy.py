"""A process that stands for the worker: a secret in its environment, one in its arguments, and an open file.

It has our user and does nothing, so it is what a command in the cage would read, trace or stop if it could.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workers.cage.trial.canaries import VARIABLE
from workers.cage.trial.verdict import Check, Finding

_WAIT = "read -r nothing"


@contextmanager
def decoy(in_environment: str, in_arguments: str, opened: Path) -> Iterator["Decoy"]:
    """Start the process, and end it."""
    with opened.open("rb") as file:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _WAIT, "worker", in_arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={VARIABLE: in_environment},
            pass_fds=(file.fileno(),),
        )
    try:
        yield Decoy(process)
    finally:
        process.kill()
        process.communicate()


class Decoy:
    """The process as the referee sees it."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        """Remember how it is before anything is tried."""
        self._process = process
        self.pid = process.pid
        self._before = self._state()

    def findings(self) -> list[Finding]:
        """Return what was done to it."""
        if self._process.poll() is not None:
            return [Finding(Check.CHANGED, "a process of the worker's was killed")]
        if self._state() != self._before:
            return [
                Finding(Check.CHANGED, "a process of the worker's was stopped, traced or given other rights")
            ]
        return []

    def _state(self) -> tuple[object, ...]:
        traced = ""
        with suppress(OSError):
            lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
            traced = next((line for line in lines if line.startswith("TracerPid")), "")
        stopped = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] in "Tt"
        limits = Path(f"/proc/{self.pid}/limits").read_text()
        return traced, stopped, limits, os.getpriority(os.PRIO_PROCESS, self.pid)
