"""Runs inside the cage of a check: starts services, runs the command, stops the services, ends as the command did.

Started by file name with `python -I -S`; its arguments are a plan as JSON, and the command. All that is put out is
the command's own words; only when a service cannot serve does it speak itself, and leaves a verdict for the host.
It refuses to serve in a network that is not the cage's own: who listens there could be somebody's real database.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from workers.checks.inside.serving import Asked, Service, Unserved

STOP_SECONDS = 10.0
STOP_WHEN_ASKED_SECONDS = (
    1.0  # what is asked to end has a few seconds in all, however many services there are
)
LOG_BYTES = 4_000
_NOT_EXECUTABLE, _NOT_FOUND = 126, 127


def main() -> None:
    """Carry out the plan."""
    plan, command = json.loads(sys.argv[1]), sys.argv[2:]
    sys.exit(Conductor(plan).conduct(command))


class Conductor:
    """Services around one command."""

    def __init__(self, plan: dict[str, Any]) -> None:
        """Begin to listen to being asked to end."""
        self._plan = plan
        self._verdict = Path(plan["verdict"])
        self._verdict.unlink(missing_ok=True)
        self._services: list[Service] = []
        self._command: subprocess.Popen[bytes] | None = None
        self._asked = 0
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._hear)

    def conduct(self, command: Sequence[str]) -> int:
        """Return the exit code of the command as a shell would say it."""
        try:
            self._serve()
            return self._run(command)
        except Unserved as error:
            return self._tell(*error.args)
        except Asked:
            return 128 + self._asked
        finally:
            for service in reversed(self._services):
                service.stop(STOP_WHEN_ASKED_SECONDS if self._asked else STOP_SECONDS)

    def _serve(self) -> None:
        rows = self._plan["services"]
        if str(Path("/proc/self/ns/net").readlink()) == self._plan["outside"]:
            raise Unserved(
                rows[0]["name"], "this cage has no network of its own, so it would meet what runs outside"
            )
        for row in rows:
            self._services.append(Service(row, lambda: self._asked != 0))
            self._services[-1].start()

    def _run(self, command: Sequence[str]) -> int:
        try:
            self._command = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        except OSError as error:
            sys.stderr.write(f"{command[0]}: {error.strerror}\n")
            return _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE
        if self._asked:
            self._command.send_signal(self._asked)
        code = self._command.wait()
        dead = next((service for service in self._services if service.died()), None)
        if code != 0 and dead is not None and not self._asked:
            raise Unserved(dead.name, "it died while the command ran")
        return code if code >= 0 else 128 - code

    def _tell(self, name: str, because: str) -> int:
        """Say it to whoever reads the output, and to the host by the verdict."""
        log = b""
        for service in self._services:
            if service.name == name:
                log = service.log.read_bytes()[-LOG_BYTES:]
        text = log.decode("utf-8", "replace").strip()
        sys.stdout.write(f"service {name}: {because}\n{text}\n")
        sys.stdout.flush()
        verdict = {"service": name, "because": because, "log": text}
        self._verdict.write_text(json.dumps(verdict), encoding="utf-8")
        return int(self._plan["unserved"])

    def _hear(self, number: int, _frame: object) -> None:
        self._asked = number
        if self._command is not None:
            self._command.send_signal(number)


if __name__ == "__main__":
    main()
