"""Looks through a workspace for what git must not meet: nested repositories and files that are none.

Links are not followed and nothing is opened. For workspaces whose cage has ended: nobody may change them meanwhile.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_READ_BY_GIT = (b".gitignore", b".gitattributes", b".gitmodules")  # a pipe of this name would hang it


@dataclass(frozen=True, slots=True)
class Survey:
    """Paths relative to the workspace: folders that hold a `.git`, and what git would read but is no file."""

    nested: tuple[bytes, ...]
    unreadable: tuple[bytes, ...]


def survey(workspace: Path) -> Survey:
    """Return what is suspicious in a workspace; its own `.git`, at the top, is not."""
    nested: list[bytes] = []
    unreadable: list[bytes] = []
    for folder, entry in _entries(os.fsencode(workspace)):
        if entry.name.lower() == b".git":
            if folder:
                nested.append(folder.rstrip(b"/"))
        elif entry.name in _READ_BY_GIT and not _harmless(entry):
            unreadable.append(folder + entry.name)
    return Survey(tuple(nested), tuple(unreadable))


def _entries(top: bytes) -> Iterator[tuple[bytes, os.DirEntry[bytes]]]:
    """Yield every entry with its folder, as b"a/b/" or b""; does not enter links or `.git`."""
    waiting = [b""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(os.path.join(top, folder)) as entries:  # noqa: PTH118 -- bytes: names need not be text
            for entry in entries:
                yield folder, entry
                if entry.name != b".git" and entry.is_dir(follow_symlinks=False):
                    waiting.append(folder + entry.name + b"/")


def _harmless(entry: os.DirEntry[bytes]) -> bool:
    """Tell a file from a pipe; git follows no link to its ignore and attribute files, but does to .gitmodules."""
    mode = entry.stat(follow_symlinks=False).st_mode
    return stat.S_ISREG(mode) or (stat.S_ISLNK(mode) and entry.name != b".gitmodules")
