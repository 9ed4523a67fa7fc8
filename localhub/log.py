"""What was asked of the hub and what it answered: the evidence of every test. Never holds a credential."""

import itertools
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT_ENTRIES = 20_000
TEXT_LIMIT = 2_000


@dataclass(slots=True, kw_only=True)
class Entry:
    """One request. `problems` are breaches of GitHub's OpenAPI by the request or by our answer."""

    id: int
    time: float
    method: str
    path: str
    query: str = ""
    actor: str = "anonymous"
    actor_name: str = ""
    operation: str = ""
    body: Any = None
    status: int | None = None
    seconds: float | None = None
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class RequestLog:
    """The entries, oldest first, bounded."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT_ENTRIES)
        self._ids = itertools.count(1)

    def begin(self, method: str, path: str, query: str) -> Entry:
        """Write down that a request came in."""
        entry = Entry(id=next(self._ids), time=time.time(), method=method, path=path, query=query)
        self._entries.append(entry)
        return entry

    @staticmethod
    def finish(entry: Entry, status: int | None) -> None:
        """Write down how it was answered; None when the connection was cut."""
        entry.status = status
        entry.seconds = round(time.time() - entry.time, 4)

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()

    def entries(self, *, problems_only: bool = False) -> list[dict[str, Any]]:
        """As JSON."""
        return [asdict(entry) for entry in self._entries if entry.problems or not problems_only]


def summary(body: Any) -> Any:
    """A request body fit to be kept: long texts are cut, secrets are left out."""
    match body:
        case str() if len(body) > TEXT_LIMIT:
            return f"{body[:TEXT_LIMIT]}… ({len(body)} characters)"
        case dict():
            return {key: "***" if key == "secret" else summary(value) for key, value in body.items()}
        case list():
            return [summary(value) for value in body]
        case _:
            return body
