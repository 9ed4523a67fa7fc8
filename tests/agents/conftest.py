"""A visit to try agents with, the program ends that a cage can report, and a real Claude Code where there is one."""

import importlib.util
import os
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.errors import BadConfiguration
from workers.agents.agent import Launch, RunKind, Visit
from workers.cage.execute import execute
from workers.cage.network import model_door
from workers.cage.ownership import reclaim, remove_tree
from workers.cage.probe import choose
from workers.cage.sandbox import Sandbox
from workers.cage.spec import CageSpec, Exit, How, Limits, Network


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    made = Visit(
        run_id="r7", kind=RunKind.IMPLEMENT, workspace=tmp_path / "workspace", home=tmp_path / "home"
    )
    made.workspace.mkdir()
    made.home.mkdir()
    return made


@pytest.fixture
def end(tmp_path: Path) -> Callable[..., Exit]:
    def ended(how: How = How.EXITED, code: int | None = 0, output: bytes = b"") -> Exit:
        return Exit(
            how=how,
            code=code,
            seconds=1.5,
            output_tail=output,
            output_bytes=len(output),
            output_path=tmp_path / "output",
        )

    return ended


@pytest.fixture
def start(visit: Visit, end: Callable[..., Exit]) -> Callable[[Launch], Exit]:
    """Start a launch outside any cage, exactly as it says: its environment is the whole environment."""

    def run(launch: Launch) -> Exit:
        done = subprocess.run(
            launch.command,
            cwd=visit.workspace,
            env=dict(launch.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=100,
            check=False,
        )
        return end(code=done.returncode, output=done.stdout)

    return run


@dataclass(frozen=True)
class Cage:
    """A real cage, the best this machine has, with a visit whose folders it may be given."""

    visit: Visit
    sandbox: Sandbox

    async def run(self, launch: Launch) -> Exit:
        spec = CageSpec(
            command=launch.command,
            workspace=self.visit.workspace,
            home=self.visit.home,
            records=self.visit.home.parent / f"records-{uuid.uuid4().hex}",
            readable=launch.readable,
            network=Network(forwards=model_door(launch.environment.get("HANDOFF_MODEL_URL")).forwards),
            environment=launch.environment,
            limits=Limits(timeout_seconds=100),
        )
        end = await execute(spec, self.sandbox)
        await reclaim(self.visit.home)
        await reclaim(self.visit.workspace)
        return end


@pytest.fixture
async def cage() -> AsyncIterator[Cage]:
    try:
        sandbox = await choose("auto")
    except BadConfiguration as missing:
        pytest.skip(str(missing))
    folder = Path(tempfile.mkdtemp(prefix="caged-"))
    try:
        visit = Visit(
            run_id="r7", kind=RunKind.IMPLEMENT, workspace=folder / "workspace", home=folder / "home"
        )
        visit.workspace.mkdir()
        visit.home.mkdir()
        yield Cage(visit, sandbox)
    finally:
        await remove_tree(folder)


@pytest.fixture(scope="session")
def claude_program() -> Path:
    package = importlib.util.find_spec("claude_agent_sdk")
    if package is None or not package.submodule_search_locations:
        pytest.skip("Claude Code is not here: pip install claude-agent-sdk brings it.")
    program = Path(package.submodule_search_locations[0]) / "_bundled" / "claude"
    if not os.access(program, os.X_OK):
        pytest.skip(f"This build of claude-agent-sdk carries no Claude Code ({program}).")
    return program
