"""The supervisor and its children: in order up, kept up, in reverse order down."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from app.cli.supervise import Program, RestartPolicy
from app.domain.errors import Conflict
from app.embedded.valkey import EmbeddedValkey


def is_gone(pid):
    """Say whether a process is no more, or no more than a zombie that nobody reaps."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


async def gone(pid):
    async with asyncio.timeout(30):
        while not is_gone(pid):  # noqa: ASYNC110 - it is not our child, so nobody tells us
            await asyncio.sleep(0.02)


async def test_programs_start_in_order_each_when_the_one_before_is_ready(house, log, program, tmp_path):
    sign = tmp_path / "ready"

    async def is_ready():
        return sign.exists()

    house(program("valkey", ready=is_ready), program("web"))
    await log.line("valkey", "up")
    await asyncio.sleep(0.2)
    assert ("web", "up") not in [(name, text[:2]) for name, text in log.lines]
    sign.touch()

    await log.line("web", "up")


async def test_programs_stop_in_reverse_order(house, log, program):
    task, stopping = house(program("valkey"), program("web"), program("worker"))
    for name in ("valkey", "web", "worker"):
        await log.line(name, "up")
    stopping.set()

    assert await task == 0
    assert [name for name, text in log.lines if text == "down"] == ["worker", "web", "valkey"]
    assert log.lines[-1] == ("handoff", "Everything has stopped.")


async def test_a_killed_program_is_started_again_and_the_others_stay(house, log, program):
    house(program("web"), program("worker"))
    web, worker = int(await log.line("web", "up")), int(await log.line("worker", "up"))

    os.kill(web, signal.SIGKILL)

    assert int(await log.line("web", "up", occurrence=2)) != web
    assert ("web", "It ended killed by SIGKILL; I start it again in 0.01 s.") in log.lines
    assert not is_gone(worker)


async def test_a_program_that_keeps_crashing_is_given_up_with_a_sentence_and_all_stop(house, log, program):
    task, _ = house(program("valkey"), program("web", "raise SystemExit('no luck')"))

    assert await task == 1
    assert log.lines.count(("web", "no luck")) == 4
    assert ("valkey", "down") in log.lines
    assert log.lines[-1] == (
        "handoff",
        (
            "web ended 4 times in a row soon after it was started, the last time with exit code 1. "
            "I stopped everything; its last lines above say why. Start again when that is mended."
        ),
    )


async def test_a_program_that_refuses_its_configuration_is_not_started_again(house, log, program):
    code = "print('HANDOFF_PORT is not a number.'); raise SystemExit(78)"
    task, _ = house(program("web", code))

    assert await task == 1
    assert log.lines == [
        ("web", "HANDOFF_PORT is not a number."),
        ("handoff", "web cannot run with its configuration; the line above says what to change."),
    ]


async def test_a_program_that_never_gets_ready_is_stopped_and_given_up(house, log, program):
    async def never():
        raise ConnectionRefusedError

    task, _ = house(
        program("web", ready=never, ready_seconds=0.2),
        program("worker"),
        policy=RestartPolicy(first_pause_seconds=0.01, attempts=2),
    )

    assert await task == 1
    assert log.lines.count(("web", "It was not ready within 0.2 s.")) == 2
    assert "worker" not in {name for name, _ in log.lines}


async def test_a_program_whose_preparation_is_refused_is_not_started(house, log, program):
    async def refuse():
        raise Conflict("Another Handoff already runs here.")

    task, _ = house(program("valkey", prepare=refuse), program("web"))

    assert await task == 1
    assert log.lines == [("handoff", "Another Handoff already runs here.")]


async def test_a_start_that_hangs_can_be_stopped(house, log, program):
    async def never():
        return False

    task, stopping = house(program("web", ready=never), program("worker"))
    await log.line("web", "up")
    stopping.set()

    assert await task == 0
    assert ("web", "down") in log.lines


async def test_a_program_that_does_not_listen_is_killed_after_its_grace(house, log, program, stubborn):
    task, stopping = house(program("worker", stubborn, grace_seconds=0.1))
    pid = int(await log.line("worker", "up"))
    stopping.set()

    assert await task == 0
    assert is_gone(pid)


async def test_a_killed_valkey_answers_again_at_the_same_address(house, log, tmp_path):
    valkey = EmbeddedValkey(tmp_path / "v")
    tell_pid = ["/bin/sh", "-c", 'echo "pid $$"; exec "$@"', "sh", *valkey.command]
    task, stopping = house(
        Program(name="valkey", command=tell_pid, environment={}, prepare=valkey.prepare, ready=valkey.answers)
    )
    pid = int(await log.line("valkey", "pid"))
    os.kill(pid, signal.SIGKILL)
    await log.line("valkey", "pid", occurrence=2)

    async with asyncio.timeout(30):
        while not await valkey.answers():  # noqa: ASYNC110 - a server tells nobody
            await asyncio.sleep(0.02)
    stopping.set()
    assert await task == 0
    assert not await valkey.answers()
    await valkey.stop()


@pytest.mark.parametrize("received", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_stops_the_children_cleanly_with_exit_code_0(supervisor, log, received):
    house = await supervisor("web", "worker")
    pids = [int(await log.line("web", "up")), int(await log.line("worker", "up"))]

    house.process.send_signal(received)

    assert await house.exit_code() == 0
    assert [name for name, text in log.lines if text == "down"] == ["worker", "web"]
    assert all(is_gone(pid) for pid in pids)


async def test_ctrl_c_in_a_terminal_reaches_only_the_supervisor(supervisor, log):
    house = await supervisor("web")
    await log.line("web", "up")

    os.killpg(house.process.pid, signal.SIGINT)

    assert await house.exit_code() == 0
    assert ("web", "down") in log.lines
    assert ("web", "interrupted") not in log.lines


async def test_a_second_ctrl_c_ends_all_patience(supervisor, log, stubborn):
    house = await supervisor("web", "worker", code=stubborn, grace_seconds=3600.0)
    pids = [int(await log.line("web", "up")), int(await log.line("worker", "up"))]

    house.process.send_signal(signal.SIGINT)
    await log.line("handoff", "SIGINT")
    house.process.send_signal(signal.SIGINT)

    assert await house.exit_code() == 0
    assert all(is_gone(pid) for pid in pids)


async def test_children_die_with_a_supervisor_that_is_killed(supervisor, log, stubborn):
    house = await supervisor("web", "worker", code=stubborn)
    pids = [int(await log.line("web", "up")), int(await log.line("worker", "up"))]

    house.process.kill()

    for pid in pids:
        await gone(pid)
