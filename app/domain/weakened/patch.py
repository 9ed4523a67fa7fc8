"""A diff as files, hunks and lines, for rules that compare both sides. Pure; anything that is no diff has no files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.critique import Side
from app.domain.diff import HUNK, hunk_content, line_range, written_path

_LINE_CHARACTERS = 2_000
_HEADING = re.compile(rb"^@@ [^@\n]{1,60} @@ ?(.*)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk. `sign` is `+`, `-` or a space; `number` (from 1) counts on the side the line is read from."""

    sign: str
    text: str
    old: int
    new: int

    @property
    def changed(self) -> bool:
        """Whether the diff adds or removes it."""
        return self.sign != " "


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk: its lines, and the line of code that git prints beside the `@@`."""

    heading: str
    lines: tuple[Line, ...]

    def side(self, side: Side) -> tuple[Line, ...]:
        """Return the file's text on one side, as far as the hunk shows it."""
        hidden = "+" if side is Side.LEFT else "-"
        return tuple(line for line in self.lines if line.sign != hidden)


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a diff does to one file. `old` is None for a new file, `new` for a deleted one."""

    old: str | None
    new: str | None
    hunks: tuple[Hunk, ...]

    @property
    def path(self) -> str:
        """The name that GitHub knows it by."""
        return self.new or self.old or ""


def read_patch(diff: bytes) -> tuple[FileChange, ...]:
    """Return the files of a unified diff with the `a/` and `b/` prefixes, pure renames included."""
    return tuple(change for change in _files(diff) if change.path)


def _files(diff: bytes) -> Iterator[FileChange]:
    old: str | None = None
    new: str | None = None
    hunks: list[Hunk] = []
    lines = iter(diff.split(b"\n"))
    for line in lines:
        if line.startswith(b"diff --git "):
            yield FileChange(old, new, tuple(hunks))
            old, new, hunks = None, None, []
        elif line.startswith((b"--- ", b"rename from ")):
            old = _named(line, b"a/")
        elif line.startswith((b"+++ ", b"rename to ")):
            new = _named(line, b"b/")
        elif match := HUNK.match(line):
            left, right = line_range(match[1], match[2]), line_range(match[3], match[4])
            content = hunk_content(lines, len(left), len(right))
            hunks.append(_hunk(line, content, left.start, right.start))
    yield FileChange(old, new, tuple(hunks))


def _named(line: bytes, prefix: bytes) -> str | None:
    is_rename = line.startswith(b"rename ")
    written = line.split(b" ", 2)[2] if is_rename else line[4:]
    try:
        return written_path(written, b"" if is_rename else prefix)
    except ValueError:
        return None


def _hunk(header: bytes, content: Iterator[bytes], old: int, new: int) -> Hunk:
    heading = _HEADING.match(header)
    lines: list[Line] = []
    for raw in content:
        sign = raw[:1].decode("latin-1") if raw[:1] in {b"+", b"-"} else " "
        text = raw[1:].decode("utf-8", "replace").rstrip("\r")[:_LINE_CHARACTERS]
        lines.append(Line(sign, text, old, new))
        old += sign != "+"
        new += sign != "-"
    return Hunk(heading[1].decode("utf-8", "replace") if heading else "", tuple(lines))
