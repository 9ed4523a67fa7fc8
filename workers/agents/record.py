"""What is kept of a run for people to read: its events, its prose and how it ended, redacted before they touch a disk.

`redact` is the caller's; every string goes through it on its own, because a secret inside JSON may be
spelled with escapes.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from workers.agents.report import AgentReport
from workers.cage.spec import Exit

Redact = Callable[[str], str]

EVENTS_BYTES_MAX = 64_000_000
LINE_CHARACTERS_MAX = 1_000_000


class EventsFile:
    """`events.jsonl`: one JSON object per line, at most `bytes_max` of them, the last one saying so if it was cut."""

    def __init__(self, folder: Path, redact: Redact, *, bytes_max: int = EVENTS_BYTES_MAX) -> None:
        """Open the file for appending; raises OSError."""
        self._redact = redact
        self._left = bytes_max
        self._file: TextIO = (folder / "events.jsonl").open("a", encoding="utf-8", errors="replace")

    def write(self, line: str) -> None:
        """Keep one line of the program's output; a line that is no JSON object is kept as `output`."""
        if self._left <= 0:
            return
        kept = event_line(line, self._redact)
        self._left -= len(kept.encode("utf-8", errors="replace"))
        if self._left <= 0:
            kept = _dumped(
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


def event_line(line: str, redact: Redact) -> str:
    """Return `line` as one redacted JSON object."""
    text = line.rstrip("\r\n")
    try:
        event = json.loads(text, parse_constant=_no_number) if len(text) <= LINE_CHARACTERS_MAX else None
        if isinstance(event, dict):
            return _dumped(redacted(event, redact))
    except (ValueError, RecursionError):
        pass
    return _dumped({"type": "output", "text": redact(text)[:LINE_CHARACTERS_MAX]})


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def redacted(value: Any, redact: Redact) -> Any:
    """Return `value` with every string in it redacted, keys included."""
    match value:
        case str():
            return redact(value)
        case dict():
            return {redact(str(key)): redacted(inner, redact) for key, inner in value.items()}
        case list() | tuple():
            return [redacted(inner, redact) for inner in value]
        case _:
            return value


def write_exit(
    folder: Path, *, run_id: str, agent: str, end: Exit, report: AgentReport, redact: Redact
) -> Path:
    """Write `exit.json`, how the program ended and what its agent made of it; returns its path."""
    document = {
        "run_id": run_id,
        "agent": agent,
        "ended": {
            "how": end.how,
            "code": end.code,
            "seconds": round(end.seconds, 3),
            "output_bytes": end.output_bytes,
        },
        "verdict": report.verdict,
        "because": report.because,
        "usage": None if report.usage is None else asdict(report.usage),
        "cost_usd": None if report.cost_usd is None else str(report.cost_usd),
        "session_id": report.session_id,
    }
    path = folder / "exit.json"
    path.write_text(_dumped(redacted(document, redact)) + "\n", encoding="utf-8")
    return path


def write_response(folder: Path, *, run_id: str, said: str | None, redact: Redact) -> Path | None:
    """Write `agent-responses/{run_id}.md`, the agent's prose; returns its path, None when it said nothing."""
    if not said or not said.strip():
        return None
    path = folder / "agent-responses" / f"{run_id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(redact(said).rstrip() + "\n", encoding="utf-8", errors="replace")
    return path


def _dumped(event: Any) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))
