"""Blobs, trees and commits as the git-data API makes them. Knows git, not GitHub; moves no ref."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from localhub.git.bare import Bare, GitFailed
from localhub.git.compose import Identity


@dataclass(frozen=True, slots=True)
class Entry:
    """A path of a tree with its mode and object; without an object the path goes."""

    path: str
    mode: str
    sha: str | None


def write_blob(bare: Bare, content: bytes) -> str:
    """Keep a file's content; returns its id."""
    return bare.run("hash-object", "-w", "--stdin", stdin=content).decode().strip()


def write_tree(bare: Bare, base: str | None, entries: Sequence[Entry]) -> str:
    """A tree like `base` with some entries changed. Raises GitFailed for an unknown object, base or a bad path."""
    with tempfile.TemporaryDirectory(prefix="localhub-index-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        if base:
            bare.run("read-tree", base, extra=index)
        known = set(bare.run("ls-files", "-z", extra=index).decode(errors="replace").split("\0"))
        for entry in entries:
            if entry.sha is None and entry.path not in known:
                raise GitFailed(f"{entry.path} is not there to be deleted")
        lines = [
            f"{entry.mode if entry.sha else '0'} {entry.sha or '0' * 40}\t{entry.path}\0" for entry in entries
        ]
        bare.run("update-index", "-z", "--index-info", stdin="".join(lines).encode(), extra=index)
        return bare.run("write-tree", extra=index).decode().strip()


def write_commit_object(
    bare: Bare, tree: str, parents: Sequence[str], message: str, people: tuple[Identity, Identity]
) -> str:
    """A commit by an author and a committer, in this order."""
    author, committer = people
    environment = author.environment() | {
        "GIT_COMMITTER_NAME": committer.name,
        "GIT_COMMITTER_EMAIL": committer.email,
    }
    flags = [flag for parent in parents for flag in ("-p", parent)]
    done = bare.run("commit-tree", tree, *flags, "-F", "-", stdin=message.encode(), extra=environment)
    return done.decode().strip()
