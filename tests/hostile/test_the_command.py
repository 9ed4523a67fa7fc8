"""`handoff cage try` as it is typed: what it takes, what it says, its exit codes. These are quick and always run."""

import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.hostile.conftest import PROGRAMS, Arena, numbers
from workers.cage.trial.options import read

HANDOFF = [sys.executable, "-P", "-m", "app.cli", "cage"]


def cage(*words: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HANDOFF, *words], env=environment(folder, **settings), capture_output=True, text=True, timeout=100, check=False
    )  # fmt: skip


def environment(folder: Path, **settings: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("HANDOFF_")}
    own = {"HANDOFF_DATA": str(folder), "HANDOFF_CAGE_UID": str(next(numbers))}
    return {**ours, **own, **settings}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def test_it_needs_no_app_and_leaves_nothing(data: Path):
    ended = cage("try", "--json", "--", "sh", "-c", "echo here; exit 3", folder=data)

    told = json.loads(ended.stdout)
    assert told["findings"] == []
    assert (ended.returncode, told["contained"], told["how"], told["code"]) == (0, True, "exited", 3)
    assert told["output_tail"] == "here\n"
    assert told["because"].startswith("Nothing that it started is alive")
    assert {"sandbox", "seconds", "peak", "denied", "findings", "limited_by"} <= told.keys()
    assert list(data.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["--json", "--", "echo", "--", "x"], ("echo", "--", "x")),
        (["--", "echo", "--", "x", "--json"], ("echo", "--", "x")),
        (["--", "echo", "--json", "--json"], ("echo", "--json")),
        (["--json", "--", "--json", "x"], ("--json", "x")),
    ],
)
def test_what_comes_after_the_dashes_is_the_commands_but_for_a_last_json(
    words: list[str], command: tuple[str, ...]
):
    options = read(["try", *words])

    assert (options.command, options.json) == (command, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["try"], "what is to be tried comes after --"),
        (["try", "--json", "--"], "what is to be tried comes after --"),
        (["try", "--memory", "0", "--", "true"], "it has to be 1 or more"),
        (["try", "--workspace", "/nowhere", "--", "true"], "there is no folder /nowhere"),
        (["dance"], "invalid choice"),
    ],
)
def test_wrong_usage_is_said(capsys: pytest.CaptureFixture[str], words: list[str], said: str):
    with pytest.raises(SystemExit) as ended:
        read(words)

    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_cage_that_is_not_there_is_one_sentence(data: Path):
    ended = cage("try", "--cage", "paper", "--", "true", folder=data)

    assert ended.returncode == 2
    assert ended.stderr.startswith("HANDOFF_CAGE is 'paper'")
    assert len(ended.stderr.splitlines()) == 1


def test_alone_it_shows_what_there_is(data: Path):
    ended = cage(folder=data)

    assert ended.returncode == 0
    assert "run a command in the cage, and say whether it was contained" in ended.stdout


def test_people_are_told_in_sentences(data: Path):
    ended = cage("try", "--cage", "none", "--", "echo", "hello", folder=data)

    assert ended.returncode == 1
    assert "  hello\n" in ended.stdout
    assert (
        "NOT CONTAINED: It did no harm that I could see, but there was no cage to keep it in." in ended.stdout
    )


def test_no_terminal_is_steered_by_what_a_command_says(data: Path):
    ours, its = pty.openpty()
    before = termios.tcgetattr(its)
    words = ["try", "--workspace", str(PROGRAMS), "--", "python3", "oddities.py", "closes"]
    with subprocess.Popen(
        [*HANDOFF, *words], env=environment(data), stdin=its, stdout=its, stderr=its, start_new_session=True
    ) as trial:
        assert trial.wait(100) in {0, 1}
    said = os.read(ours, 65536)
    assert b"Contained: " in said, said
    assert not any(byte in said for byte in b"\x1b\x07\x00\x9b")
    assert termios.tcgetattr(its) == before
    os.set_blocking(its, False)
    with pytest.raises(BlockingIOError):  # nothing was typed for us
        os.read(its, 1)
    os.close(its)
    os.close(ours)


def test_an_interrupted_trial_leaves_nothing(data: Path):
    with subprocess.Popen(
        [*HANDOFF, "try", "--", "sleep", "1000"], env=environment(data), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as trial:  # fmt: skip
        while not list(data.glob("*/runs/this/records/began.json")):
            assert trial.poll() is None
            time.sleep(0.05)
        trial.send_signal(signal.SIGINT)
        trial.communicate(timeout=60)
    assert trial.returncode == 130
    assert list(data.iterdir()) == []


@pytest.mark.parametrize("program", ["reads", "network"])
def test_what_is_outside_stays_unseen(arena: Arena, program: str):
    told = arena.try_out("python3", f"{program}.py")

    assert told.report["contained"], told.report
    assert told.worked == []
