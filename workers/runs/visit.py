"""One visit of a worker to a run: the job it is for, its folder, and the word that it must stop."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from app.domain.agenda import Stage, Tier
from app.domain.job import Job
from workers.runs.log import RunLog


@dataclass(frozen=True, slots=True, kw_only=True)
class RunVisit:
    """A claimed run. `fence` is the claim's number: whoever has an older one is not believed any more.

    `log` takes what the run puts out, for people to read.
    """

    run: str
    stage: Stage
    job: Job
    fence: int
    folder: Path
    cancelled: asyncio.Event
    log: RunLog

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
        """The host's own git directory for this run, where no cage can see it."""
        return self.folder / "host.git"

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
