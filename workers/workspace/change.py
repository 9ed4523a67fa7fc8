"""What a head changes against its base, as GitHub will show it: the three-dot diff, read from the bare mirror.

In a bare repository no `.gitattributes` is read, so nothing can hide itself from the diff by calling itself binary.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import Refused
from workers.workspace.git import GitFailed, TooMuchOutput, git
from workers.workspace.mirror import Mirror, require

DIFF_BYTES = 8 * 1024 * 1024
_DIFF = (
    "diff", "--no-ext-diff", "--no-textconv", "--no-color", "--find-renames", "--submodule=short",
    "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip


class Status(StrEnum):
    """What happened to a file, by git's letters."""

    ADDED = "A"
    COPIED = "C"
    DELETED = "D"
    MODIFIED = "M"
    RENAMED = "R"
    TYPE_CHANGED = "T"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """One file of a change. Paths are text with surrogate escapes where git's bytes are not UTF-8.

    `mode` is the new one (`100644`, `100755`, `120000` a link, `160000` a submodule, `000000` deleted);
    `size_bytes` is of the new content; a binary file has no counts.
    """

    path: str
    old_path: str
    status: Status
    mode: str
    additions: int
    deletions: int
    binary: bool
    size_bytes: int


@dataclass(frozen=True, slots=True)
class CommitLine:
    """A commit in a range, oldest first in a `Change`."""

    sha: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All that lies between a merge base and a head. `diff` is None when it is larger than was asked for."""

    base_sha: str
    merge_base_sha: str
    head_sha: str
    files: tuple[ChangedFile, ...]
    commits: tuple[CommitLine, ...]
    diff: bytes | None

    @property
    def diff_bytes(self) -> int | None:
        """The size of the diff, None when it is larger than was asked for."""
        return None if self.diff is None else len(self.diff)


async def change(mirror: Mirror, base_sha: str, head_sha: str, *, limit_bytes: int = DIFF_BYTES) -> Change:
    """Return what `head_sha` changes since it left `base_sha`; raises `NotFound`, `Refused` (unrelated)."""
    await require(mirror, base_sha)
    await require(mirror, head_sha)
    merge_base = await _merge_base(mirror, base_sha, head_sha)
    return Change(
        base_sha=base_sha,
        merge_base_sha=merge_base,
        head_sha=head_sha,
        files=await _files(mirror, merge_base, head_sha),
        commits=await _commits(mirror, base_sha, head_sha),
        diff=await _diff(mirror, merge_base, head_sha, limit_bytes),
    )


async def _merge_base(mirror: Mirror, base_sha: str, head_sha: str) -> str:
    try:
        return (await git("merge-base", base_sha, head_sha, git_dir=mirror.path)).decode().strip()
    except GitFailed as error:
        if error.code == 1:
            raise Refused("The branch has nothing in common with the one it is meant for.") from error
        raise


async def _diff(mirror: Mirror, merge_base: str, head_sha: str, limit_bytes: int) -> bytes | None:
    try:
        return await git(*_DIFF, "-U3", merge_base, head_sha, git_dir=mirror.path, output_bytes=limit_bytes)
    except TooMuchOutput:
        return None


async def _files(mirror: Mirror, merge_base: str, head_sha: str) -> tuple[ChangedFile, ...]:
    raw = await git(*_DIFF, "--raw", "--no-abbrev", "-z", merge_base, head_sha, git_dir=mirror.path)
    counted = await git(*_DIFF, "--numstat", "-z", merge_base, head_sha, git_dir=mirror.path)
    counts = _counts(counted)
    entries = _entries(raw)
    sizes = await _sizes(mirror, [blob for _, blob, _, _, _ in entries])
    return tuple(
        ChangedFile(
            path=_text(path),
            old_path=_text(old),
            status=Status(letter),
            mode=mode,
            additions=int(counts[path][0]) if counts[path][0] != b"-" else 0,
            deletions=int(counts[path][1]) if counts[path][1] != b"-" else 0,
            binary=counts[path][0] == b"-",
            size_bytes=sizes.get(blob, 0),
        )
        for mode, blob, letter, old, path in entries
    )


def _entries(raw: bytes) -> list[tuple[str, str, str, bytes, bytes]]:
    """Read `--raw -z`: a header, then one path, or two for a rename or copy."""
    words = iter(raw.split(b"\0"))
    entries = []
    for header in words:
        if not header:
            break
        _, mode, _, blob, status = header.decode().split(" ")
        old = next(words)
        path = next(words) if status[0] in "RC" else old
        entries.append((mode, blob, status[0], old, path))
    return entries


def _counts(counted: bytes) -> dict[bytes, tuple[bytes, bytes]]:
    """Read `--numstat -z` by new path: the path is in the record, or two follow it."""
    words = iter(counted.split(b"\0"))
    counts = {}
    for record in words:
        if not record:
            break
        additions, deletions, path = record.split(b"\t", 2)
        if not path:
            _, path = next(words), next(words)
        counts[path] = (additions, deletions)
    return counts


async def _sizes(mirror: Mirror, blobs: list[str]) -> dict[str, int]:
    asked = "".join(f"{blob}\n" for blob in blobs).encode()
    told = await git("cat-file", "--batch-check", "--buffer", git_dir=mirror.path, stdin=asked)
    answers = [line.split(" ") for line in told.decode().splitlines()]
    return {answer[0]: int(answer[2]) for answer in answers if answer[1] == "blob"}


async def _commits(mirror: Mirror, base_sha: str, head_sha: str) -> tuple[CommitLine, ...]:
    said = await git(
        "log", "--reverse", "-z", "--format=%H %s", f"{base_sha}..{head_sha}", git_dir=mirror.path
    )
    lines = [line.partition(" ") for line in said.decode(errors="replace").split("\0") if line]
    return tuple(CommitLine(sha, subject) for sha, _, subject in lines)


def _text(path: bytes) -> str:
    return path.decode(errors="surrogateescape")
