"""Merges one commit into a checkout that nobody has touched yet, leaving conflict markers where git cannot decide.

The result is files, not a commit: `commit_workspace` makes one of them. Nothing that the repository configures
runs here; the checkout has no filters, no merge drivers and no hooks of its own.
"""

from collections.abc import Iterable
from pathlib import Path

from workers.workspace.commit import FILE_BYTES
from workers.workspace.git import GitFailed, git

_MARKERS = (b"<<<<<<< ", b">>>>>>> ")


async def merge_into(workspace: Path, sha: str) -> tuple[str, ...]:
    """Merge `sha` into the files of a fresh checkout; return the paths with conflicts, none if git could do it all."""
    git_dir = workspace / ".git"
    try:
        await git(
            "-c", "user.name=Handoff", "-c", "user.email=handoff@localhost", "-c", "commit.gpgsign=false",
            "merge", "--quiet", "--no-commit", "--no-ff", "--no-verify", sha, git_dir=git_dir, cwd=workspace,
        )  # fmt: skip
    except GitFailed as error:
        if error.code != 1:
            raise
    listed = await git("diff", "--name-only", "--diff-filter=U", "-z", git_dir=git_dir, cwd=workspace)
    return tuple(path.decode("utf-8", "surrogateescape") for path in listed.split(b"\0") if path)


def unresolved(workspace: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Return those of the paths that still hold conflict markers. An agent has been there: no link is followed.

    What is too large to be committed is not read; that is said when it is to be.
    """
    here = workspace.resolve()
    return tuple(path for path in paths if _has_markers(workspace / path, here))


def _has_markers(path: Path, workspace: Path) -> bool:
    if path.is_symlink() or not path.is_file() or not path.resolve().is_relative_to(workspace):
        return False
    if path.stat().st_size > FILE_BYTES:
        return False
    with path.open("rb") as lines:
        return any(line.startswith(_MARKERS) for line in lines)
