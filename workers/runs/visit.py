"""One visit of a worker to a run: the job it is for, its folder, and the word that it must stop."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.agenda import Stage, Tier
from app.domain.job import Job
from workers.cage.ownership import remove_tree
from workers.cage.spec import CageSpec
from workers.runs.journal import Journal
from workers.runs.log import RunLog
from workers.workspace.checkout import check_out
from workers.workspace.mirror import Mirror

CAGES = "cages"
"""The folder, in a run's, that holds the records of its cages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunVisit:
    """A claimed run. `fence` is the claim's number: whoever has an older one is not believed any more.

    `log` takes what the run puts out, for people to read; `journal` has the steps that are done. `leaving` says that
    this worker ends and its cages go on; `halted` that everything is to stop. `denied` takes the hosts that its cages may not reach.
    """

    run: str
    stage: Stage
    job: Job
    fence: int
    folder: Path
    cancelled: asyncio.Event
    log: RunLog
    journal: Journal
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    halted: asyncio.Event = field(default_factory=asyncio.Event)
    denied: dict[str, None] = field(default_factory=dict)
    _cages: Counter[str] = field(default_factory=Counter, repr=False)

    @property
    def cages(self) -> int:
        """How many cages the run has had, this visit."""
        return self._cages.total()

    def records_of(self, spec: CageSpec) -> Path:
        """Where the records of the run's next cage are: at every repetition the same ones for the same command."""
        said = json.dumps([spec.command, str(spec.workspace.relative_to(self.folder))])
        name = hashlib.sha256(said.encode()).hexdigest()[:12]
        self._cages[name] += 1
        return self.folder / CAGES / f"{name}-{self._cages[name]}"

    async def check_out(
        self,
        mirror: Mirror,
        sha: str,
        workspace: Path | None = None,
        *,
        then: Callable[[Path], Awaitable[Any]] | None = None,
    ) -> Any:
        """Make a checkout of a commit, do something in it `then`, and return what came of that; all of it once.

        An agent has been in it since. It is made beside its place, because a worker that died in the middle may have
        left a git behind that is still at work; what was half done there is not gone on with.
        """
        folder = workspace or self.workspace
        draft = folder.with_name(f"{folder.name}.{self.fence}")

        async def anew() -> Any:
            for each in (folder, draft):
                await remove_tree(each)
            await check_out(mirror, sha, draft)
            result = None if then is None else await then(draft)
            draft.rename(folder)
            return result

        return await self.journal.once(f"check out {folder.relative_to(self.folder)}", anew)

    @property
    def workspace(self) -> Path:
        """The checkout."""
        return self.folder / "workspace"

    @property
    def home(self) -> Path:
        """The private home of whatever runs in the cage."""
        return self.folder / "home"

    @property
    def git_dir(self) -> Path:
        """The host's own git directory for this claim of the run, where no cage can see it; nobody's locks are in it."""
        return self.folder / f"host-{self.fence}.git"

    @property
    def tier(self) -> Tier:
        """Who is to do it."""
        return self.job.run.tier if self.job.run else Tier.JUNIOR

    @property
    def head_sha(self) -> str:
        """The commit that this run is about; a stage after *implement* has one."""
        assert self.job.work.head_sha is not None, "a change was committed before this stage"
        return self.job.work.head_sha

    @property
    def base_sha(self) -> str:
        """The commit that the change is based on."""
        assert self.job.work.base_sha is not None, "a base was chosen before this stage"
        return self.job.work.base_sha
