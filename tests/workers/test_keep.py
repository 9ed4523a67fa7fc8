"""What a run leaves is kept for any host: its records, bounded, and free of every secret that is known by then."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain.redaction import Redactor
from app.ledger.artifacts import FILE
from app.ledger.store import Ledger
from tests.cli.house import House
from workers.agents.record import EventsFile
from workers.keep import FILE_BYTES_MAX, keep_files, records_of, tidy

RUN = "jabc.1"
SECRET = "ghs_of-an-installation-0123456789-0123456789-0123456789"
LATE = "a-token-that-was-minted-late"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    ledger = await Ledger.open(f"sqlite:///{tmp_path}/ledger.db")
    yield House(None, ledger)  # type: ignore[arg-type] # nobody asks it for settings
    await ledger.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "runs" / RUN
    (made / "agent-responses").mkdir(parents=True)
    (made / "agent-responses" / f"{RUN}.md").write_text("I did it.\n")
    for name in ("brief.md", "events.jsonl", "exit.json", "outcome.json"):
        (made / name).write_text(f"{name}: {LATE} and {SECRET}\n")
    for name in ("workspace", "home", "cages/x-1"):
        (made / name).mkdir(parents=True)
        (made / name / "raw").write_text(SECRET)
    (made / "output.log").write_text(SECRET)
    (made / "home").chmod(0)
    return made


def redact(text: str) -> str:
    redactor = Redactor()
    redactor.register(LATE)
    return redactor.redact(text)


async def test_every_record_is_kept_under_its_name_and_nothing_else(house: House, folder: Path):
    job = await house.open_job()
    await keep_files(house.ledger, job.id, RUN, folder, redact)
    sizes = await house.ledger.artifact_sizes(job.id, FILE)
    names = {"brief.md", "events.jsonl", "exit.json", "outcome.json", "response.md"}
    assert sizes.keys() == {f"{RUN}/{name}" for name in names}
    for key, size in sizes.items():
        kept = await house.ledger.artifact(job.id, f"{FILE}{key}")
        assert kept is not None
        assert len(kept.data) == size > 5
        assert SECRET.encode() not in kept.data
        assert LATE.encode() not in kept.data


def test_what_is_not_there_or_no_file_is_no_record(tmp_path: Path):
    (tmp_path / "outside").write_text("of somebody else")
    (tmp_path / "exit.json").symlink_to(tmp_path / "outside")
    (tmp_path / "brief.md").mkdir()
    assert records_of(tmp_path, RUN, redact) == {}


def test_of_much_the_end_of_the_events_is_kept_and_the_beginning_of_anything_else(tmp_path: Path):
    (tmp_path / "brief.md").write_text("first\n" + "ü" * FILE_BYTES_MAX)
    with EventsFile(tmp_path, redact) as events:
        for number in range(30_000):
            events.write(f"line {number} {'x' * 60}")
    found = records_of(tmp_path, RUN, redact)
    assert max(len(text.encode()) for text in found.values()) <= FILE_BYTES_MAX
    assert found["brief.md"].startswith("first\nü")
    assert found["brief.md"].endswith(" bytes more)\n")
    lines = [json.loads(line) for line in found["events.jsonl"].splitlines()]
    assert lines[0]["type"] == "truncated"
    assert lines[-1]["text"].startswith("line 29999 ")
    left_out = int(lines[0]["text"].split()[2].replace(",", ""))
    kept = found["events.jsonl"].partition("\n")[2]
    assert left_out + len(kept.encode()) == (tmp_path / "events.jsonl").stat().st_size


async def test_a_tidy_folder_has_the_records_and_nothing_that_was_not_redacted(folder: Path):
    await tidy(folder)
    await tidy(folder)
    assert names(folder) == {"agent-responses", "brief.md", "events.jsonl", "exit.json", "outcome.json"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}
