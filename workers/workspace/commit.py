"""Commits the files of a workspace as the host, with a git directory that the agent never saw.

The workspace's own `.git`, with the configuration, hooks and filters an agent may have put there, is not read.
A path git cannot take, or should not, is a `Refused` that names it; nothing is left out in silence but what
`.gitignore` names and files that are no files (sockets, pipes, devices).
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain.errors import Refused, TryAgain
from workers.workspace.git import GitFailed, git
from workers.workspace.kept import links_at, put_submodules, refuse_lfs, refuse_submodules, submodules_after
from workers.workspace.mirror import Mirror, job_ref, require
from workers.workspace.survey import survey

FILE_BYTES = 100 * 1024 * 1024  # GitHub refuses larger files: "About large files on GitHub"
_KEPT = "refs/heads/kept"
_FILE_MODE = "100644"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit in the host's own git directory; `keep` brings it into the mirror."""

    sha: str
    tree: str
    parent: str
    git_dir: Path


async def commit_workspace(
    workspace: Path,
    *,
    mirror: Mirror,
    git_dir: Path,
    base_sha: str,
    message: str,
    author_name: str,
    author_email: str,
    at: datetime,
    file_bytes: int = FILE_BYTES,
    merged: str | None = None,
) -> Commit | None:
    """Commit all of a workspace's files on top of `base_sha`; None if they are what they were.

    With `merged` the commit has that as its second parent, and is made whatever the files are.

    `git_dir` is a folder of the host's outside the workspace, made if it is not there. The committer is the
    author, and `at` its time, so that the same files make the same commit. Raises `Refused` and `NotFound`.
    """
    await require(mirror, base_sha)
    await _prepare(git_dir, mirror)
    place = _Place(workspace, git_dir)
    await place.git("read-tree", base_sha)
    await _refuse_strange_files(place, file_bytes)
    await _add_all(place, base_sha, merged)
    tree = (await place.git("write-tree")).decode().strip()
    unchanged = tree == (await place.git("rev-parse", f"{base_sha}^{{tree}}")).decode().strip()
    if unchanged and merged is None:
        return None
    parents = (base_sha, *([merged] if merged else []))
    return await _made(place, tree, parents, message, _identity(author_name, author_email, at))


async def commit_file(
    path: str,
    content: bytes,
    *,
    mirror: Mirror,
    git_dir: Path,
    base_sha: str,
    message: str,
    author_name: str,
    author_email: str,
    at: datetime,
) -> Commit:
    """Commit one file of our own on top of `base_sha`, without a checkout: no link in the tree can lead it astray.

    Raises `NotFound`, and `Refused` where the tree has something else in the file's way.
    """
    await require(mirror, base_sha)
    await _prepare(git_dir, mirror)
    place = _Place(git_dir.parent, git_dir)
    await place.git("read-tree", base_sha)
    blob = (await place.git("hash-object", "-w", "--stdin", stdin=content)).decode().strip()
    try:
        await place.git("update-index", "--add", "--cacheinfo", f"{_FILE_MODE},{blob},{path}")
    except GitFailed as error:
        raise Refused(f"`{path}` cannot be added: something else is in its way in the repository.") from error
    tree = (await place.git("write-tree")).decode().strip()
    return await _made(place, tree, (base_sha,), message, _identity(author_name, author_email, at))


