"""How runs end, and that nothing of them is alive afterwards."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from workers.cage.execute import execute
from workers.cage.spec import How

DEAF = "trap '' TERM HUP INT;"


async def test_the_exit_code_and_both_streams_are_reported(sandbox, spec):
    ended = await execute(spec("echo out; echo err >&2; exit 7"), sandbox)
    assert (ended.how, ended.code) == (How.EXITED, 7)
    assert ended.output_tail == b"out\nerr\n" == ended.output_path.read_bytes()
    assert ended.output_bytes == 8


@pytest.mark.parametrize(
    ("script", "code"), [("kill -9 $$", 137), ("exec /nowhere", 127), ("exec /etc/ssl", 126)]
)
async def test_other_ends_have_the_codes_a_shell_gives_them(sandbox, spec, script, code):
    ended = await execute(spec(script), sandbox)
    assert (ended.how, ended.code) == (How.EXITED, code)


async def test_a_command_that_is_not_there_is_an_exit_with_its_name(sandbox, spec):
    ended = await execute(replace(spec(""), command=("no-such-agent",)), sandbox)
    assert (ended.how, ended.code) == (How.EXITED, 127)
    assert ended.output_tail == b"no-such-agent: No such file or directory\n"


async def test_a_cage_that_cannot_be_built_never_started(sandbox, spec, folder):
    ended = await execute(replace(spec("true"), readable=(folder / "missing",)), sandbox)
    assert (ended.how, ended.code) == (How.NOT_STARTED, None)
    assert b"missing" in ended.output_tail


async def test_what_is_left_in_the_background_dies_with_the_command(sandbox, spec, marked):
    script = f"""
        nohup sleep {marked.seconds} >/dev/null 2>&1 &
        setsid sleep {marked.seconds} &
        (setsid sh -c '{DEAF} sleep {marked.seconds} & sleep {marked.seconds}' &) &
        sleep 0.3; echo done
    """
    ended = await execute(spec(script), sandbox)
    assert (ended.how, ended.output_tail) == (How.EXITED, b"done\n")
    assert marked.alive() == []


async def test_a_command_that_takes_too_long_is_ended_with_all_its_children(sandbox, spec, marked):
    script = f"{DEAF} for n in 1 2 3; do (setsid sh -c '{DEAF} sleep {marked.seconds}; sleep {marked.seconds}') & done; sleep {marked.seconds}"
    ended = await execute(spec(script, timeout_seconds=1.5, grace_seconds=0.1), sandbox)
    assert (ended.how, ended.code) == (How.TIMED_OUT, 137)
    assert marked.alive() == []


async def test_a_command_that_falls_silent_is_ended(sandbox, spec, marked):
    ended = await execute(spec(f"echo hello; exec sleep {marked.seconds}", stall_seconds=0.5), sandbox)
    assert (ended.how, ended.output_tail) == (How.STALLED, b"hello\n")
    assert marked.alive() == []


async def test_a_command_that_keeps_talking_has_not_stalled(sandbox, spec):
    ended = await execute(
        spec("for n in 1 2 3 4 5 6 7 8; do echo $n; sleep 0.3; done", stall_seconds=2), sandbox
    )
    assert ended.how is How.EXITED


async def test_a_command_that_closes_its_output_still_ends(sandbox, spec):
    ended = await execute(spec("exec >&- 2>&-; sleep 0.2; exit 4"), sandbox)
    assert (ended.how, ended.code) == (How.EXITED, 4)


async def test_a_flood_is_ended_and_its_beginning_kept(sandbox, spec, marked):
    ended = await execute(spec(f"(sleep {marked.seconds} &); yes", output_bytes=300_000), sandbox)
    assert ended.how is How.FLOODED
    assert ended.output_path.stat().st_size == 300_000
    assert ended.output_bytes > 300_000
    assert len(ended.output_tail) == 64 * 1024
    assert marked.alive() == []


async def test_a_cancelled_command_may_save_its_work(sandbox, spec, folder):
    cancelled = asyncio.Event()
    script = "trap 'echo saved > saved; echo bye; exit 3' TERM; echo ready; while :; do sleep 0.05; done"
    ended = await execute(
        spec(script, grace_seconds=30), sandbox, on_output=lambda _: cancelled.set(), cancelled=cancelled
    )
    assert (ended.how, ended.code) == (How.CANCELLED, 3)
    assert ended.output_tail.endswith(b"bye\n")
    assert (folder / "workspace" / "saved").exists()


async def test_a_cancelled_task_leaves_nothing_alive(sandbox, spec, marked):
    script = f"{DEAF} (setsid sleep {marked.seconds} &); sleep {marked.seconds}"
    task = asyncio.create_task(execute(spec(script), sandbox))
    await until(lambda: len(marked.alive()) >= 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert marked.alive() == []


async def test_a_cage_dies_with_a_worker_that_is_killed(cage, marked):
    orders = f'{{"backend": "{cage.backend}", "folder": "{cage.folder}", "script": "{DEAF} setsid sleep {marked.seconds} & sleep {marked.seconds}"}}'
    worker = await asyncio.create_subprocess_exec(
        *cage._worker(), stdin=subprocess.PIPE, env={"PYTHONPATH": str(cage.folder / "code")}
    )
    assert worker.stdin is not None
    worker.stdin.write(orders.encode())
    worker.stdin.close()
    await until(lambda: len(marked.alive()) >= 2)
    worker.send_signal(signal.SIGKILL)
    await worker.wait()
    await until(lambda: marked.alive() == [])


async def test_on_the_host_the_command_is_a_user_without_rights(sandbox, spec, marked):
    cancelled = asyncio.Event()
    running = asyncio.create_task(execute(spec(f"exec sleep {marked.seconds}"), sandbox, cancelled=cancelled))
    await until(marked.alive)
    status = Path(f"/proc/{marked.alive()[0]}/status").read_text()  # noqa: ASYNC240 -- in memory
    cancelled.set()
    await running
    lines = dict(line.split(":\t", 1) for line in status.splitlines())
    uid, gid = (
        (sandbox.identity.uid, sandbox.identity.gid) if sandbox.identity else (os.getuid(), os.getgid())
    )
    assert lines["Uid"].split() == [str(uid)] * 4
    assert lines["Gid"].split() == [str(gid)] * 4
    assert int(lines["CapEff"], 16) == 0
    assert lines["NoNewPrivs"] == "1"


async def test_processes_are_limited_and_counted_for_each_cage_alone(sandbox, folder, spec):
    async def one(name):
        for part in ("workspace", "home"):
            (folder / name / part).mkdir(parents=True)
        mine = replace(
            spec("for n in $(seq 60); do sleep 2 & done; echo started; wait", processes=100),
            workspace=folder / name / "workspace",
            home=folder / name / "home",
            records=folder / name / "records",
        )
        return await execute(mine, sandbox)

    for ended in await asyncio.gather(one("a"), one("b"), one("c")):
        assert ended.output_tail == b"started\n"
    bomb = await execute(
        spec("for n in $(seq 200); do sleep 30 & done; echo started", processes=100), sandbox
    )
    assert b"fork" in bomb.output_tail.lower()
    assert b"started" not in bomb.output_tail


async def test_files_and_memory_are_limited(sandbox, spec):
    ended = await execute(
        spec("head -c 3000000 /dev/zero > big; stat -c %s big", file_bytes=1_000_000), sandbox
    )
    assert ended.output_tail.endswith(b"1000000\n")
    hungry = replace(
        spec("", memory_bytes=200_000_000), command=(sys.executable, "-c", "print(len(bytearray(10**9)))")
    )
    ended = await execute(replace(hungry, readable=(Path(sys.prefix),)), sandbox)
    assert b"MemoryError" in ended.output_tail


async def test_a_program_may_be_told_that_its_reader_is_gone(sandbox, spec):
    ended = await execute(spec("yes | head -n 1; echo done"), sandbox)
    assert ended.output_tail == b"y\ndone\n"


async def until(condition) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 -- processes of the host set no event
            await asyncio.sleep(0.05)
