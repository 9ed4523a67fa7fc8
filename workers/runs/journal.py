"""What a run has done so far, so that whoever takes it up repeats nothing that must happen once.

A run that is taken up is performed again from its first line. Its cages find themselves again (`cage.execute`); what
is here are the steps between them: a choice that must come out the same, a folder that must not be made anew because
an agent has been in it since.
"""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
FILE = "journal.json"


class Journal:
    """The steps of one run that are done, by name, each with what came of it (anything that JSON can say)."""

    def __init__(self, folder: Path) -> None:
        """Begin one with nothing in it."""
        self._path = folder / FILE
        self._done: dict[str, Any] = {}

    @classmethod
    def of(cls, folder: Path) -> "Journal":
        """Read what another worker wrote, if it wrote anything."""
        journal = cls(folder)
        if journal._path.exists():
            journal._done = json.loads(journal._path.read_text(encoding="utf-8"))
        return journal

    @property
    def begun(self) -> bool:
        """Whether anything was done."""
        return bool(self._done)

    async def once(self, step: str, do: Callable[[], Awaitable[T]]) -> T:
        """Do a step, or return what came of it when it was done; a step that was cut short is done again."""
        if step not in self._done:
            self.note(step, await do())
        result: T = self._done[step]
        return result

    def note(self, step: str, result: Any) -> None:
        """Remember what came of a step, on disk before this returns."""
        self._done[step] = result
        new = self._path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump(self._done, file)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self._path)

    def count(self, what: str) -> None:
        """Count something that happened once more."""
        self.note(what, self.counted(what) + 1)

    def counted(self, what: str) -> int:
        """Return how often something happened."""
        times: int = self._done.get(what, 0)
        return times
