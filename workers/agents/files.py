"""The files of a run that are kept for people to read: their names, and brief and outcome as they are written.

Everything is redacted before it touches the disk. `redact` is the caller's; every string of a document goes through
it on its own, because a secret inside JSON may be spelled with escapes. How long a file is kept is decided elsewhere.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workers.agents.outcome import Invalid, Outcome
from workers.agents.untrusted import Unreadable

Redact = Callable[[str], str]

BRIEF, EVENTS, EXIT, RESPONSES = "brief.md", "events.jsonl", "exit.json", "agent-responses"
OUTCOME, INVALID_OUTCOME = "outcome.json", "outcome.invalid.txt"
INVALID_CHARACTERS_MAX = 64_000


def write_brief(folder: Path, brief: str, redact: Redact) -> Path:
    """Write `brief.md`, what the agent was told; returns its path."""
    return put(folder / BRIEF, redact(brief).rstrip() + "\n")


def write_outcome(
    folder: Path, content: bytes | Unreadable, outcome: Outcome | Invalid, redact: Redact
) -> Path:
    """Write `outcome.json`, or the beginning of one that cannot be used as `outcome.invalid.txt`, after the reason.

    Returns the path of the one that was written; the other one is gone.
    """
    for name in (OUTCOME, INVALID_OUTCOME):
        (folder / name).unlink(missing_ok=True)
    if not isinstance(outcome, Invalid):
        document = redacted(outcome.model_dump(mode="json"), redact)
        return put(folder / OUTCOME, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    left = "" if isinstance(content, Unreadable) else _readable(content, redact)
    cut = "\n(cut here)" if len(left) > INVALID_CHARACTERS_MAX else ""
    text = f"{redact(outcome.because)}\n\n{left[:INVALID_CHARACTERS_MAX].rstrip()}{cut}"
    return put(folder / INVALID_OUTCOME, text.rstrip() + "\n")


def _readable(content: bytes, redact: Redact) -> str:
    """Return what stands in a file that does not fit; JSON is read first, for the escapes in it."""
    try:
        document = loaded(content)
        return redact(json.dumps(redacted(document, redact), indent=2, ensure_ascii=False))
    except (ValueError, RecursionError):
        return redact(content.decode("utf-8", errors="replace"))


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


def put(path: Path, text: str) -> Path:
    """Write a record whole or not at all, whatever stands in its place; half a character becomes `?`."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(new, flags, 0o600), "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
    new.rename(path)
    return path


def dumped(document: Any) -> str:
    """Return a document in one line."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def loaded(text: str | bytes) -> Any:
    """Return the document in a text; raises ValueError, RecursionError. `NaN` and its like are no JSON."""
    return json.loads(text, parse_constant=_no_number)


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
