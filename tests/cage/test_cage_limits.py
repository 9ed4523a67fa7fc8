"""What a cage may use up: processes, memory and disk. Beyond it the cage is ended, and nothing but the cage."""

import asyncio
from dataclasses import replace

import pytest

from tests.cage.conftest import CAGES
from workers.cage.execute import execute
from workers.cage.spec import MIB, How

IN_TWO = pytest.mark.parametrize("cage", [CAGES[0], CAGES[-1]], ids=["first", "last"], indirect=True)
FILL_MEMORY = "python3 -c 'import time; held = bytearray(300 << 20); time.sleep(60)'"


@IN_TWO
async def test_a_fork_bomb_stays_small_and_dies_with_its_cage(cage, marked):
    counting = "n=0; while [ $n -lt 1000000 ]; do n=$((n+1)); done"  # takes a while, and no process
    bomb = f"bomb() {{ sleep {marked.seconds} & bomb | bomb & }}; (bomb 2>/dev/null) & {counting}; echo still here"
    result = await cage.run(bomb, limits={"processes": 60})
    assert (result.how, marked.alive()) == (How.EXITED, [])
    assert result.output.endswith("still here\n")
    assert 10 <= result.peak["processes"] <= 60 + 8


@IN_TWO
async def test_too_much_memory_in_many_processes_together_ends_the_cage(cage):
    many = f"for n in 1 2 3; do {FILL_MEMORY.replace('300', '100')} & done; wait"
    result = await cage.run(many, limits={"memory_bytes": 200 * MIB})
    assert result.how == How.OUT_OF_MEMORY
    assert 200 * MIB <= result.peak["memory_bytes"] <= 400 * MIB


@IN_TWO
async def test_scratch_folders_are_memory_of_the_cage(cage):
    filling = "head -c 150M /dev/zero > /tmp/x; head -c 150M /dev/zero > /dev/shm/x; sleep 60"
    result = await cage.run(filling, limits={"memory_bytes": 200 * MIB})
    assert result.how == How.OUT_OF_MEMORY


async def test_each_way_to_use_up_the_machine_ends_the_cage_that_takes_it(sandbox, apart):
    hidden = "import os, time; hidden = os.memfd_create('x'); os.posix_fallocate(hidden, 0, 300 << 20); time.sleep(60)"
    memory, disk = {"memory_bytes": 200 * MIB}, {"disk_bytes": 30 * MIB}
    ways = {
        "without a name": (f'python3 -c "{hidden}"', memory),
        "one file": ("head -c 100M /dev/zero > big; sleep 60", disk),
        "a deleted file": ("exec 5>gone; rm gone; head -c 100M /dev/zero >&5; sleep 60", disk),
        "empty files": ("python3 -c 'for n in range(10000): open(str(n), \"w\")'; sleep 60", disk),
        "at home": ("cd $HOME; head -c 100M /dev/zero > big; sleep 60", disk),
        "what is left for others": ("sleep 60", {"free_bytes": 1 << 60}),
    }
    ended = await asyncio.gather(*(execute(apart(name, *way), sandbox) for name, way in ways.items()))
    expected = [How.OUT_OF_MEMORY if way[1] is memory else How.DISK_FULL for way in ways.values()]
    assert dict(zip(ways, (each.how for each in ended), strict=True)) == dict(
        zip(ways, expected, strict=True)
    )


async def test_what_was_there_before_and_what_takes_no_room_is_not_held_against_a_cage(sandbox, spec, folder):
    (folder / "workspace" / "old").write_bytes(bytes(80 * MIB))
    script = (
        "truncate -s 50G sparse; for n in 1 2 3 4; do ln old link$n; done; mv old older; sleep 2.2; echo fine"
    )
    ended = await execute(spec(script, disk_bytes=50 * MIB, file_bytes=1 << 40), sandbox)
    assert (ended.how, ended.output_tail) == (How.EXITED, b"fine\n")


@pytest.fixture
def apart(spec, folder):
    """A spec with folders of its own, for cages that live at the same time."""

    def make(name, script, limits):
        for part in ("workspace", "home"):
            (folder / name / part).mkdir(parents=True)
        made = spec(script, **limits)
        return replace(made, workspace=folder / name / "workspace", home=folder / name / "home")

    return make