async def keep(mirror: Mirror, commit: Commit, job_id: str) -> None:
    """Bring a commit into the mirror and keep it there as the job's last."""
    await git(
        "fetch", "--quiet", "--no-tags", "--no-auto-gc", "--no-write-fetch-head",
        str(commit.git_dir), f"+{_KEPT}:{job_ref(job_id)}", git_dir=mirror.path,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    workspace: Path
    git_dir: Path

    async def git(
        self, *arguments: str, stdin: bytes = b"", environment: dict[str, str] | None = None
    ) -> bytes:
        where = {"GIT_WORK_TREE": str(self.workspace), **(environment or {})}
        return await git(*arguments, git_dir=self.git_dir, cwd=self.workspace, stdin=stdin, environment=where)


async def _made(
    place: _Place, tree: str, parents: tuple[str, ...], message: str, who: dict[str, str]
) -> Commit:
    named = [word for parent in parents for word in ("-p", parent)]
    made = await place.git("commit-tree", tree, *named, stdin=message.encode(), environment=who)
    sha = made.decode().strip()
    await place.git("update-ref", _KEPT, sha)
    return Commit(sha=sha, tree=tree, parent=parents[0], git_dir=place.git_dir)


async def _prepare(git_dir: Path, mirror: Mirror) -> None:
    git_dir.parent.mkdir(parents=True, exist_ok=True)
    await git("init", "--quiet", "--bare", "--template=", str(git_dir))
    alternates = git_dir / "objects" / "info" / "alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_text(f"{mirror.objects}\n")


async def _add_all(place: _Place, base_sha: str, merged: str | None) -> None:
    """Add every file; submodules stay what they were, and so does what Git LFS keeps."""
    links = await submodules_after(place.git, base_sha, merged)
    gone = [path for path in await links_at(place.git, base_sha) if path not in links]
    await put_submodules(place.git, place.workspace, links, gone=gone)
    await _add(place)
    await put_submodules(place.git, place.workspace, links)
    await refuse_submodules(place.git, base_sha, links)
    await refuse_lfs(place.git, base_sha, merged)


async def _add(place: _Place) -> None:
    try:
        await place.git("add", "--all")
    except TryAgain as error:
        raise Refused(
            "There are too many or too large files in the workspace for git to take in time."
        ) from error
    except GitFailed as error:
        raise Refused(f"Git could not take the files as they are: {_first_line(error.stderr)}") from error


def _first_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[0][:300] if lines else "it did not say why"


async def _refuse_strange_files(place: _Place, file_bytes: int) -> None:
    try:
        found = await asyncio.to_thread(survey, place.workspace)
    except OSError as error:
        raise Refused(
            f"A folder of the workspace cannot be read: {error.filename!r}: {error.strerror}."
        ) from error
    if found.unreadable:
        raise Refused(
            f"{_shown(found.unreadable[0])} is not a file that git could read; make it one or remove it."
        )
    for path in await _not_ignored(place, found.nested):
        raise Refused(
            f"{_shown(path)} is a git repository inside the workspace; remove its .git, or ignore it."
        )
    too_large = await asyncio.to_thread(_too_large, place.workspace, await _candidates(place), file_bytes)
    if too_large:
        raise Refused(
            f"{_shown(too_large)} is larger than {file_bytes // 1024 // 1024} MB, which GitHub refuses; "
            "remove it, or ignore it."
        )


async def _not_ignored(place: _Place, paths: tuple[bytes, ...]) -> list[bytes]:
    if not paths:
        return []
    asked = [b"./" + path for path in paths]  # a path that began with a colon would be a pattern
    try:
        ignored = set(
            (await place.git("check-ignore", "-z", "--stdin", stdin=b"\0".join(asked))).split(b"\0")
        )
    except GitFailed as error:
        if error.code != 1:
            raise
        ignored = set()
    return [path.removeprefix(b"./") for path in asked if path not in ignored]


async def _candidates(place: _Place) -> list[bytes]:
    listed = await place.git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [path for path in listed.split(b"\0") if path]


def _too_large(workspace: Path, paths: list[bytes], file_bytes: int) -> bytes | None:
    for path in paths:
        try:
            size = (workspace / path.decode(errors="surrogateescape")).lstat().st_size
        except OSError:
            continue
        if size > file_bytes:
            return path
    return None


def _shown(path: bytes) -> str:
    return path.decode(errors="replace")[:200]


def _identity(name: str, email: str, at: datetime) -> dict[str, str]:
    moment = f"{int(at.timestamp())} {at.strftime('%z') or '+0000'}"
    return {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", name), ("EMAIL", email), ("DATE", moment))
    }
