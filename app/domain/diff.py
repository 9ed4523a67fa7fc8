"""Reads a unified diff, byte by byte and counted: which lines of which file can carry a comment. Pure.

GitHub takes comments on every line of a hunk: added and context lines on the RIGHT, removed and context lines
on the LEFT. Content may look like a header (`--- a/evil`), so lines are taken by the counts in `@@` and headers
are only looked for between hunks. Names are what git writes, unquoted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.critique import Hunks, Side

HUNK = re.compile(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A line that a diff adds: its number (from 1) in the new file, and its text without the line end."""

    path: str
    line: int
    text: str


def added_lines(diff: bytes) -> Iterator[Added]:
    """Yield every line that the diff adds."""
    for _, new, _, right, content in _hunks(diff):
        number = right.start
        for line in content:
            if line[:1] == b"+" and new is not None:
                yield Added(path=new, line=number, text=line[1:].decode("utf-8", "replace"))
            number += line[:1] in {b"+", b" ", b""}


def commentable(diff: bytes) -> Hunks:
    """Return, for each path and side, the ranges of line numbers (from 1) that can carry a comment."""
    hunks: dict[tuple[str, Side], tuple[range, ...]] = {}
    for old, new, left, right, _ in _hunks(diff):
        for path, side, lines in ((old, Side.LEFT, left), (new, Side.RIGHT, right)):
            if path is not None and lines:
                # GitHub names both sides of a renamed file by its new path.
                key = (new or path, side)
                hunks[key] = (*hunks.get(key, ()), lines)
    return hunks


def _hunks(diff: bytes) -> Iterator[tuple[str | None, str | None, range, range, list[bytes]]]:
    """Yield each hunk: old and new path (None: the file is not there), its lines on both sides, its content."""
    lines = iter(diff.split(b"\n"))
    old: str | None = None
    new: str | None = None
    for line in lines:
        if line.startswith(b"diff --git "):
            old = new = None
        elif line.startswith(b"--- "):
            old = written_path(line[4:], b"a/")
        elif line.startswith(b"+++ "):
            new = written_path(line[4:], b"b/")
        elif match := HUNK.match(line):
            left, right = line_range(match[1], match[2]), line_range(match[3], match[4])
            yield old, new, left, right, list(hunk_content(lines, len(left), len(right)))


def hunk_content(lines: Iterator[bytes], old: int, new: int) -> Iterator[bytes]:
    """Consume exactly the content of a hunk, and yield it."""
    while old > 0 or new > 0:
        line = next(lines, None)
        if line is None:
            return
        kind = line[:1]
        if kind == b"\\":
            continue
        old -= kind != b"+"
        new -= kind != b"-"
        yield line


def line_range(start: bytes, count: bytes | None) -> range:
    """Return the lines that one side of a hunk's head names, counted from 1."""
    first, length = int(start), int(count) if count is not None else 1
    return range(first, first + length)


def written_path(written: bytes, prefix: bytes) -> str | None:
    """Return the path that git wrote, or None for /dev/null. A name with a space is followed by a TAB."""
    name = written.rstrip(b"\r").split(b"\t", 1)[0] if not written.startswith(b'"') else _unquoted(written)
    if name == b"/dev/null":
        return None
    return name.removeprefix(prefix).decode("utf-8", "surrogateescape")


def _unquoted(written: bytes) -> bytes:
    """Undo git's C-style quoting of unusual names."""
    inner = written[1 : written.rindex(b'"')]
    return _ESCAPE.sub(_character, inner)


def _character(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 0xFF]) if len(code) == 3 else _ESCAPED.get(code, code)
