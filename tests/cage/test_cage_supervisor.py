"""A cage outlives the worker that started it, is found again, and is started once and no more."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cage.test_cage_ends import DEAF, until
from workers.cage import supervisor
from workers.cage.execute import LeftAliveError, execute
from workers.cage.ownership import prepare
from workers.cage.spec import How

HELD = "echo one; while ! [ -e go ]; do sleep 0.05; done; echo two"


@pytest.fixture
def lasting(spec):
    """A spec whose cage goes on without its worker."""

    def make(script, *, unattended_seconds=60.0, **limits):
        return replace(spec(script, **limits), unattended_seconds=unattended_seconds)

    return make


class Heard:
    def __init__(self):
        self.said = b""

    def __call__(self, piece):
        self.said += piece


async def abandoned(spec, sandbox):
    """Execute a spec until it has said something, and then be a worker that is gone."""
    heard = Heard()
    task = asyncio.create_task(execute(spec, sandbox, on_output=heard))
    await until(lambda: heard.said)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def pid_of(spec):
    return json.loads((spec.records / "began.json").read_text())["pid"]


async def test_a_cage_goes_on_without_its_worker_and_nothing_it_said_is_lost(
    sandbox, lasting, marked, folder
):
    mine = lasting(f"sleep {marked.seconds} & {HELD}")
    await abandoned(mine, sandbox)
    assert len(marked.alive()) == 1
    heard = Heard()

    again = asyncio.create_task(execute(mine, sandbox, on_output=heard))
    await until(lambda: heard.said)
    (folder / "workspace" / "go").touch()
    end = await again

    assert (end.how, end.code) == (How.EXITED, 0)
    assert heard.said == end.output_tail == b"one\ntwo\n"
    assert marked.alive() == []


async def test_a_cage_that_ended_while_nobody_looked_is_read_and_not_started_again(sandbox, lasting, folder):
    mine = lasting(f"echo x >> count; {HELD}")
    await abandoned(mine, sandbox)
    (folder / "workspace" / "go").touch()
    await until(lambda: not supervisor.alive(mine.records))

    heard = Heard()
    ends = [await execute(mine, sandbox, on_output=heard) for _ in range(2)]

    assert [(end.how, end.code, end.output_tail) for end in ends] == [(How.EXITED, 0, b"one\ntwo\n")] * 2
    assert heard.said == b"one\ntwo\n" * 2
    assert (folder / "workspace" / "count").read_text() == "x\n"


async def test_however_much_it_said_others_have_their_turn_while_it_is_read(sandbox, lasting):
    """A worker that reads fifty million bytes without a pause lets every lease of its others run out."""
    mine = lasting("yes | head -c 400000")
    await execute(mine, sandbox)
    turns, seen = 0, []

    async def others():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    await execute(mine, sandbox, on_output=lambda piece: seen.append((turns, len(piece))))
    beside.cancel()
    assert sum(size for _, size in seen) == 400_000
    assert max(size for _, size in seen) <= 64 * 1024
    assert len({at for at, _ in seen}) == len(seen)


async def test_two_workers_that_start_the_same_cage_at_once_start_it_once(sandbox, lasting, folder):
    mine = lasting("echo x >> count; echo counted; sleep 0.5")
    mine.records.mkdir()
    await prepare(mine, sandbox.identity)
    connections = await asyncio.gather(
        *(asyncio.to_thread(supervisor.start, mine, sandbox) for _ in range(4))
    )
    await until(lambda: supervisor.ended(mine.records))
    for connection in connections:
        connection.close()
    assert (folder / "workspace" / "count").read_text() == "x\n"


async def test_a_cage_that_nobody_comes_for_is_ended_and_may_save_its_work(sandbox, lasting, marked, folder):
    script = f"trap 'echo saved > saved; exit 3' TERM; sleep {marked.seconds} & echo here; while :; do sleep 0.05; done"
    mine = lasting(script, unattended_seconds=0.5, grace_seconds=30)
    await abandoned(mine, sandbox)
    await until(lambda: supervisor.ended(mine.records))
    assert marked.alive() == []
    assert (await execute(mine, sandbox)).how is How.UNATTENDED
    assert (folder / "workspace" / "saved").exists()


async def test_whoever_comes_in_time_keeps_it_alive(sandbox, lasting, folder):
    mine = lasting(HELD, unattended_seconds=1.5)
    for _ in range(4):
        await abandoned(mine, sandbox)
        await asyncio.sleep(0.6)
    (folder / "workspace" / "go").touch()
    assert (await execute(mine, sandbox)).how is How.EXITED


async def test_a_worker_that_leaves_says_so_and_leaves_it_alive(sandbox, lasting, marked):
    mine, leaving, heard = lasting(f"echo here; exec sleep {marked.seconds}"), asyncio.Event(), Heard()
    task = asyncio.create_task(execute(mine, sandbox, on_output=heard, leaving=leaving))
    await until(lambda: heard.said)
    leaving.set()
    with pytest.raises(LeftAliveError):
        await task
    assert len(marked.alive()) == 1

    cancelled = asyncio.Event()
    cancelled.set()
    assert (await execute(mine, sandbox, cancelled=cancelled)).how is How.CANCELLED
    assert marked.alive() == []


async def test_what_is_alive_in_a_folder_of_records_can_be_ended_at_once(sandbox, lasting, marked):
    mine = lasting(
        f"{DEAF} echo here; sleep {marked.seconds} & while :; do sleep 0.05; done", grace_seconds=300
    )
    mine = replace(mine, records=mine.records.parent / "cages" / "one")
    await abandoned(mine, sandbox)
    await supervisor.end_living(mine.records.parent)
    assert marked.alive() == []
    assert supervisor.ended(mine.records)
    await supervisor.end_living(mine.records.parent)
    await supervisor.end_living(mine.records.parent / "none of them")


async def test_whoever_will_not_wait_until_a_command_has_saved_its_work_need_not(sandbox, lasting, marked):
    mine, cancelled = lasting(f"{DEAF} echo here; sleep {marked.seconds}", grace_seconds=600), asyncio.Event()
    heard = Heard()
    running = asyncio.create_task(execute(mine, sandbox, on_output=heard, cancelled=cancelled))
    await until(lambda: heard.said)
    cancelled.set()
    await asyncio.sleep(0.2)
    assert len(marked.alive()) == 1, "it is deaf, and has ten minutes"

    await supervisor.end_living(mine.records.parent)

    assert marked.alive() == []
    await running  # it was let go for whoever came later
    assert (await execute(mine, sandbox)).how is How.CANCELLED


async def test_a_killed_supervisor_takes_its_cage_with_it_and_the_run_is_lost(sandbox, lasting, marked):
    mine = lasting(f"{DEAF} setsid sleep {marked.seconds} & echo here; sleep {marked.seconds}")
    running = asyncio.create_task(execute(mine, sandbox))
    await until(lambda: len(marked.alive()) >= 2)
    os.kill(pid_of(mine), signal.SIGKILL)
    end = await running
    await until(lambda: marked.alive() == [])
    assert (end.how, end.output_tail) == (How.LOST, b"here\n")
    assert (await execute(mine, sandbox)).how is How.LOST


async def test_a_machine_that_shuts_down_ends_its_cages_with_a_grace(sandbox, lasting, marked, folder):
    mine = lasting(
        f"trap 'echo saved > saved; exit' TERM; sleep {marked.seconds} & echo here; while :; do sleep 0.05; done",
        grace_seconds=30,
    )
    await abandoned(mine, sandbox)
    os.kill(pid_of(mine), signal.SIGTERM)
    await until(lambda: supervisor.ended(mine.records))
    assert marked.alive() == []
    assert (folder / "workspace" / "saved").exists()


async def test_the_stop_file_ends_a_cage_that_is_deaf_and_nobody_attends_to(sandbox, lasting, marked, folder):
    mine = replace(
        lasting(f"{DEAF} echo here; sleep {marked.seconds} & while :; do sleep 0.05; done"),
        halt_file=folder / "STOP",
    )
    await abandoned(mine, sandbox)
    (folder / "STOP").touch()
    await until(lambda: supervisor.ended(mine.records))
    assert marked.alive() == []
    assert (await execute(mine, sandbox)).how is How.HALTED


async def test_time_that_nobody_lived_through_counts_towards_no_limit(sandbox, lasting, marked):
    """The machine sleeps, as far as a cage and its supervisor can tell: neither gets any processor."""
    script = f"echo here; sleep {marked.seconds} & sleep 1; echo awake"
    mine = lasting(script, timeout_seconds=4, stall_seconds=4)
    running = asyncio.create_task(execute(mine, sandbox))
    await until(marked.alive)
    asleep = [pid_of(mine), *supervised(pid_of(mine))]
    for pid in asleep:
        os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(6)
    for pid in asleep:
        os.kill(pid, signal.SIGCONT)
    end = await running
    assert (end.how, end.code) == (How.EXITED, 0)
    assert end.output_tail == b"here\nawake\n"


async def test_a_folder_may_be_deeper_than_a_socket_can_name(sandbox, lasting, folder):
    deep = folder / "/".join(["a-folder-with-a-long-name"] * 8)
    deep.mkdir(parents=True)
    mine = replace(lasting(HELD), records=deep / "records")
    await abandoned(mine, sandbox)
    (folder / "workspace" / "go").touch()
    assert (await execute(mine, sandbox)).output_tail == b"one\ntwo\n"


async def test_the_cage_has_none_of_the_supervisors_descriptors(sandbox, spec):
    end = await execute(spec("ls -l /proc/self/fd"), sandbox)
    assert b"socket:" not in end.output_tail
    assert b".log" not in end.output_tail
    opened = [line.split()[-3] for line in end.output_tail.decode().splitlines() if "->" in line]
    assert opened == ["0", "1", "2", "3"], end.output_tail  # the last one is what ls itself reads


def test_a_supervisor_needs_nothing_but_the_standard_library():
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import workers.cage.supervise.main as _; "
        "print('\\n'.join(sorted(name for name in sys.modules if not name.startswith('workers'))))"
    )
    root = str(Path(__file__).parents[2])
    loaded = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script, root], check=True, capture_output=True, text=True
    ).stdout.split()
    strangers = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"__main__"}
    assert strangers == set()
    assert "asyncio" not in loaded, "it is started for every command, so it has to be quick"


def supervised(pid):
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        found += [int(child) for child in children]
        waiting += [int(child) for child in children]
    return found
