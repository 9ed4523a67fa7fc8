"""Log lines for machines and people: one record a line, secrets taken out last. It decides nothing about levels.

Callers say what a line is about with `extra={"action": …, "job": …, "run": …, "delivery": …}`; the message
itself is for people.
"""

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

Redact = Callable[[str], str]

FIELDS = ("action", "job", "run", "delivery", "status")
"""What a line may be about, in the order in which it is said."""

LINE_CHARACTERS_MAX = 16_000


def configure(form: Literal["text", "json"], redact: Redact, *, level: int = logging.INFO) -> None:
    """Send every record of this process to stderr, redacted. To be called once, by a composition root.

    Handlers that others installed are removed, so that no line finds a way around the redactor.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacting(form, redact))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic", "sqlalchemy"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    for name in ("httpx", "httpcore", "alembic", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)


class Redacting(logging.Formatter):
    """Turns a record into one line, and takes the secrets out of each of its parts before they are quoted."""

    def __init__(self, form: Literal["text", "json"], redact: Redact) -> None:
        super().__init__()
        self._render = _json_line if form == "json" else _text_line
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. It never raises: a record that cannot be read is said to be so."""
        parts = {"time": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"}
        parts |= {"level": record.levelname.lower(), "logger": record.name}
        said = {name: getattr(record, name) for name in FIELDS if getattr(record, name, None) is not None}
        parts |= {name: self._clean(str(value)) for name, value in said.items()}
        parts["message"] = self._clean(_message(record))
        if record.exc_info:
            parts["traceback"] = self._clean(self.formatException(record.exc_info))
        return self._render(parts)

    def _clean(self, text: str) -> str:
        return self._redact(text)[:LINE_CHARACTERS_MAX]


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return f"{record.msg} (with arguments that do not fit)"


def _json_line(parts: dict[str, str]) -> str:
    return json.dumps(parts, ensure_ascii=False)


def _text_line(parts: dict[str, str]) -> str:
    """Return `time level key=value… message`. A traceback follows, indented: a person reads it."""
    head = f"{parts['time']} {parts['level']:<7} {_plain(parts['message'])}"
    about = [f"{name}={_quoted(parts[name])}" for name in (*FIELDS, "logger") if name in parts]
    trace = parts.get("traceback", "").splitlines()
    return "\n".join([" ".join([head, *about]), *(f"    {_plain(line)}" for line in trace)])


def _plain(text: str) -> str:
    """Return text without line breaks and control characters: nobody forges a line or steers a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def _quoted(value: str) -> str:
    bare = value.isprintable() and not any(char in ' "=' for char in value)
    return value if bare and value else json.dumps(value)
