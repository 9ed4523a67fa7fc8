"""What set-up once fetched for a repository, kept by what its dependencies are pinned to, and lent to other cages.

Only `workers.checks.fetch` adds to it, from a cage that ran nothing but the base branch. Every other cage sees an
entry read-only and begins with a copy of it in its own home: what it does to the copy ends with it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from os import utime
from pathlib import Path

from app.domain.job import Job
from app.domain.lock_files import key_of, pinning
from app.domain.policy import Policy
from workers.checks.kept import lock_of
from workers.checks.plan import Plan, plan_of
from workers.checks.toolchain import versions
from workers.tools import Tools
from workers.workspace.git import git
from workers.workspace.mirror import Mirror

_COPY = """
from=$1; shift
mkdir "$HOME/.dependencies" 2>/dev/null && cp -RPp "$from/." "$HOME/" 2>/dev/null
exec "$@"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyView:
    """How a cage gets at what was fetched: paths to mount, variables, and words to put before its command."""

    readable: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    prologue: tuple[str, ...] = ()


NO_DEPENDENCIES = DependencyView()


@dataclass(frozen=True, slots=True)
class Cache:
    """What is kept for one repository at `folder`, and the `key` of what its base needs now."""

    folder: Path
    key: str

    @property
    def content(self) -> Path:
        """What a home gets, once it is there: it appears whole or not at all."""
        return self.folder / self.key / "home"

    @property
    def about(self) -> Path:
        """Its size; the time of this file is when the cache was last used."""
        return self.folder / self.key / "about.json"

    @property
    def failure(self) -> Path:
        """The sign that set-up failed on the base; its time is when."""
        return self.folder / f"{self.key}.failed"

    @property
    def lock(self) -> Path:
        """Held while anything is added or let go."""
        return lock_of(self.folder)


async def cache_of(tools: Tools, mirror: Mirror, job: Job, plan: Plan, base_sha: str) -> Cache | None:
    """Return the cache for a base; None where set-up does nothing, or a cage does not hold what it runs."""
    if not plan.setup or not tools.sandbox.contains:
        return None
    listed = await git("ls-tree", "-r", "-z", base_sha, git_dir=mirror.path)
    rows = [row.decode("utf-8", "replace").split("\t", 1) for row in listed.split(b"\0") if row]
    ids = {path: about.split(" ")[2] for about, path in rows}
    key = key_of(
        made_with=made_with(job.policy), setup=plan.setup, files={path: ids[path] for path in pinning(ids)}
    )
    return Cache(tools.data / "caches" / str(job.repository.id), key)


def made_with(policy: Policy) -> tuple[str, ...]:
    """Return what fetched files depend on beside what is pinned: the tools, and the variables they run with."""
    return (f"image {policy.image}", *versions(), *(f"{name}={text}" for name, text in policy.env))


async def dependency_view(tools: Tools, mirror: Mirror, job: Job, base_sha: str) -> DependencyView:
    """Return what a cage with code of a job, changed or not, may begin with; nothing where nothing is kept."""
    plan = await plan_of(mirror, job.policy, base_sha)
    cache = await cache_of(tools, mirror, job, plan, base_sha)
    return view_of(cache, tools.now()) if cache is not None else NO_DEPENDENCIES


def view_of(cache: Cache, now: datetime) -> DependencyView:
    """Return what a cage may begin with, and note that it was used; nothing if it is not kept (any more)."""
    if not cache.content.is_dir():
        return NO_DEPENDENCIES
    with suppress(OSError):  # let go of at this moment: the cage begins without
        utime(cache.about, (now.timestamp(),) * 2)
    return DependencyView(
        readable=(cache.content,),
        environment={"npm_config_prefer_offline": "true"},
        prologue=("/bin/sh", "-c", _COPY, "sh", str(cache.content)),
    )
