"""Cages of every kind that this machine has: each sandbox, as the user of the tests and, for root, as a plain user.

`cage` runs its commands from a worker process of its own (`drive.py`), whose environment holds a secret; a plain
user's worker needs a Python that is not in somebody's home. `sandbox` is for tests within this process.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from workers.cage.ownership import remove_tree
from workers.cage.probe import choose
from workers.cage.sandbox import Sandbox
from workers.cage.spec import CageSpec, Limits

ROOT = Path(__file__).parents[2]
PLAIN_UID = 47813
BACKENDS = {"bubblewrap": "bwrap", "unshare": "unshare"}
CAGES = [(name, who) for name in BACKENDS for who in (["root", "plain"] if os.geteuid() == 0 else ["me"])]


def rarer(backend: str) -> tuple[pytest.MarkDecorator, ...]:
    """The sandbox that few have is tested with the attacks, by `make test-hostile`."""
    return (pytest.mark.hostile,) if backend == "unshare" else ()


@dataclass(frozen=True)
class Result:
    how: str
    code: int | None
    output: str
    peak: dict[str, int | None]


@dataclass(frozen=True)
class Cage:
    backend: str
    who: str
    folder: Path
    secret: str = "the-workers-secret-3f9c"

    @property
    def uid(self) -> int:
        """The number of the cage's user outside."""
        return {"root": 65534, "plain": PLAIN_UID, "me": os.geteuid()}[self.who]

    async def run(self, script: str, **spec: Any) -> Result:
        driver = await asyncio.create_subprocess_exec(
            *self._worker(),
            stdin=PIPE,
            stdout=PIPE,
            env={"PYTHONPATH": str(self.folder / "code"), "TOKEN": self.secret},
        )
        orders = {"backend": self.backend, "script": script, "folder": str(self.folder), **spec}
        said, _ = await driver.communicate(json.dumps(orders).encode())
        assert driver.returncode == 0, said
        return Result(**json.loads(said))

    def _worker(self) -> list[str]:
        drive = str(self.folder / "code" / "drive.py")
        if self.who != "plain":
            return [sys.executable, drive]
        user = [f"--reuid={PLAIN_UID}", f"--regid={PLAIN_UID}", "--clear-groups", "--inh-caps=-all"]
        return ["setpriv", *user, _python_for_everybody(), drive]


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    """A folder that other users may enter, unlike `tmp_path`, with an empty workspace and home."""
    path = _new_folder()
    yield path
    await remove_tree(path)


@pytest.fixture(params=[pytest.param(each, id="-as-".join(each), marks=rarer(each[0])) for each in CAGES])
def cage(request: pytest.FixtureRequest, folder: Path) -> Cage:
    backend, who = request.param
    _skip_without(backend)
    if who == "plain":
        _python_for_everybody()
    code = folder / "code"
    for package in ("app/domain", "workers/cage"):
        shutil.copytree(ROOT / package, code / package, ignore=shutil.ignore_patterns("__pycache__"))
    for package in ("app", "workers"):
        shutil.copy(ROOT / package / "__init__.py", code / package)
    shutil.copy(Path(__file__).with_name("drive.py"), code)
    if who == "plain":
        subprocess.run(["chown", "-R", f"{PLAIN_UID}:{PLAIN_UID}", folder], check=True)
    return Cage(backend, who, folder)


@pytest.fixture(params=[pytest.param(name, marks=rarer(name)) for name in BACKENDS])
async def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    _skip_without(request.param)
    return await choose(request.param)


@pytest.fixture
def spec(folder: Path):
    def make(script: str, **limits: float) -> CageSpec:
        return CageSpec(
            command=("/bin/sh", "-c", script),
            workspace=folder / "workspace",
            home=folder / "home",
            records=folder / f"records-{uuid.uuid4().hex}",
            limits=Limits(**{"timeout_seconds": 60, "grace_seconds": 1, **limits}),
        )

    return make


@pytest.fixture
def marked() -> "Marked":
    return Marked(f"87{os.getpid()}{os.urandom(3).hex()}".translate(str.maketrans("abcdef", "123456")))


@dataclass(frozen=True)
class Marked:
    """A number of seconds to sleep that no other test sleeps, by which its processes are known on the host."""

    seconds: str

    def alive(self) -> list[int]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if self.seconds.encode() in words:
                found.append(int(process.name))
        return found


def _new_folder() -> Path:
    path = Path(tempfile.mkdtemp(prefix="handoff-test-cage-"))
    path.chmod(0o755)
    for name in ("workspace", "home"):
        (path / name).mkdir()
    return path


def _skip_without(backend: str) -> None:
    if backend in BACKENDS and shutil.which(BACKENDS[backend]) is None:
        pytest.skip(f"{BACKENDS[backend]} is not installed here")


def _python_for_everybody() -> str:
    for candidate in ("/usr/bin/python3", "/usr/local/bin/python3"):
        newer = "import sys; sys.exit(sys.version_info < (3, 11))"
        if Path(candidate).exists() and subprocess.run([candidate, "-c", newer], check=False).returncode == 0:
            return candidate
    pytest.skip("there is no Python 3.11 here that a plain user could run")
