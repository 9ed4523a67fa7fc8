"""The three-dot diff as GitHub shows it, and which lines of it can carry a comment.

Works on bytes and counts lines from the `@@` headers, so that no content can pass for a header.
Facts: context 3, rename detection on; RIGHT = added and context lines, LEFT = deleted and context lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from localhub.git.bare import Bare

HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_STATUSES = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}
_OPTIONS = (
    "--no-ext-diff", "--no-textconv", "--no-color", "--find-renames", "-U3", "--full-index",
    "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short",
)  # fmt: skip
PATCH_LIMIT_BYTES = 500_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk: its tag (` `, `+`, `-`) and its numbers where it has them."""

    tag: str
    old: int | None
    new: int | None
    position: int

    def number(self, side: str) -> int | None:
        """Its number on a side."""
        return self.old if side == "LEFT" else self.new


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk: its lines and its text, header first."""

    lines: tuple[Line, ...]
    text: tuple[str, ...]

    def find(self, side: str, number: int) -> Line | None:
        """The line with that number on that side."""
        return next((line for line in self.lines if line.number(side) == number), None)

    def up_to(self, line: Line) -> str:
        """The hunk from its header to a line: what GitHub calls `diff_hunk`."""
        return "\n".join(self.text[: self.lines.index(line) + 2])


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiff:
    """One changed file. `patch` is None for binary, oversized and content-less changes."""

    path: str
    previous_path: str | None
    status: str
    blob: str
    additions: int
    deletions: int
    patch: str | None
    hunks: tuple[Hunk, ...]

    def locate(self, side: str, number: int) -> tuple[Hunk, Line] | None:
        """The hunk and line of a number, None when it is outside all hunks."""
        for hunk in self.hunks:
            line = hunk.find(side, number)
            if line is not None:
                return hunk, line
        return None


@dataclass(frozen=True, slots=True)
class Diff:
    """The diff of a pull request."""

    raw: bytes
    files: tuple[FileDiff, ...]

    def file(self, path: str) -> FileDiff | None:
        """The file of that name (the new one for renames)."""
        return next((file for file in self.files if file.path == path), None)


def compute(bare: Bare, old: str, new: str) -> Diff:
    """The diff between two commits."""
    raw = bare.run("diff", *_OPTIONS, old, new)
    entries = list(_raw_entries(bare.run("diff", "--raw", "-z", "--no-abbrev", "--find-renames", old, new)))
    sections = _sections(raw)
    files = []
    for status, blob, path, previous in entries:
        section = next(sections, [])
        if status == "T":  # a change of type is written as a deletion and a creation
            section = section + next(sections, [])
        files.append(_file(status, blob, path, previous, section))
    return Diff(raw, tuple(files))


def _raw_entries(raw: bytes) -> Iterator[tuple[str, str, str, str | None]]:
    parts = iter(raw.decode(errors="replace").split("\0"))
    for head in parts:
        if not head:
            continue
        _, _, old_blob, new_blob, status = head.split(" ")
        first = next(parts)
        blob = old_blob if status == "D" else new_blob
        if status[0] in "RC":
            yield status[0], blob, next(parts), first
        else:
            yield status[0], blob, first, None


def _sections(raw: bytes) -> Iterator[list[bytes]]:
    """The diff cut at its real `diff --git` lines."""
    section: list[bytes] = []
    old_left = new_left = 0
    for line in raw.split(b"\n")[:-1]:
        if old_left > 0 or new_left > 0:
            old_left -= line[:1] in (b" ", b"-")
            new_left -= line[:1] in (b" ", b"+")
        elif match := HUNK.match(line):
            old_left, new_left = int(match[2] or 1), int(match[4] or 1)
        elif line.startswith(b"diff --git ") and section:
            yield section
            section = []
        section.append(line)
    if section:
        yield section


def _file(status: str, blob: str, path: str, previous: str | None, section: list[bytes]) -> FileDiff:
    first = next((index for index, line in enumerate(section) if HUNK.match(line)), None)
    body = [] if first is None else section[first:]
    hunks = tuple(_hunks(body))
    tags = [line.tag for hunk in hunks for line in hunk.lines]
    patch = "\n".join(line.decode(errors="replace") for line in body)
    return FileDiff(
        path=path, previous_path=previous, status=_STATUSES[status], blob=blob,
        additions=tags.count("+"), deletions=tags.count("-"),
        patch=patch if body and len(patch) <= PATCH_LIMIT_BYTES else None, hunks=hunks,
    )  # fmt: skip


def _hunks(body: list[bytes]) -> Iterator[Hunk]:
    lines: list[Line] = []
    text: list[str] = []
    old = new = old_left = new_left = 0
    for position, raw in enumerate(body):
        tag = raw[:1].decode(errors="replace") or " "
        if old_left == 0 and new_left == 0:
            match = HUNK.match(raw)
            if match is None:
                continue
            if lines:
                yield Hunk(tuple(lines), tuple(text))
            lines, text = [], [raw.decode(errors="replace")]
            old, new = int(match[1]), int(match[3])
            old_left, new_left = int(match[2] or 1), int(match[4] or 1)
        elif tag in " +-":
            lines.append(Line(tag, old if tag != "+" else None, new if tag != "-" else None, position))
            text.append(raw.decode(errors="replace"))
            old, new = old + (tag != "+"), new + (tag != "-")
            old_left, new_left = old_left - (tag != "+"), new_left - (tag != "-")
    if lines:
        yield Hunk(tuple(lines), tuple(text))
