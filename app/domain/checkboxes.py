"""Checkboxes in our own comments, which people tick instead of writing. Renders them and compares two versions.

A key is a claim like any text in a comment: people with write access can edit ours, so whoever acts on a
ticked box looks its key up among those that were really offered.
"""

import re
from typing import Final

from app.domain.markdown import normalised

KEY: Final = r"[a-z0-9][a-z0-9._-]{0,63}"
_KEY = re.compile(KEY)
_BOX = re.compile(
    rf"(?P<before> {{0,3}}[-*] \[)(?P<mark>[ xX])(?P<after>\] .*<!-- box:(?P<key>{KEY}) -->\s*)"
)


def box(key: str, label: str, *, ticked: bool = False) -> str:
    """Return a line with a checkbox. Raises ValueError for a key that could not be found again."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} cannot be the key of a checkbox.")
    return f"- [{'x' if ticked else ' '}] {' '.join(label.split())} <!-- box:{key} -->"


def ticked_in(body: str) -> tuple[str, ...]:
    """Return the keys of the boxes that are ticked, in their order."""
    boxes = map(_BOX.fullmatch, normalised(body).split("\n"))
    return tuple(box["key"] for box in boxes if box is not None and box["mark"] != " ")


def ticked_between(before: str, after: str) -> str | None:
    """Return the key of the one box that was ticked; None if anything else was changed, or more, or nothing."""
    old, new = normalised(before).split("\n"), normalised(after).split("\n")
    if len(old) != len(new):
        return None
    changed = [(was, now) for was, now in zip(old, new, strict=True) if was != now]
    return _ticked(*changed[0]) if len(changed) == 1 else None


def _ticked(was: str, now: str) -> str | None:
    one, other = _BOX.fullmatch(was), _BOX.fullmatch(now)
    if one is None or other is None or one["mark"] != " " or other["mark"] == " ":
        return None
    same = (one["before"], one["after"]) == (other["before"], other["after"])
    return other["key"] if same else None
