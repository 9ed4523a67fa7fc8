"""The engine's client as the keeper uses it: one container, made, asked about, and removed for certain.

Standard library only, and nothing of the worker's: the keeper is started for every container.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_ANSWER_SECONDS = 20
_REMOVALS, _PAUSE_SECONDS = 5, 0.5
_NEVER = "0001-01-01"


class Container:
    """One container by its name; the client sees the environment it is given and nothing else."""

    def __init__(self, told: dict[str, Any]) -> None:
        """Hold on to what we were told; nothing is made yet."""
        self._told = told
        self.name: str = told["name"]

    def create(self) -> str | None:
        """Make the container without starting it, and return what is wrong if that cannot be."""
        found = self._ask(
            "image", "inspect", "--format", "{{json .Config.Volumes}}", "--", self._told["image"]
        )
        if found.returncode != 0:
            return (
                f"The image {self._told['image']} is not on this machine, or the engine does not answer: "
                f"{found.stderr.strip()[-300:]}. Run `{self._told['client']} pull {self._told['image']}` there."
            )
        volumes = sorted(json.loads(found.stdout) or ())
        scratch = [word.replace("{path}", path) for path in volumes for word in self._told["scratch"]]
        words = ["create", "--name", self.name, *self._told["options"], *scratch, "--", self._told["image"]]
        made = self._ask(*words, *self._told["arguments"])
        return (
            None
            if made.returncode == 0
            else f"the container could not be made: {made.stderr.strip()[-2000:]}"
        )

    def attach(self) -> NoReturn:
        """Become the client that starts the container and passes its input and output on; never returns."""
        words = [self._told["client"], "start", "--attach", "--interactive", self.name]
        try:
            os.execvpe(words[0], words, self._told["environment"])  # noqa: S606 -- that is the point
        except OSError as error:
            os.write(2, f"{words[0]}: {error.strerror}\n".encode())
        finally:
            os._exit(127)

    def ask(self) -> None:
        """Ask the command to end; it may not."""
        subprocess.Popen(
            [self._told["client"], "kill", "--signal", "TERM", self.name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self._told["environment"],
        )

    def pid(self) -> int:
        """Return the number, in the engine's eyes, of the container's first process; 0 if it does not run."""
        said = self._ask("inspect", "--format", "{{.State.Pid}}", self.name).stdout.strip()
        return int(said) if said.isdigit() else 0

    def began(self) -> bool:
        """Tell, once it is over, whether it was ever started."""
        seen = self._ask("inspect", "--format", "{{.State.StartedAt}}", self.name)
        return seen.returncode == 0 and not seen.stdout.startswith(_NEVER)

    def starved(self) -> bool:
        """Tell, once it is over, whether the kernel killed something in it for want of memory."""
        return self._ask("inspect", "--format", "{{.State.OOMKilled}}", self.name).stdout.strip() == "true"

    def remove(self) -> None:
        """Kill and remove it, with all that is in it, and do not return before that is so."""
        for _ in range(_REMOVALS):
            gone = self._ask("rm", "--force", "--volumes", self.name)
            if gone.returncode == 0 or "no such container" in gone.stderr.lower():
                return
            time.sleep(_PAUSE_SECONDS)
        sys.stderr.write(f"the container {self.name} could not be removed: {gone.stderr.strip()[-300:]}\n")

    def _ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [self._told["client"], *words]
        try:
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                env=self._told["environment"],
                timeout=_ANSWER_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return subprocess.CompletedProcess(command, 1, "", str(error))
