"""The records of a run for people to read: its events, its prose and how it ended, redacted before they touch a disk.

A worker may die in the middle: whatever is told again takes the place of what was kept of it.
"""

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from workers.agents.exit import exit_file
from workers.agents.files import EVENTS, EXIT, RESPONSES, Redact, dumped, loaded, put, redacted
from workers.agents.private_key import PrivateKeyLines
from workers.agents.report import AgentReport
from workers.cage.spec import Exit, Limits

EVENTS_BYTES_MAX = 64_000_000
LINE_CHARACTERS_MAX = 1_000_000
RESPONSE_CHARACTERS_MAX = 500_000
_TURNS = "events.turns.json"


class EventsFile:
    """`events.jsonl`: one JSON object per line, at most `bytes_max` of them, the last one saying so if it was cut.

    A turn that is told again, because its worker died, takes the place of what was kept of it and of later turns.
    """

    def __init__(
        self, folder: Path, redact: Redact, *, turn: int = 1, bytes_max: int = EVENTS_BYTES_MAX
    ) -> None:
        """Open the file where a turn (counted from 1) begins; raises OSError."""
        self._redact = redact
        self._keys = PrivateKeyLines()
        path = folder / EVENTS
        begins = _beginning(folder, turn, path.stat().st_size if path.exists() else 0)
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file: TextIO = os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", errors="replace")
        self._file.truncate(begins)
        self._file.seek(begins)
        self._left = bytes_max - begins

    def write(self, line: str) -> None:
        """Keep one line of the program's output; a line that is no JSON object is kept as `output`."""
        if self._left <= 0:
            return
        seen = line if line.startswith("{") else self._keys.without(line)
        if seen is None:
            return
        kept = event_line(seen, self._redact)
        self._left -= len(kept.encode("utf-8", errors="replace"))
        if self._left <= 0:
            kept = dumped(
                {"type": "truncated", "text": "More was said, but the limit of this file is reached."}
            )
        self._file.write(kept + "\n")
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._file.close()


def _beginning(folder: Path, turn: int, size_bytes: int) -> int:
    """Return where a turn begins in the file of events, and keep that: the next time it begins there again."""
    path, begins = folder / _TURNS, {1: 0}
    if turn > 1 and path.exists():
        begins |= {int(number): int(at) for number, at in json.loads(path.read_text()).items()}
    begins = {number: at for number, at in begins.items() if number <= turn}
    begins.setdefault(turn, size_bytes)
    put(path, dumped(begins))
    return min(begins[turn], size_bytes)


def event_line(line: str, redact: Redact) -> str:
    """Return `line` as one redacted JSON object."""
    text = line.rstrip("\r\n")
    try:
        event = loaded(text) if len(text) <= LINE_CHARACTERS_MAX else None
        if isinstance(event, dict):
            return dumped(redacted(event, redact))
    except (ValueError, RecursionError):
        pass
    return dumped({"type": "output", "text": redact(text)[:LINE_CHARACTERS_MAX]})


def write_exit(
    folder: Path,
    *,
    run_id: str,
    agent: str,
    end: Exit,
    report: AgentReport,
    redact: Redact,
    cage: str | None = None,
    limits: Limits | None = None,
    turn: int = 1,
) -> Path:
    """Write `exit.json`, how the program ended and what its agent made of it; returns its path."""
    made = exit_file(run_id=run_id, agent=agent, end=end, report=report, cage=cage, limits=limits, turn=turn)
    document = redacted(made.model_dump(mode="json"), redact)
    return put(folder / EXIT, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def write_response(folder: Path, *, run_id: str, said: str | None, redact: Redact) -> Path | None:
    """Write `agent-responses/{run_id}.md`, the agent's prose; returns its path, None when it said nothing."""
    if not said or not said.strip():
        return None
    path = folder / RESPONSES / f"{run_id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = redact(said).rstrip()
    cut = "\n\n(cut here)" if len(text) > RESPONSE_CHARACTERS_MAX else ""
    return put(path, f"{text[:RESPONSE_CHARACTERS_MAX]}{cut}\n")
