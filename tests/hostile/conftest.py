"""Runs hostile programs through what `handoff cage` becomes, as root and as a plain user, in each cage there is here.

As root every trial has a little host of its own: namespaces in which even a command without any cage changes, reaches
and kills nothing of this machine, and in which the referee sees nobody else's changes. Whoever may not make one runs
the trials on the machine as it is, and never without a cage.
"""

import itertools
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydantic
import pytest

from app.cli.processes import MODULES

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).with_name("programs")
PACKAGES = Path(pydantic.__file__).parents[1]
PLAIN_UID = 47813
FIRST_CAGE_UID = 200_000
PROGRAM = {"bubblewrap": "bwrap", "unshare": "unshare", "none": "sh"}
IS_ROOT = os.geteuid() == 0
USERS = ["root", "plain"] if IS_ROOT else ["me"]
_LITTLE_HOST = [
    "unshare", "--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
    "--propagation", "private", "sh", str(PROGRAMS.with_name("little_host.sh")),
]  # fmt: skip
numbers = itertools.count(FIRST_CAGE_UID + os.getpid() % 10_000 * 100)
"""Users for cages: each trial has one of its own, so that nobody else's keys and files count as its."""


@dataclass(frozen=True)
class Told:
    """What `handoff cage try --json` answered."""

    code: int
    report: dict[str, Any]

    @property
    def output(self) -> str:
        return self.report["output_tail"]

    @property
    def checks(self) -> set[str]:
        """What was looked at and found wanting."""
        return {finding["check"] for finding in self.report["findings"]}

    @property
    def worked(self) -> list[str]:
        """What a program says it could do and should not."""
        return [line for line in self.output.splitlines() if line.startswith(("ESCAPED ", "OPEN "))]


@dataclass(frozen=True)
class Arena:
    """One cage, and who runs the worker."""

    cage: str
    who: str

    def try_out(self, *command: str, workspace: Path = PROGRAMS, **options: Any) -> Told:
        """Run a command by `handoff cage try`; `options` are its own, in whole numbers."""
        given = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        copied = workspace if self.who == "me" else "/mnt/workspace"
        words = ["try", "--cage", self.cage, "--workspace", str(copied), *given, "--json", "--", *command]
        ended = self.cage_command(*words, workspace=workspace)
        assert ended.returncode in {0, 1}, ended.stdout + ended.stderr
        assert ended.stdout, ended.stderr
        return Told(ended.returncode, json.loads(ended.stdout))

    def cage_command(self, *words: str, workspace: Path = PROGRAMS) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.line([python(self.who), "-P", "-m", MODULES["cage"], *words], workspace),
            env=self.environment(),
            cwd="/",
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )

    def line(self, command: list[str], workspace: Path = PROGRAMS) -> list[str]:
        """Return a command as its user gives it, on a little host where there can be one."""
        if self.who == "me":
            return command
        user = {"root": 0, "plain": PLAIN_UID}[self.who]
        where = (ROOT, str(PACKAGES), workspace)
        return [*_LITTLE_HOST, str(user), *map(str, where), *command]

    def environment(self) -> dict[str, str]:
        code, packages = str(ROOT), str(PACKAGES)
        if self.who != "me":
            code, packages = "/mnt/code", "/mnt/packages"
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{code}:{packages}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HANDOFF_CAGE_UID": str(next(numbers)),
            "HANDOFF_DATA": "/mnt/data" if self.who != "me" else "/nowhere",
            **({"HOME": os.environ["HOME"]} if self.who == "me" else {}),
        }


def python(who: str) -> str:
    """Return the interpreter of a user; a plain one may not enter root's home.

    On a little host it is the one behind the environment's own, which may lie in a folder that is not there.
    """
    if who == "me":
        return sys.executable
    if who == "root":
        return os.path.realpath(sys.executable)
    for candidate in ("/usr/bin/python3", "/usr/local/bin/python3"):
        same = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]!r})"
        if Path(candidate).exists() and subprocess.run([candidate, "-c", same], check=False).returncode == 0:
            return candidate
    pytest.skip(
        f"there is no Python {sys.version_info[0]}.{sys.version_info[1]} here that a plain user could run"
    )


def arena_of(cage: str, who: str) -> Arena:
    if shutil.which(PROGRAM[cage]) is None:
        pytest.skip(f"{PROGRAM[cage]} is not installed here")
    return Arena(cage, who)


@pytest.fixture(params=[("bubblewrap", who) for who in USERS], ids=lambda each: f"{each[0]}-as-{each[1]}")
def arena(request: pytest.FixtureRequest) -> Arena:
    """The cage that is chosen wherever it can be had."""
    return arena_of(*request.param)


@pytest.fixture(
    params=[(cage, who) for cage in ("bubblewrap", "unshare") for who in USERS],
    ids=lambda each: f"{each[0]}-as-{each[1]}",
)
def every_arena(request: pytest.FixtureRequest) -> Arena:
    """Every cage."""
    return arena_of(*request.param)


@pytest.fixture
def no_cage() -> Arena:
    """A command as root without any cage, on a little host that goes with it: there the referee has to say no."""
    if not IS_ROOT:
        pytest.skip("only root can make a host that may be broken")
    return Arena("none", "root")
