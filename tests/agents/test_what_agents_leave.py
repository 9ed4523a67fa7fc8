"""Whatever an agent leaves in place of its outcome and its response, in a real cage: nobody waits, nothing fills up."""

import asyncio
from pathlib import Path

from tests.agents.conftest import Cage
from workers.agents.agent import Launch, RunKind
from workers.agents.files import write_outcome
from workers.agents.home import RESPONSE_BYTES_MAX, furnish, furnish_repair, read_response
from workers.agents.outcome import OUTCOME_BYTES_MAX, Invalid, left_at, outcome_in
from workers.agents.record import write_exit, write_response
from workers.agents.report import report_of_end
from workers.agents.untrusted import Unreadable
from workers.cage.ownership import remove_tree
from workers.cage.spec import How, Limits

PATIENCE_SECONDS = 60
TRAPS = {
    "a pipe that nobody writes to": ('mkfifo "$1"', "is not a regular file"),
    "a link to what never ends": ('ln -s /dev/zero "$1"', "is a symbolic link"),
    "a link to a file of the host": ('ln -s /etc/passwd "$1"', "is a symbolic link"),
    "a link to itself": ('ln -s "$1" "$1"', "is a symbolic link"),
    "a folder": ('mkdir "$1"', "is not a regular file"),
    "a socket": (
        "perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => shift, Listen => 1)' \"$1\"",
        "cannot be opened",
    ),
    "a huge file without content": ('truncate -s 4G "$1"', "is larger than"),
    "a file that is a little too large": (f'head -c {RESPONSE_BYTES_MAX + 1} /dev/zero > "$1"', "is larger"),
    "a file that nobody may read": ('echo "{}" > "$1"; chmod 0 "$1"', ""),
    "a pit of folders": (
        'perl -e \'$p = shift; for (1..3000) { mkdir $p or last; chdir $p; $p = "d" }\' "$1"',
        "is not a regular file",
    ),
}


def agent(script: str, *paths: Path) -> Launch:
    return Launch(command=("/bin/sh", "-c", script, "agent", *map(str, paths)), environment={})


async def leave(cage: Cage, script: str, *paths: Path) -> None:
    end = await cage.run(agent(script, *paths))
    assert (end.how, end.code) == (How.EXITED, 0), end.output_tail


async def test_a_trap_in_place_of_a_file_is_said_to_be_one_and_nobody_waits(cage: Cage, tmp_path: Path):
    visit = cage.visit
    furnish(visit.home, visit, brief="Do it.")
    places = {name: visit.home / f"trap-{number}" for number, name in enumerate(TRAPS)}
    scripts = (f'set -- "{places[name]}"; (cd "$HOME"; {script});' for name, (script, _) in TRAPS.items())
    await leave(cage, "\n".join(scripts))

    for name, place in places.items():
        async with asyncio.timeout(PATIENCE_SECONDS):
            content = await asyncio.to_thread(left_at, place)
        outcome = outcome_in(RunKind.IMPLEMENT, content)
        assert isinstance(outcome, Invalid), name
        kept = write_outcome(tmp_path, content, outcome, lambda text: text)
        assert (kept.name, kept.stat().st_size < 2_000) == ("outcome.invalid.txt", True), name
        assert isinstance(content, Unreadable) is bool(TRAPS[name][1]), name
        assert TRAPS[name][1] in str(content), name
        place.rename(visit.response)
        assert (await asyncio.to_thread(read_response, visit.home) is None) is bool(TRAPS[name][1]), name
        visit.response.rename(visit.outcome)
        furnish(visit.home, visit, brief="Once more.")
        assert not visit.outcome.is_symlink(), name
        assert not visit.outcome.exists(), name
    await remove_tree(visit.home)
    assert not visit.home.exists()


async def test_a_trap_in_place_of_the_brief_does_not_stop_a_repair(cage: Cage):
    visit = cage.visit
    furnish(visit.home, visit, brief="Do it.")
    pit, _ = TRAPS["a pit of folders"]
    await leave(cage, f'rm "$1"; {pit}', visit.brief)
    furnish_repair(visit.home, visit, brief="Mend it.")
    assert visit.brief.read_text() == "Mend it."


async def test_thousands_of_files_in_a_home_hold_up_neither_reading_nor_removing(cage: Cage):
    visit = cage.visit
    furnish(visit.home, visit, brief="Do it.")
    await leave(cage, 'cd "$HOME"; seq -f "f%.0f" 5000 | xargs touch; echo "{}" > "$1"', visit.outcome)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert left_at(visit.outcome) == b"{}\n"
        await remove_tree(visit.home)
    assert not visit.home.exists()


async def test_the_records_of_a_run_lie_where_its_agent_cannot_reach(cage: Cage):
    folder = cage.visit.home.parent
    secret = folder / "exit.json"
    secret.write_text("of the host")
    end = await cage.run(agent(f'cat {secret}; echo mine > {secret}; ls -la {folder} "$HOME/.."; true'))
    assert b"of the host" not in end.output_tail
    assert secret.read_text() == "of the host"
    report = report_of_end(end, said="x" * (RESPONSE_BYTES_MAX + OUTCOME_BYTES_MAX))
    path = write_exit(
        folder, run_id="r7", agent="command", end=end, report=report, redact=lambda text: text,
        cage=cage.sandbox.name, limits=Limits(),
    )  # fmt: skip
    assert path.read_text() != "of the host"
    kept = write_response(folder, run_id="r7", said=report.said, redact=lambda text: text)
    assert kept is not None
    assert kept.stat().st_size < RESPONSE_BYTES_MAX
