"""Nothing that a hostile program does gets out. Each is judged by the referee and, where it can, by itself."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hostile.conftest import PROGRAMS, Arena, Told

pytestmark = pytest.mark.hostile
TRIED = "all of it was tried"


def contained(told: Told) -> None:
    assert told.report["contained"], told.report
    assert (told.code, told.checks) == (0, set())


def harmless(told: Told) -> None:
    """It was tried to the end, by its own account without success, and by the referee's without harm."""
    assert TRIED in told.output, told.report
    assert told.worked == []
    contained(told)


@pytest.mark.parametrize("program", ["reads", "traces", "network", "links"])
def test_nothing_outside_can_be_read_steered_called_or_linked(every_arena: Arena, program: str):
    harmless(every_arena.try_out("python3", f"{program}.py"))


def test_the_kernel_gives_nothing_that_a_build_does_not_need(every_arena: Arena):
    harmless(every_arena.try_out("python3", "kernel.py"))


def test_no_other_door_of_the_kernel_is_open(arena: Arena, tmp_path: Path):
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler here")
    tmp_path.chmod(0o755)
    subprocess.run(["cc", "-o", tmp_path / "program", PROGRAMS / "other_way_in.c"], check=True)
    harmless(arena.try_out("./program", workspace=tmp_path))


def test_hooks_filters_and_configuration_are_run_by_nobody(arena: Arena):
    harmless(arena.try_out("sh", "git_traps.sh"))


@pytest.mark.parametrize("kills", [[], ["--kills"]], ids=["", "and-kills"])
def test_nothing_outlives_it(every_arena: Arena, kills: list[str]):
    told = every_arena.try_out("python3", "lives_on.py", *kills)

    contained(told)
    assert TRIED in told.output or kills


@pytest.mark.parametrize("of_git", ["fifo", "link", "file", "locked"])
def test_no_workspace_trips_us(arena: Arena, of_git: str):
    harmless(arena.try_out("python3", "clutter.py", of_git))


@pytest.mark.parametrize(
    ("way", "how"), [("closes", "exited"), ("segfaults", "exited"), ("stops", "timed_out")]
)
def test_odd_endings_and_empty_stores_are_its_own_affair(arena: Arena, way: str, how: str):
    told = arena.try_out("python3", "oddities.py", way, timeout=20 if way != "stops" else 6)

    assert told.worked == []
    contained(told)
    assert told.report["how"] == how
    assert told.report["code"] == {"closes": 255, "segfaults": 139, "stops": 137}[way]


def test_the_host_is_not_changed(arena: Arena):
    contained(arena.try_out("sh", "changes_host.sh"))
