"""Looks in a commit for what a clone of ours does not have: submodules, and files that are pointers into Git LFS.

It reads trees and blobs of the mirror and never a checkout. Nothing is fetched: who hosts a submodule is said by a
file of the repository, and our token is not for them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.domain.errors import Refused
from app.domain.left_out import POINTER_BEGINS, POINTER_BYTES_MAX, LeftOut, is_pointer, refusal
from app.domain.policy import Policy
from workers.workspace.git import GitFailed, git
from workers.workspace.mirror import Mirror

ATTRIBUTES_BYTES_MAX = 200_000
_LFS = re.compile(rb"^[^#\n]*\bfilter=lfs\b", re.MULTILINE)


async def require_whole(mirror: Mirror, sha: str, policy: Policy) -> LeftOut:
    """Return what a commit's clone lacks where the policy takes that; raises `Refused` where it does not."""
    found = await left_out_at(mirror, sha)
    if said := refusal(found, policy):
        raise Refused(said)
    return found


async def left_out_at(mirror: Mirror, sha: str) -> LeftOut:
    """Return what a commit's clone lacks."""
    listed = (await git("ls-tree", "-r", "-z", sha, git_dir=mirror.path)).split(b"\0")
    entries = [_entry(line) for line in listed if line]
    blobs = {path: blob for kind, blob, path in entries if kind == b"blob"}
    attributes = [blob for path, blob in blobs.items() if path.rpartition(b"/")[2] == b".gitattributes"]
    return LeftOut(
        submodules=tuple(_shown(path) for kind, _, path in entries if kind == b"commit"),
        lfs=await _pointers(mirror, sha, blobs) if await _names_lfs(mirror, attributes) else (),
    )


def _entry(line: bytes) -> tuple[bytes, bytes, bytes]:
    head, _, path = line.partition(b"\t")
    _, kind, name = head.split(b" ")
    return kind, name, path


async def _names_lfs(mirror: Mirror, attributes: Sequence[bytes]) -> bool:
    return any(
        _LFS.search(text) for text in (await _small(mirror, attributes, ATTRIBUTES_BYTES_MAX)).values()
    )


async def _pointers(mirror: Mirror, sha: str, blobs: Mapping[bytes, bytes]) -> tuple[str, ...]:
    """Return the files that begin as a pointer does; one that only quotes such a line is none."""
    line = f"^{POINTER_BEGINS.decode()}"
    try:
        found = await git("grep", "-l", "-z", "-e", line, sha, git_dir=mirror.path)
    except GitFailed as error:
        if error.code == 1:
            return ()
        raise
    paths = [name.removeprefix(f"{sha}:".encode()) for name in found.split(b"\0") if name]
    texts = await _small(mirror, [blobs[path] for path in paths], POINTER_BYTES_MAX)
    return tuple(_shown(path) for path in paths if is_pointer(texts.get(blobs[path], b"")))


async def _small(mirror: Mirror, blobs: Iterable[bytes], bytes_max: int) -> dict[bytes, bytes]:
    """Return the content of those blobs that are no larger."""
    asked = b"".join(blob + b"\n" for blob in dict.fromkeys(blobs))
    if not asked:
        return {}
    sized = await git("cat-file", "--batch-check", git_dir=mirror.path, stdin=asked)
    small = [line.split(b" ")[0] for line in sized.splitlines() if int(line.split(b" ")[2]) <= bytes_max]
    asked = b"".join(blob + b"\n" for blob in small)
    return dict(_batch(await git("cat-file", "--batch", git_dir=mirror.path, stdin=asked))) if asked else {}


def _batch(output: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Read what `git cat-file --batch` says: a head with a size, the content, and an end of line."""
    while output:
        head, _, rest = output.partition(b"\n")
        name, _, size = head.split(b" ")
        yield name, rest[: int(size)]
        output = rest[int(size) + 1 :]


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "replace")
