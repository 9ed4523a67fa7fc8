"""Task lists in Markdown: where their boxes are, and the text with one of them ticked. Pure; renders nothing.

A box is named by its place and by a digest of its line, so that a text which has changed since it was read is
never ticked in the wrong place.
"""

import hashlib
import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_BOX = re.compile(r"^\[([ xX])\](?=\s)\s*")
_IN_SOURCE = re.compile(r"^((?:[\s>]*(?:[-*+]|\d{1,9}[.)]))+\s+)\[([ xX])\](\s.*)$")
TASK = "task_box"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One box: its place among all boxes of the text, its line in the source, and whether it is ticked."""

    place: int
    line: int
    ticked: bool
    key: str


def mark_boxes(state: StateCore) -> None:
    """Core rule of markdown-it: turn `[ ]` at the beginning of a list item into a token of its own."""
    lines = state.src.split("\n")
    place = 0
    for before, paragraph, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if (before.type, paragraph.type, inline.type) != ("list_item_open", "paragraph_open", "inline"):
            continue
        children = inline.children or []
        text = children[0].content if children else ""
        match = _BOX.match(text) if children and children[0].type == "text" else None
        if match is None or inline.map is None:
            continue
        source = lines[inline.map[0]] if inline.map[0] < len(lines) else ""
        token = Token(TASK, "input", 0)
        ticked = match[1] != " "
        token.meta = {"task": Task(place=place, line=inline.map[0], ticked=ticked, key=_key(place, source))}
        children[0].content = text[match.end() :]
        inline.children = [token, *children]
        before.attrJoin("class", "task")
        place += 1


def _key(place: int, source: str) -> str:
    found = _IN_SOURCE.match(source)
    words = found[3] if found else source
    return f"{place}-{hashlib.sha256(words.encode()).hexdigest()[:12]}"


def tasks_of(text: str) -> list[Task]:
    """The boxes of a text, in order."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.core.ruler.push("task_boxes", mark_boxes)
    found = []
    for token in parser.parse(text):
        found += [child.meta["task"] for child in token.children or () if child.type == TASK]
    return found


def ticked(text: str, key: str) -> str | None:
    """The text with the box `key` turned over; None when that box is not there any more."""
    lines = text.split("\n")
    for task in tasks_of(text):
        found = _IN_SOURCE.match(lines[task.line]) if task.line < len(lines) else None
        if task.key == key and found:
            lines[task.line] = f"{found[1]}[{' ' if task.ticked else 'x'}]{found[3]}"
            return "\n".join(lines)
    return None
