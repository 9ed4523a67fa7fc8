"""What a commit of ours keeps as it is: submodules, and files in Git LFS. Neither is in the workspace to be changed.

Their folders are empty there, and an empty or missing folder is no wish to remove a submodule. Where two sides are
brought together, the side that moved a submodule counts. What cannot be kept is a `Refused` that names it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

from app.domain.errors import Refused
from app.domain.left_out import POINTER_BYTES_MAX, is_pointer

Links = Mapping[bytes, bytes]
"""The commit of each submodule, by its path."""

Git = Callable[..., Awaitable[bytes]]
_LINK = b"160000"
_GONE = b"0" * 40


async def links_at(git: Git, tree: str) -> Links:
    """Return the submodules of a commit."""
    listed = (await git("ls-tree", "-r", "-z", tree)).split(b"\0")
    links = (line.partition(b"\t") for line in listed if line.startswith(_LINK))
    return {path: head.split(b" ")[2] for head, _, path in links}


def brought_together(before: Links, ours: Links, theirs: Links) -> dict[bytes, bytes]:
    """Return the submodules after a merge: for each, what the side says that changed it; raises `Refused` for both."""
    result: dict[bytes, bytes] = {}
    for path in {*ours, *theirs}:
        was, here, there = before.get(path), ours.get(path), theirs.get(path)
        if here != there and was not in {here, there}:
            raise Refused(
                f"{_shown(path)} is a submodule that both sides changed. Merge it by hand, then ask me again."
            )
        kept = there if here == was else here
        if kept is not None:
            result[path] = kept
    return result


async def submodules_after(git: Git, base_sha: str, merged: str | None) -> dict[bytes, bytes]:
    """Return the submodules that a commit on `base_sha`, with `merged` as its second parent, has to have."""
    ours = await links_at(git, base_sha)
    theirs = await links_at(git, merged) if merged else ours
    if ours == theirs or merged is None:
        return dict(ours)
    before = (await git("merge-base", base_sha, merged)).decode().strip()
    return brought_together(await links_at(git, before), ours, theirs)


async def put_submodules(git: Git, workspace: Path, wanted: Links, *, gone: Iterable[bytes] = ()) -> None:
    """Make the index have these submodules, and not those that are gone; raises `Refused` for what took their place.

    Before files are added, so that git knows their folders; and after, because it takes a missing one for removed.
    """
    for path in wanted:
        if not _is_empty(workspace / path.decode("utf-8", "surrogateescape")):
            raise Refused(
                f"{_shown(path)} is a submodule, and something was put in its place; I can only commit files."
            )
    lines = [b"0 " + _GONE + b"\t" + path for path in gone]
    lines += [_LINK + b" " + sha + b"\t" + path for path, sha in wanted.items()]
    if lines:
        await git("update-index", "-z", "--index-info", stdin=b"".join(line + b"\0" for line in lines))


async def refuse_submodules(git: Git, base_sha: str, wanted: Links) -> None:
    """Raise `Refused` if the index has a submodule that it should not have."""
    for path, mode, sha in await _changes(git, base_sha):
        if mode == _LINK and wanted.get(path) != sha:
            raise Refused(f"{_shown(path)} would become a submodule; I can only commit files.")


async def refuse_lfs(git: Git, base_sha: str, merged: str | None) -> None:
    """Raise `Refused` if a file that Git LFS keeps was changed: what it holds would have to go where we do not write."""
    changed = {path: blob for path, mode, blob in await _changes(git, base_sha) if mode.startswith(b"100")}
    kept = await _kept_in_lfs(git, list(changed))
    if not kept:
        return
    known = {blob for tree in (base_sha, merged) if tree for blob in await _blobs(git, tree)}
    for path in kept:
        if changed[path] not in known or not is_pointer(await _begin(git, changed[path])):
            raise Refused(
                f"{_shown(path)} is a file that this repository keeps in Git LFS, which I cannot write to; "
                "leave such files as they are."
            )


async def _kept_in_lfs(git: Git, paths: list[bytes]) -> list[bytes]:
    if not paths:
        return []
    said = await git(
        "check-attr", "-z", "--cached", "--stdin", "filter", stdin=b"".join(p + b"\0" for p in paths)
    )
    words = said.split(b"\0")
    return [path for path, value in zip(words[::3], words[2::3], strict=False) if value == b"lfs"]


async def _begin(git: Git, blob: bytes) -> bytes:
    size = int(await git("cat-file", "-s", blob.decode()))
    return await git("cat-file", "blob", blob.decode()) if size < POINTER_BYTES_MAX else b""


async def _blobs(git: Git, tree: str) -> list[bytes]:
    listed = (await git("ls-tree", "-r", "-z", tree)).split(b"\0")
    return [line.split(b"\t")[0].split(b" ")[2] for line in listed if line]


async def _changes(git: Git, base_sha: str) -> list[tuple[bytes, bytes, bytes]]:
    """Return path, mode and content of what the index has otherwise than a commit."""
    words = (await git("diff-index", "--cached", "--raw", "-z", "--no-renames", base_sha)).split(b"\0")
    found = [(head.split(b" "), path) for head, path in zip(words[::2], words[1::2], strict=False)]
    return [(path, head[1], head[3]) for head, path in found]


def _is_empty(folder: Path) -> bool:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return False
    return not folder.is_dir() or next(folder.iterdir(), None) is None


def _shown(path: bytes) -> str:
    return path.decode(errors="replace")[:200]
