"""The bare mirror of one repository on this host: fetched under a lock, read by every run, never collected.

Branches and tags follow the remote. What we keep for jobs lives under `refs/jobs/`, which no fetch touches.
"""

import asyncio
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import Defect, NotFound, Refused
from workers.workspace.failures import sorted_failure
from workers.workspace.git import GitFailed, credentials, git
from workers.workspace.locks import locked

_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]+")
_JOB = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LOCK_SECONDS = 1800
_FETCH_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Mirror:
    """A bare repository at `path`; it exists after the first `fetch`.

    Its files may be read by everybody, whatever our umask, because a cage's user reads `objects`; who may come
    near it is a matter of the data folder around it.
    """

    path: Path

    @classmethod
    def of(cls, data: Path, owner: str, name: str) -> "Mirror":
        """Return the mirror of a repository within a data folder; names that are no names are a `Defect`."""
        for word in (owner, name):
            if not _NAME.fullmatch(word):
                raise Defect(f"{word!r} cannot be part of a repository's name")
        return cls(data / "mirrors" / owner.lower() / f"{name.lower()}.git")

    @property
    def objects(self) -> Path:
        """The folder that a cage may read, so that a shared checkout works in it."""
        return self.path / "objects"

    async def fetch(self, url: str, token: str | None, *, pulls: Iterable[int] = ()) -> None:
        """Bring branches, tags and the heads of the named pull requests up to date.

        Raises `Refused` (empty repository, no access), `NotFound`, `Unreachable`, `RateLimited`, `TryAgain`.
        """
        refspecs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]
        refspecs += [f"+refs/pull/{number}/head:refs/pull/{number}/head" for number in pulls]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        async with locked(self.path.with_suffix(".lock"), _LOCK_SECONDS):
            await git("init", "--quiet", "--bare", "--shared=0644", "--template=", str(self.path))
            await asyncio.to_thread(_clear_old_locks, self.path)
            try:
                await git(
                    "fetch", "--quiet", "--prune", "--no-tags", "--no-auto-gc", "--no-write-fetch-head",
                    "--no-recurse-submodules", url, *refspecs,
                    git_dir=self.path, environment=credentials(url, token), timeout_seconds=_FETCH_SECONDS,
                )  # fmt: skip
            except GitFailed as error:
                raise sorted_failure(error) from error
        if not await self.branches():
            raise Refused(
                "The repository is empty: push a first commit to its default branch, then ask again."
            )

    async def branches(self) -> dict[str, str]:
        """Return the SHA of every branch by name."""
        listed = await git(
            "for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads", git_dir=self.path
        )
        return {name: sha for sha, _, name in (line.partition(" ") for line in listed.decode().splitlines())}

    async def head_of(self, branch: str) -> str:
        """Return the SHA of a branch's head; raises `NotFound`."""
        sha = await self._resolved(f"refs/heads/{branch}")
        if sha is None:
            raise NotFound(f"The repository has no branch {branch}.")
        return sha

    async def job_head(self, job_id: str) -> str | None:
        """Return the commit kept for a job, if there is one."""
        return await self._resolved(job_ref(job_id))

    async def jobs(self) -> list[str]:
        """Return the ids of the jobs of which a commit is kept."""
        if not await asyncio.to_thread((self.path / "HEAD").exists):  # a first fetch is under way
            return []
        listed = await git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/jobs", git_dir=self.path)
        return listed.decode().split()

    async def has(self, sha: str) -> bool:
        """Tell whether a commit is here."""
        return bool(_SHA.fullmatch(sha)) and await self._resolved(f"{sha}^{{commit}}") == sha

    async def leads_to(self, before_sha: str, head_sha: str) -> bool:
        """Tell whether `head_sha` is reached from `before_sha` by going on; raises `NotFound` for a commit not here."""
        await require(self, before_sha)
        await require(self, head_sha)
        try:
            await git("merge-base", "--is-ancestor", before_sha, head_sha, git_dir=self.path)
        except GitFailed as error:
            if error.code == 1:
                return False
            raise
        return True

    async def forget(self, job_id: str) -> None:
        """Stop keeping what a job made."""
        await git("update-ref", "-d", job_ref(job_id), git_dir=self.path)

    async def _resolved(self, name: str) -> str | None:
        try:
            found = await git("rev-parse", "--verify", "--quiet", "--end-of-options", name, git_dir=self.path)
        except GitFailed as error:
            if error.code == 1:
                return None
            raise
        return found.decode().strip()


def job_ref(job_id: str) -> str:
    """Return the ref under which the last commit of a job is kept."""
    if not _JOB.fullmatch(job_id):
        raise Defect(f"{job_id!r} cannot be part of a ref")
    return f"refs/jobs/{job_id}"


def _clear_old_locks(path: Path) -> None:
    """Remove what a git that died in the middle left behind, once nobody can still be at work on it."""
    old = time.time() - _FETCH_SECONDS
    for lock in (*path.glob("*.lock"), *path.glob("refs/**/*.lock")):
        with suppress(FileNotFoundError):
            if lock.stat().st_mtime < old:
                lock.unlink()


async def require(mirror: Mirror, sha: str) -> None:
    """Raise `NotFound` unless a commit is in a mirror."""
    if not await mirror.has(sha):
        raise NotFound(f"The commit {sha[:12]} is not in the repository any more.")
