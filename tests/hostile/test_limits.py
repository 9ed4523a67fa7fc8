"""Whoever takes all there is gets no more than was said, and takes nobody down with him."""

import pytest

from tests.hostile.conftest import Arena, Told

pytestmark = pytest.mark.hostile


def contained(told: Told) -> None:
    assert told.report["contained"], told.report
    assert (told.code, told.checks) == (0, set())


def test_a_fork_bomb_stays_small(every_arena: Arena):
    told = every_arena.try_out("python3", "fork_bomb.py", processes=48, timeout=3)

    contained(told)
    assert told.report["how"] == "timed_out"
    assert told.report["peak"]["seen"]["processes"] > 30, "it did try"


def test_sixty_at_once_work_where_sixty_are_allowed(arena: Arena):
    told = arena.try_out("python3", "works_hard.py", processes=100)

    contained(told)
    assert told.output.endswith("60 worked, 0 were refused\n")


def test_sixty_at_once_do_not_where_fewer_are(arena: Arena):
    told = arena.try_out("python3", "works_hard.py", processes=30)

    contained(told)
    assert "0 were refused" not in told.output


@pytest.mark.parametrize(
    "kind", ["anonymous", "children", "mapped", "named", "scratch", "unnamed", "system-v"]
)
def test_memory_of_no_kind_can_be_filled(arena: Arena, kind: str):
    told = arena.try_out("python3", "fills_memory.py", kind, memory=96, timeout=30)

    contained(told)
    assert told.output.startswith("begins")
    assert "there was always more" not in told.output


@pytest.mark.parametrize("kind", ["big", "deleted", "small"])
def test_the_disk_cannot_be_filled(arena: Arena, kind: str):
    told = arena.try_out("python3", "fills_disk.py", kind, disk=32, timeout=40)

    contained(told)
    assert told.output.startswith("begins")
    assert "there was always more" not in told.output
    assert told.report["peak"]["seen"]["disk_bytes"] < 320 * 1024 * 1024


def test_a_hole_fills_no_disk(arena: Arena):
    contained(arena.try_out("python3", "fills_disk.py", "sparse", disk=32, timeout=20))


def test_a_flood_of_words_ends_the_command(arena: Arena):
    told = arena.try_out("yes", output=1)

    contained(told)
    assert told.report["how"] == "flooded"


def test_whoever_does_not_listen_is_ended_all_the_same(arena: Arena):
    told = arena.try_out("sh", "-c", "trap '' TERM INT HUP; while :; do sleep 1; done", timeout=2)

    contained(told)
    assert told.report["how"] == "timed_out"
