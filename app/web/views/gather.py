"""Asks the ledger what is to be shown, in the eyes of one viewer. The one place where it is said who sees what.

A job of a repository that the viewer does not see is answered like one that does not exist.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.domain.job import Job
from app.ledger.artifacts import FILE, LOG, file_key
from app.ledger.reading import Reading
from app.ledger.rows import Artifact, InboxRow
from app.telling.standstill import standstill
from app.web.viewer import Viewer
from app.web.views.cards import Surroundings, card, desk, machine
from app.web.views.models import Desk, JobCard, JobPage, Machine
from app.web.views.story import job_page
from app.web.views.timeline import Rows

OPEN_MAX = 200
DONE_MAX = 20
HEARD_MAX = 200
REPOSITORIES_MAX = 20

QueueAnswers = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one viewer sees of the ledger. `github` is the address of GitHub's pages, `data` the data folder."""

    ledger: Reading
    viewer: Viewer
    github: str
    queue_answers: QueueAnswers
    data: Path

    async def job(self, job_id: str) -> Job | None:
        """Return a job; None also for one of a repository that the viewer does not see."""
        job = await self.ledger.job(job_id)
        return job if job is not None and self.viewer.sees(job.repository.id) else None

    async def desk(self, now: datetime) -> Desk:
        """Return everything at a glance."""
        mine = self.viewer.repositories
        jobs, total = await self.ledger.open_jobs(mine, OPEN_MAX)
        done = await self.ledger.ended_jobs(mine, DONE_MAX)
        around = await self._around()
        named = {job.repository.full_name for job in (*jobs, *done)}
        return desk(
            [card(job, around) for job in (*jobs, *done)],
            await self.machine(now),
            label=around.label,
            left_out=total - len(jobs),
            repositories=sorted(named) or await self.ledger.repositories_heard_of(mine, REPOSITORIES_MAX),
        )

    async def cards(self, jobs: Iterable[Job]) -> list[JobCard]:
        """Return jobs in short; whoever calls has asked for those of the viewer's repositories."""
        around = await self._around()
        return [card(job, around) for job in jobs]

    async def page(self, job_id: str) -> JobPage | None:
        """Return one job with all that happened to it, or None."""
        job = await self.job(job_id)
        if job is None:
            return None
        rows = Rows(
            job=job,
            events=await self.ledger.events(job.id),
            runs=await self.ledger.runs(job.id),
            effects=await self.ledger.effects(job.id),
            heard=await self._heard(job),
            kept=frozenset(await self.ledger.artifact_keys(job.id, LOG)),
            files=await self.ledger.artifact_sizes(job.id, FILE),
        )
        return job_page(rows, await self._around())

    async def output(self, job_id: str, run: str) -> Artifact | None:
        """Return what is kept of a run's output, or None."""
        job = await self.job(job_id)
        return await self.ledger.artifact(job.id, f"{LOG}{run}") if job is not None else None

    async def file(self, job_id: str, run: str, name: str) -> Artifact | None:
        """Return a file that a run left, or None."""
        job = await self.job(job_id)
        return await self.ledger.artifact(job.id, file_key(run, name)) if job is not None else None

    async def machine(self, now: datetime) -> Machine:
        """Return how the machinery is; that is no secret of any repository."""
        return machine(
            await self.ledger.workers(),
            await self.ledger.live_runs(),
            await standstill(self.ledger, self.data),
            queue_answers=await self.queue_answers(),
            now=now,
        )

    async def _heard(self, job: Job) -> list[InboxRow]:
        """What was heard about a job's issue and its pull request, oldest first."""
        pull = job.work.pull_request
        numbers = {job.number} | ({pull.number} if pull else set())
        name = job.repository.full_name
        rows = [row for number in numbers for row in await self.ledger.inbox_of(name, number, HEARD_MAX)]
        return sorted(rows, key=lambda row: row.id)

    async def _around(self) -> Surroundings:
        live, workers = await self.ledger.live_runs(), await self.ledger.workers()
        return Surroundings(github=self.github, live=tuple(live), workers=tuple(workers))
