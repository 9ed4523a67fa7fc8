"""Where a review comment may stand: GitHub's rules about lines, sides and ranges, in its own words."""

from dataclasses import dataclass
from typing import Any

from localhub.errors import unprocessable
from localhub.git.bare import Bare
from localhub.git.diff import Diff, FileDiff
from localhub.world.pulls import Side

UNRESOLVED_LINE = "Line could not be resolved"
UNRESOLVED_PATH = "Path could not be resolved"
EXCERPT_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A place in a diff. `line` is None for a comment on a whole file."""

    path: str
    side: Side = "RIGHT"
    line: int | None = None
    start_side: Side | None = None
    start_line: int | None = None
    position: int | None = None
    diff_hunk: str = ""


def resolve(diff: Diff, wanted: dict[str, Any]) -> Anchor:
    """The place a comment of a review names; raises Refusal 422. Every line must be inside a hunk."""
    file = _file(diff, wanted)
    if wanted.get("subject_type") == "file":
        return Anchor(path=file.path, diff_hunk="\n".join((file.patch or "").split("\n")[:EXCERPT_LINES]))
    if wanted.get("line") is None:
        return _by_position(file, wanted.get("position"))
    side: Side = wanted.get("side") or "RIGHT"
    found = file.locate(side, wanted["line"])
    if found is None:
        raise unprocessable(UNRESOLVED_LINE)
    hunk, line = found
    start_line, start_side = wanted.get("start_line"), wanted.get("start_side") or side
    if start_line is not None:
        start = hunk.find(start_side, start_line)
        if start_side == side and start_line >= wanted["line"]:
            raise unprocessable("start line must precede the end line")
        if start is None:
            raise unprocessable("start line must be part of the same hunk as the line")
    return Anchor(
        path=file.path, side=side, line=wanted["line"], position=line.position, diff_hunk=hunk.up_to(line),
        start_line=start_line, start_side=None if start_line is None else start_side,
    )  # fmt: skip


def _file(diff: Diff, wanted: dict[str, Any]) -> FileDiff:
    file = diff.file(wanted.get("path") or "")
    if file is None:
        raise unprocessable(UNRESOLVED_PATH)
    return file


def _by_position(file: FileDiff, position: int | None) -> Anchor:
    """The deprecated way to name a line: counted from the file's first hunk header."""
    for hunk in file.hunks:
        for line in hunk.lines:
            if line.position == position:
                side: Side = "LEFT" if line.tag == "-" else "RIGHT"
                number = line.number(side)
                return Anchor(
                    path=file.path, side=side, line=number, position=position, diff_hunk=hunk.up_to(line)
                )
    raise unprocessable(UNRESOLVED_LINE if position is None else "Position is invalid")


def resolve_for_person(bare: Bare, head: str, diff: Diff, wanted: dict[str, Any]) -> Anchor:
    """The same for the web page, where a person may pick any line of a changed file."""
    file = _file(diff, wanted)
    line = wanted.get("line")
    if line is None or file.locate(wanted.get("side") or "RIGHT", line) is not None:
        return resolve(diff, wanted)
    content = bare.file(head, file.path)
    lines = [] if content is None else content[1].decode(errors="replace").split("\n")
    if not 1 <= line <= len(lines):
        raise unprocessable(UNRESOLVED_LINE)
    first = max(1, line - EXCERPT_LINES + 1)
    shown = [f"@@ -{first},{line - first + 1} +{first},{line - first + 1} @@"]
    shown += [f" {text}" for text in lines[first - 1 : line]]
    return Anchor(path=file.path, line=line, diff_hunk="\n".join(shown))
