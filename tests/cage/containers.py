"""Container engines for tests: those that answer here, and an image made of this machine's own programs.

No registry is asked. `DOCKER_HOST` and `CONTAINERS_CONF` are heeded, so an engine beside the machine's own will do.
"""

import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.errors import BadConfiguration
from workers.cage.engine.look import Engine, client_environment, look

_PROGRAMS = (
    "sh",
    "bash",
    "cat",
    "dd",
    "env",
    "grep",
    "id",
    "ls",
    "seq",
    "setsid",
    "sleep",
    "tail",
    "touch",
    "true",
)
_ANSWER_SECONDS = 60


@dataclass(frozen=True)
class Found:
    """An engine that runs containers here, and the test's own image in it."""

    engine: Engine
    image: str

    def ask(self, *words: str) -> str:
        """Return what the client says; a failure is one of the test."""
        return _ask(self.engine, *words)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the client, which may fail."""
        return _run(self.engine, *words)


async def found(program: str) -> Found | str:
    """Return the engine of a client with an image in it, or why there is none."""
    if shutil.which(program) is None:
        return f"{program} is not installed here"
    try:
        engine = await look(program, os.environ)
    except BadConfiguration as error:
        return f"{program} does not answer here: {error}"
    image = f"handoff-test:{uuid.uuid4().hex[:12]}"
    with tempfile.TemporaryDirectory() as folder:
        _ask(engine, "import", "--change", "VOLUME /grown", str(_archive(Path(folder))), image)
    for each in (engine, _with_runc(engine)):
        words = ("run", "--rm", "--network", "none", "--memory", "64m", "--ulimit", "nofile=512:512")
        tried = _run(each, *words, "--ulimit", "nproc=512:512", image, "true")
        if tried.returncode == 0:
            return Found(each, image)
    _ask(engine, "rmi", image)
    return f"{program} runs no container here: {tried.stderr.strip()[-200:]}"


def _with_runc(engine: Engine) -> Engine:
    """Return Podman with the other runtime, for a kernel that its usual one does not get on with."""
    path = Path(tempfile.gettempdir(), "handoff-test-containers.conf")
    path.write_text('[engine]\nruntime = "runc"\n')
    return replace(engine, environment={**engine.environment, "CONTAINERS_CONF": str(path)})


def _archive(folder: Path) -> Path:
    """Return an archive of a root file system: some programs, and the libraries that they ask for."""
    path = folder / "root.tar"
    with tarfile.open(path, "w", dereference=True) as archive:
        for name in ("bin", "tmp", "etc", "proc", "dev", "grown"):
            (folder / name).mkdir(mode=0o755)
            archive.add(folder / name, name)
        libraries = set()
        for name in _PROGRAMS:
            program = shutil.which(name)
            assert program is not None, name
            archive.add(program, f"bin/{name}")
            told = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
            libraries |= set(re.findall(r"(/\S+) \(0x", told))
        for name in sorted(
            {str(each) for library in libraries for each in list(Path(library).parents)[:-1]}, key=len
        ):
            archive.add(name, name.lstrip("/"), recursive=False)
        for library in sorted(libraries):
            archive.add(library, library.lstrip("/"))
    return path


def _ask(engine: Engine, *words: str) -> str:
    run = _run(engine, *words)
    assert run.returncode == 0, run.stderr
    return run.stdout


def _run(engine: Engine, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [engine.program, *words],
        env={**client_environment(os.environ), **engine.environment},
        capture_output=True,
        text=True,
        timeout=_ANSWER_SECONDS,
        check=False,
    )
