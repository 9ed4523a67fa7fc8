"""Opening: whatever state a database is in, it is brought to today's tables, by one process at a time, or refused."""

import asyncio
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.engine.interfaces import ReflectedIndex

from app.domain.errors import BadConfiguration, TryAgain
from app.ledger import migrations
from app.ledger.migrate import steps
from app.ledger.schema import metadata
from app.ledger.store import Ledger


def engine_of(address: str) -> Engine:
    return create_engine(address.replace("postgresql://", "postgresql+psycopg://"))


def described_index(index: ReflectedIndex) -> tuple[object, ...]:
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return index["name"], index["column_names"], bool(index["unique"]), str(options)


def described(connection: Connection) -> dict[str, object]:
    """Everything about the tables that a migration could get wrong."""
    look = inspect(connection)
    return {
        table: {
            "columns": [
                (c["name"], str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(table)
            ],
            "primary key": look.get_pk_constraint(table),
            "unique": sorted(look.get_unique_constraints(table), key=str),
            "foreign keys": sorted(look.get_foreign_keys(table), key=str),
            "checks": sorted(look.get_check_constraints(table), key=str),
            "indexes": sorted(map(described_index, look.get_indexes(table))),
        }
        for table in sorted(look.get_table_names())
        if table != "alembic_version"
    }


async def test_the_migrations_lead_to_exactly_the_tables_of_the_schema(empty_database):
    await (await Ledger.open(empty_database)).close()
    engine = engine_of(empty_database)
    with engine.begin() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        migrated = described(connection)
        metadata.drop_all(connection)
        metadata.create_all(connection)
        assert migrated == described(connection)
    engine.dispose()


async def test_opening_again_changes_nothing_and_keeps_everything(empty_database, tmp_path):
    first = await Ledger.open(empty_database)
    await first.set_switch("stop", on=True, because="to be remembered")
    await first.close()
    second = await Ledger.open(empty_database)
    assert (await second.switch("stop")).because == "to be remembered"
    await second.close()


OPENER = """
import asyncio, sys
from app.ledger.store import Ledger

async def main():
    ledger = await Ledger.open(sys.argv[1])
    await ledger.ready()
    await ledger.close()

print("at the door", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""


async def test_three_processes_that_open_an_empty_database_at_the_same_moment_all_can(empty_database):
    pipe = asyncio.subprocess.PIPE
    opening = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", OPENER, empty_database, stdin=pipe, stdout=pipe, stderr=pipe
        )
        for _ in range(3)
    ]
    for process in opening:
        assert await process.stdout.readline() == b"at the door\n"
    answers = await asyncio.gather(*(process.communicate(b"go\n") for process in opening))
    assert [process.returncode for process in opening] == [0, 0, 0], [error for _, error in answers]


async def test_a_database_of_a_newer_handoff_is_refused_in_one_sentence(empty_database):
    await (await Ledger.open(empty_database)).close()
    engine = engine_of(empty_database)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(BadConfiguration, match="newer Handoff"):
        await Ledger.open(empty_database)


@pytest.mark.parametrize(
    "address",
    ["", "ledger.db", "mysql://localhost/handoff", "sqlite://", "sqlite:///:memory:", "redis://localhost"],
)
async def test_an_address_that_is_none_of_ours_is_refused_with_two_that_are(address):
    with pytest.raises(BadConfiguration, match="sqlite:///path or postgresql://host/name"):
        await Ledger.open(address)


async def test_a_refused_address_does_not_tell_its_password():
    with pytest.raises(BadConfiguration) as refused:
        await Ledger.open("mysql://ada:hunter2@localhost/handoff")
    assert "hunter2" not in str(refused.value)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BadConfiguration, match=r"file/ledger\.db cannot be opened"):
        await Ledger.open(f"sqlite:///{tmp_path}/file/ledger.db")


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("these are my notes, please keep them " * 100)
    with pytest.raises(BadConfiguration, match="is not a database"):
        await Ledger.open(f"sqlite:///{file}")
    assert file.read_text().startswith("these are my notes")


async def test_a_server_that_is_not_there_is_tried_again_later(tmp_path):
    with pytest.raises(TryAgain):
        await Ledger.open(f"postgresql://postgres@/handoff?host={tmp_path}")


def modes(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


async def test_the_file_and_its_journal_are_readable_by_us_alone(tmp_path):
    ledger = await Ledger.open(f"sqlite:///{tmp_path}/new folder/ledger.db")
    await ledger.ready()
    found = modes(tmp_path / "new folder")
    assert [found[name] for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm")] == [0o600] * 3
    await ledger.close()


async def test_a_commit_is_on_disk_when_it_returns_and_constraints_are_looked_at(tmp_path):
    ledger = await Ledger.open(f"sqlite:///{tmp_path}/ledger.db")
    asked = [
        await ledger._write(
            lambda connection, name=name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
        )
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    ]
    assert asked == ["wal", 2, 1, 15_000]
    await ledger.close()


async def test_readers_cannot_write(tmp_path):
    ledger = await Ledger.open(f"sqlite:///{tmp_path}/ledger.db")
    with pytest.raises(TryAgain, match="readonly"):
        await ledger._read(lambda connection: connection.exec_driver_sql("DELETE FROM switches"))
    await ledger.close()


async def test_a_closed_ledger_says_so(ledger):
    await ledger.close()
    with pytest.raises(TryAgain, match="closed"):
        await ledger.ready()


def test_this_python_brings_a_sqlite_that_can_return_what_it_wrote():
    assert sqlite3.sqlite_version_info >= (3, 35)


def test_a_step_is_named_as_its_file_begins_and_the_last_one_is_the_newest():
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    assert steps() == sorted(script.revision for script in scripts.walk_revisions())
    assert steps()[-1] == scripts.get_current_head()


def test_opening_a_database_of_today_needs_no_alembic(tmp_path):
    """It takes a third of a second to import, which every command would pay."""
    code = (
        "import asyncio, sys; from app.ledger.store import Ledger; "
        f"asyncio.run(asyncio.wait_for(Ledger.open('sqlite:///{tmp_path}/ledger.db'), 60)); "
        "print('alembic' in sys.modules)"
    )
    said = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in "12"
    ]
    assert said == ["True\n", "False\n"]
