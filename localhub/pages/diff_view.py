"""A diff as rows of a table: numbers, text, and the threads beside each line. Pure; draws nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from localhub.git.diff import Diff, FileDiff, Line
from localhub.pages.threads import Thread

MOST_LINES = 4_000
"""Lines of a diff that one page shows; what is beyond is said to be there."""

_KINDS: dict[str, Literal["added", "removed", "same"]] = {"+": "added", "-": "removed", " ": "same"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a hunk, or (`kind` hunk) its header. `key` is side and number, such as `R12` or `L7`."""

    kind: Literal["added", "removed", "same", "hunk"]
    text: str
    old: int | None = None
    new: int | None = None
    key: str = ""
    threads: tuple[Thread, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A changed file. `aside` are threads without a line among the rows; `left_out` says why there are no rows."""

    index: int
    file: FileDiff
    rows: tuple[Row, ...]
    aside: tuple[Thread, ...]
    left_out: str


def views(diff: Diff, threads: Sequence[Thread] = ()) -> list[FileView]:
    """The files of a diff, each with its threads."""
    shown, left = [], MOST_LINES
    for index, file in enumerate(diff.files):
        mine = [thread for thread in threads if thread.root.path == file.path]
        count = sum(len(hunk.lines) for hunk in file.hunks)
        why = _left_out(file, fits=count <= left)
        rows = () if why else tuple(_rows(file, mine))
        left -= 0 if why else count
        placed = {id(thread) for row in rows for thread in row.threads}
        aside = tuple(thread for thread in mine if id(thread) not in placed)
        shown.append(FileView(index=index, file=file, rows=rows, aside=aside, left_out=why))
    return shown


def _left_out(file: FileDiff, *, fits: bool) -> str:
    if not file.hunks:
        return "There is no text to compare: it is binary, empty, or only its name or mode has changed."
    if not fits or file.patch is None:
        return "This is too long for a page. Fetch the branch to read it."
    return ""


def _rows(file: FileDiff, threads: Sequence[Thread]) -> Iterator[Row]:
    for hunk in file.hunks:
        yield Row(kind="hunk", text=hunk.text[0])
        for line, text in zip(hunk.lines, hunk.text[1:], strict=True):
            here = tuple(each for each in threads if each.line and line.number(each.side) == each.line)
            yield Row(
                kind=_KINDS[line.tag], text=text[1:], old=line.old, new=line.new, key=_key(line), threads=here
            )


def _key(line: Line) -> str:
    return f"L{line.old}" if line.tag == "-" else f"R{line.new}"
