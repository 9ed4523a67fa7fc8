"""`handoff stop --all`, when nothing else works: the file first, whatever is broken, and a sentence about what was."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from app import stop_file
from app.cli.everything import switch_everything
from app.cli.ledger import explain, show_status
from app.config import Settings
from app.domain.errors import Refused
from app.ledger.rows import PAUSED, STOP
from app.ledger.store import Ledger
from tests.builders import REPOSITORY
from tests.cli.house import House

NOWHERE = "postgresql://ada:swordfish@127.0.0.1:9/none"
BARE = """
import sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"sqlalchemy", "pydantic", "httpx", "argparse", "asyncio", "dataclasses"}:
            raise ImportError(f"{name} is broken")

sys.meta_path.insert(0, Nothing())
sys.argv = ["handoff", "stop", "--all"]
from app.cli.enter import main
sys.exit(main())
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a Handoff that does not run."""
    (tmp_path / "data" / "mirrors").mkdir(parents=True)
    return tmp_path / "data"


@pytest.fixture
async def ledger_there(data: Path) -> Path:
    ledger = await Ledger.open(Settings(data=data).database)
    await ledger.close()
    return data


def handoff(data: Path, *arguments: str, code: str = "", **said: str) -> subprocess.CompletedProcess[str]:
    names = ("DATABASE_URL", "REDIS_URL")
    ours = {n: v for n, v in os.environ.items() if not n.startswith("HANDOFF_") and n not in names}
    program = ["-P", "-c", code] if code else ["-P", "-m", "app.cli", *arguments]
    return subprocess.run(
        [sys.executable, *program],
        cwd=data.parent,
        env={**ours, "HANDOFF_DATA": str(data), "LOGNAME": "ada", **said},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_it_writes_the_file_and_throws_the_switch_and_start_takes_both_back(ledger_there: Path):
    stopped = handoff(ledger_there, "stop", "--all")

    assert (stopped.returncode, stopped.stderr) == (0, "")
    assert stopped.stdout.startswith("Everything is stopped: no run starts until `handoff start --all`")
    assert (ledger_there / "STOP").read_text() == "ada stopped everything at the command line\n"
    ledger = await Ledger.open(Settings(data=ledger_there).database)
    await ledger.set_switch(PAUSED, on=True, because="60 agents were started")
    assert (await ledger.switch(STOP)).because == "ada stopped everything at the command line"

    assert handoff(ledger_there, "start", "--all").stdout == "Runs may start again.\n"

    assert not (ledger_there / "STOP").exists()
    assert [(await ledger.switch(each)).on for each in (STOP, PAUSED)] == [False, False]
    await ledger.close()


def test_without_database_and_redis_the_file_is_written_and_what_was_not_done_is_said(data: Path):
    ended = handoff(data, "stop", "--all", DATABASE_URL=NOWHERE, REDIS_URL="redis://127.0.0.1:9/0")

    assert ended.returncode == 0, ended.stderr
    assert (data / "STOP").exists()
    assert f"Everything on this machine is stopped: {data}/STOP is written" in ended.stdout
    assert "The database could not be told (" in ended.stdout
    assert "swordfish" not in ended.stdout + ended.stderr


def test_the_file_is_there_though_nothing_that_it_takes_to_do_more_can_be_loaded(data: Path):
    ended = handoff(data, code=BARE)

    assert (data / "STOP").exists()
    assert ended.returncode == 0
    assert f"{data}/STOP is written all the same" in ended.stderr


def test_settings_that_cannot_be_read_are_no_hindrance(data: Path):
    ended = handoff(data, "stop", "--all", DATABASE_URL="mysql://localhost/x")

    assert (data / "STOP").exists()
    assert ended.returncode == 0
    assert "DATABASE_URL is wrong" in ended.stderr
    assert f"{data}/STOP is written all the same: everything that uses this folder stops." in ended.stderr


@pytest.mark.parametrize("file", ["HANDOFF_ENV_FILE", "HANDOFF_CONFIG"])
def test_the_folder_is_found_where_a_file_names_it(data: Path, tmp_path: Path, file: str):
    named = tmp_path / "named"
    named.write_text(f'{"HANDOFF_DATA" if file == "HANDOFF_ENV_FILE" else "data"} = "{data}"\n')

    handoff(data, code=BARE, HANDOFF_DATA="", **{file: str(named)})

    assert (data / "STOP").exists()


def test_where_no_handoff_keeps_its_things_nothing_is_written_and_nothing_is_claimed(tmp_path: Path):
    (tmp_path / "data" / "src").mkdir(parents=True)

    ended = handoff(tmp_path / "data", "stop", "--all")

    assert ended.returncode == 1
    assert f"There is no ledger at {tmp_path}/data/handoff.db." in ended.stderr
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["src"]


async def test_a_file_that_cannot_be_written_is_said_and_the_switch_does_the_same(
    ledger_there: Path, tmp_path: Path
):
    elsewhere = f"sqlite:///{ledger_there}/handoff.db"

    ended = handoff(tmp_path / "none", "stop", "--all", DATABASE_URL=elsewhere)

    assert ended.returncode == 0
    assert ended.stdout.startswith("Everything is stopped: no run starts")
    assert f"could not be written: {tmp_path}/none/STOP (no Handoff keeps its things" in ended.stdout


def test_when_neither_is_possible_it_says_loudly_that_nothing_is_stopped(tmp_path: Path):
    ended = handoff(tmp_path / "none", "stop", "--all", DATABASE_URL=NOWHERE)

    assert ended.returncode == 1
    assert ended.stdout.startswith(f"NOTHING IS STOPPED. {tmp_path}/none/STOP could not be written")
    assert "End the processes: Ctrl-C on `handoff up`" in ended.stdout


def test_from_afar_no_file_is_written_here(data: Path):
    ended = handoff(data, "stop", "--all", HANDOFF_URL="http://127.0.0.1:9", HANDOFF_TOKEN="t")

    assert ended.returncode == 1
    assert "does not answer" in ended.stderr
    assert not (data / "STOP").exists()


async def test_a_database_that_somebody_holds_is_not_waited_for_longer_than_a_person_waits(
    ledger_there: Path,
):
    holder = sqlite3.connect(ledger_there / "handoff.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        ended = handoff(ledger_there, "stop", "--all")
    finally:
        holder.close()

    assert ended.returncode == 0
    assert "The database could not be told (it did not answer within 5 s)" in ended.stdout


async def test_a_folder_that_cannot_be_written_is_said_and_the_switch_does_the_same(house: House):
    (house.settings.data / "STOP").symlink_to("/nowhere")
    done = await switch_everything(house.settings, stopped=True, user="ada")
    assert done.text.startswith("Everything is stopped")  # a link of that name counts as well
    (house.settings.data / "STOP").unlink()
    (house.settings.data / "STOP").mkdir()

    with pytest.raises(Refused, match=r"Everything is still stopped: .*/STOP cannot be taken away"):
        await switch_everything(house.settings, stopped=False, user="ada")
    assert (await house.ledger.switch(STOP)).on


async def test_status_and_why_tell_of_the_file_that_somebody_put_there(house: House):
    job = await house.open_job()
    (house.settings.data / "STOP").write_text("the bill\x1b[2J is too high\nand more\n")

    for said in (
        await show_status(house.settings, None, as_json=False),
        await show_status(house.settings, job.id, as_json=False),
        await explain(house.settings, REPOSITORY.full_name, 12, as_json=False),
    ):
        assert (
            "EVERYTHING IS STOPPED: the file `STOP` lies in the data folder (the bill [2J is too high)."
            in said
        )
    assert '"stopped": true' in await show_status(house.settings, None, as_json=True)


async def test_status_tells_that_handoff_has_paused_itself_and_since_when(house: House):
    await house.ledger.set_switch(PAUSED, on=True, because="60 agents were started within ten minutes")

    said = await show_status(house.settings, None, as_json=False)

    at = (await house.ledger.switch(PAUSED)).at
    assert f"That was at {at:%Y-%m-%d %H:%M} UTC. No run starts until `handoff start --all`; what is" in said
    assert said.startswith("HANDOFF HAS PAUSED ITSELF: 60 agents were started within ten minutes.")
    document = await show_status(house.settings, None, as_json=True)
    assert '"paused": true' in document
    assert '"stopped": false' in document


# The file itself


def test_whatever_is_called_so_is_a_stop_and_what_cannot_be_looked_at_too(tmp_path: Path):
    assert not stop_file.is_stopped(tmp_path)
    assert not stop_file.is_stopped(tmp_path / "none")
    for make in (Path.touch, Path.mkdir, lambda path: path.symlink_to("/nowhere"), os.mkfifo):
        path = tmp_path / "STOP"
        make(path)
        assert stop_file.is_stopped(tmp_path)
        assert stop_file.words(tmp_path)[0] == ""
        path.rmdir() if path.is_dir() else path.unlink()
    assert stop_file.is_stopped(tmp_path / ("x" * 5000)), "a name too long to look at"


def test_the_first_word_stands(tmp_path: Path):
    stop_file.stop(tmp_path, "ada is worried")
    stop_file.stop(tmp_path, "lin is worried too")
    assert stop_file.words(tmp_path)[0] == "ada is worried"
    assert stop_file.go_on(tmp_path)
    assert not stop_file.go_on(tmp_path)
