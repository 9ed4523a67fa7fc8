"""One pretend GitHub: the world, its repositories on disk, and the parts that watch and disturb it.

Refuses to hold rules: those are in `operations`.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from localhub.faults import Faults
from localhub.git.bare import Bare, Commit
from localhub.git.compose import merged_tree
from localhub.git.diff import Diff, compute
from localhub.holds import Holds
from localhub.log import RequestLog
from localhub.webhooks.courier import Courier
from localhub.world.pulls import Pull
from localhub.world.repositories import Repository
from localhub.world.store import World

KEPT_FACTS = 512
_Fact = TypeVar("_Fact")


class Hub:
    """Everything of one localhub. `url` is set once it listens; no slash at the end."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.url = ""
        self.world = World()
        self.faults = Faults()
        self.holds = Holds()
        self.log = RequestLog()
        self.courier = Courier(self.faults, self.world)
        self.secret = secrets.token_bytes(32)
        self.generation = 0
        self._facts: OrderedDict[tuple[Path, str, str, str], Any] = OrderedDict()

    async def reset(self) -> None:
        """Forget everything. Old repositories stay on disk under an older generation."""
        await self.courier.stop()
        self.holds.drop_all()
        self.generation += 1
        self.world = World()
        self.faults.clear()
        self.log.clear()
        self.courier = Courier(self.faults, self.world)

    async def stop(self) -> None:
        """Let go of whatever is held and stop sending."""
        self.holds.drop_all()
        await self.courier.stop()

    def path_of(self, owner: str, name: str) -> Path:
        """Where a repository is on disk."""
        return self.data / "repositories" / str(self.generation) / owner / f"{name}.git"

    def bare(self, repository: Repository) -> Bare:
        """The git side of a repository."""
        return Bare(repository.path)

    @staticmethod
    def tip(repository: Repository, branch: str) -> str | None:
        """The tip of a branch as last told to anyone; costs no git."""
        return repository.refs.get(f"refs/heads/{branch}")

    def merge_base(self, repository: Repository, pull: Pull, head: str | None = None) -> str:
        """Where the pull request's diff begins."""
        tip = self.tip(repository, pull.base_ref) if pull.merged_at is None else None
        base, end = tip or pull.base_sha, head or pull.head_sha
        bare = self.bare(repository)
        return (
            self._known((bare.path, "merge-base", base, end), lambda: bare.merge_base(base, end))
            or pull.base_sha
        )

    def commits(self, repository: Repository, pull: Pull) -> list[Commit]:
        """The commits of a pull request, oldest first."""
        bare, base = self.bare(repository), self.merge_base(repository, pull)
        key = (bare.path, "commits", base, pull.head_sha)
        return self._known(key, lambda: bare.commits(f"{base}..{pull.head_sha}"))

    def merged_tree(self, repository: Repository, pull: Pull) -> str | None:
        """The tree that merging would give; None on a conflict or without a base."""
        bare, base = self.bare(repository), self.tip(repository, pull.base_ref)
        if base is None:
            return None
        return self._known(
            (bare.path, "merge", base, pull.head_sha), lambda: merged_tree(bare, base, pull.head_sha)
        )

    def diff(self, repository: Repository, pull: Pull, head: str | None = None) -> Diff:
        """The three-dot diff of a pull request at its head, or at another of its commits."""
        bare, end = self.bare(repository), head or pull.head_sha
        base = self.merge_base(repository, pull, end)
        return self._known((bare.path, "diff", base, end), lambda: compute(bare, base, end))

    def _known(self, key: tuple[Path, str, str, str], find_out: Callable[[], _Fact]) -> _Fact:
        """What follows from two commits never changes: find it out once."""
        if key not in self._facts:
            self._facts[key] = find_out()
            while len(self._facts) > KEPT_FACTS:
                self._facts.popitem(last=False)
        fact: _Fact = self._facts[key]
        return fact
