"""What a run puts out, as people may read it: in memory, in lines, redacted whenever it leaves, bounded always.

It writes nothing anywhere: `broadcast` passes on what is new, and `perform` keeps the whole. The raw output of an
agent has files of its own (`workers.agents.record`).
"""

import re
from collections import deque
from collections.abc import Callable
from pathlib import Path

from workers.agents.private_key import PrivateKeyLines

LINE_CHARACTERS_MAX = 4_000
KEPT_CHARACTERS_MAX = 200_000
NEW_CHARACTERS_MAX = 8_000

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class _Lines:
    """The last lines of a text, at most so many characters, and whether some were let go."""

    def __init__(self, characters_max: int) -> None:
        self._lines: deque[str] = deque()
        self._left, self._max = characters_max, characters_max
        self.cut = False

    def add(self, line: str) -> None:
        self._lines.append(line)
        self._left -= len(line)
        while self._left < 0:
            self._left += len(self._lines.popleft())
            self.cut = True

    def text(self) -> str:
        return "".join(self._lines)

    def clear(self) -> None:
        self._lines.clear()
        self._left, self.cut = self._max, False


class RunLog:
    """The output of one run. `folder` is the run's, whose name nobody needs to read."""

    def __init__(self, redact: Callable[[str], str], folder: Path) -> None:
        self._redact = redact
        self._workspace = re.compile(rf"{re.escape(str(folder))}(?:/[a-z]+)?/workspace(?:/|\b)")
        self._home = re.compile(rf"{re.escape(str(folder))}(?:/[a-z]+)?/home\b")
        self._kept, self._new = _Lines(KEPT_CHARACTERS_MAX), _Lines(NEW_CHARACTERS_MAX)
        self._rest = b""
        self._keys = PrivateKeyLines()

    def begin(self, what: str) -> None:
        """Say what begins here, on a line of its own."""
        self._end_line()
        self._add(f"\u2500\u2500 {what}")

    def feed(self, data: bytes) -> None:
        """Take a piece of a command's output."""
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[-LINE_CHARACTERS_MAX:]
        for line in lines:
            self._add(line.decode("utf-8", "replace"))

    def say(self, text: str) -> None:
        """Take text that is complete; nothing is no line."""
        for line in text.splitlines():
            self._add(line)

    def take(self) -> str:
        """Return what is new since the last time, the end of it if it is much."""
        text, cut = self._new.text(), self._new.cut
        self._new.clear()
        return self._clean(text, cut=cut)

    def whole(self) -> str:
        """Return everything that is kept."""
        self._end_line()
        return self._clean(self._kept.text(), cut=self._kept.cut)

    def _clean(self, text: str, *, cut: bool) -> str:
        note = "\u2026 some of it is left out here \u2026\n" if cut else ""
        clean = self._home.sub("~", self._workspace.sub("", self._redact(text)))
        return note + clean.encode("utf-8", "replace").decode()  # an agent can write half a surrogate

    def _end_line(self) -> None:
        rest, self._rest = self._rest, b""
        if rest:
            self._add(rest.decode("utf-8", "replace"))

    def _add(self, line: str) -> None:
        """Keep a line: of what overwrote itself the last state, of what is too long the beginning."""
        shown = _CONTROL.sub("", _ANSI.sub("", line.rstrip("\r").rpartition("\r")[2]))
        seen = self._keys.without(shown)
        if seen is None:
            return
        shown = seen
        if len(shown) > LINE_CHARACTERS_MAX:
            shown = f"{shown[:LINE_CHARACTERS_MAX]}\u2026"
        self._kept.add(f"{shown}\n")
        self._new.add(f"{shown}\n")
