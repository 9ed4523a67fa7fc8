"""What of a repository does not come with a clone: submodules, and files in Git LFS. What is said about it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.policy import PATH, Policy

SHOWN = 3
POINTER_BYTES_MAX = 1024
POINTER_BEGINS = b"version https://git-lfs.github.com/spec/"
"""What a pointer file is: under 1024 bytes, and this first (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """The paths of submodules, and of files that are pointers into Git LFS; at most a few of them are named."""

    submodules: tuple[str, ...] = ()
    lfs: tuple[str, ...] = ()


def is_pointer(content: bytes) -> bool:
    """Tell a pointer into Git LFS from a file."""
    return len(content) < POINTER_BYTES_MAX and content.startswith(POINTER_BEGINS)


def refusal(found: LeftOut, policy: Policy) -> str | None:
    """Return why a run is refused, None when it is not: the file says `leave-out`, or there is nothing of the kind."""
    said = []
    if found.submodules and not policy.leave_out_submodules:
        said.append(_refused("submodules", _listed(found.submodules), "submodules: leave-out"))
    if found.lfs and not policy.leave_out_lfs:
        said.append(_refused("files in Git LFS", _listed(found.lfs), "lfs: leave-out"))
    return "; and ".join(said) or None


def told(found: LeftOut) -> tuple[str, ...]:
    """Return what is told of what was left out, a sentence each."""
    said = []
    if found.submodules:
        said.append(
            f"The submodules are left out ({_listed(found.submodules)}): their folders are empty here, and stay as they are."
        )
    if found.lfs:
        said.append(
            f"The files in Git LFS are left out ({_listed(found.lfs)}): only their pointers are here, and stay as they are."
        )
    return tuple(said)


def _refused(what: str, which: str, line: str) -> str:
    return (
        f"the repository has {what} ({which}), which I do not fetch. If the work can be done without them, add "
        f"`{line}` to `{PATH}` on the default branch, and hand the issue over again"
    )


def _listed(paths: Sequence[str]) -> str:
    more = len(paths) - SHOWN
    shown = ", ".join(f"`{path[:120]}`" for path in paths[:SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
