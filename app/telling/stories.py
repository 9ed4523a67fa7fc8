"""What is told, as values: gathered from the ledger in one place, rendered in two others."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.job import Job
from app.ledger.reading import Reading
from app.ledger.rows import Backlog, DeliveryRow, EffectRow, EventRow, InboxRow, RunRow, WorkerRow
from app.telling.standstill import Standstill, standstill

HEARD_MAX = 200
JOBS_MAX = 20
UNREAD_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStory:
    """A job with all that happened to it, its runs, and what is still to be done for it."""

    job: Job
    events: Sequence[EventRow]
    runs: Sequence[RunRow]
    pending: Sequence[EffectRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Everything heard about an issue and its pull requests, oldest first, and what came of it.

    `unread` are the newest deliveries that meant nothing, of any repository; they are looked up only when
    nothing at all was heard.
    """

    repository: str
    number: int
    heard: Sequence[InboxRow]
    jobs: Sequence[JobStory]
    unread: Sequence[DeliveryRow]
    still: Standstill


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The newest jobs, what waits, and who is there to do it."""

    jobs: Sequence[Job]
    backlog: Backlog
    workers: Sequence[WorkerRow]
    still: Standstill


async def job_story(ledger: Reading, job: Job) -> JobStory:
    """Gather the story of one job."""
    effects = await ledger.effects(job.id)
    return JobStory(
        job=job,
        events=await ledger.events(job.id),
        runs=await ledger.runs(job.id),
        pending=[row for row in effects if row.state in {"waiting", "claimed", "failed"}],
    )


async def why(ledger: Reading, repository: str, number: int, *, data: Path, deliveries: bool = True) -> Why:
    """Gather all that is known about an issue or a pull request of `owner/name`; `data` is the data folder.

    Without `deliveries` those that meant nothing are left out, for they may be of any repository.
    """
    jobs = await ledger.jobs_of(repository, number, JOBS_MAX)
    numbers = {number} | {job.number for job in jobs} | {pull for job in jobs if (pull := _pull(job))}
    heard = [row for each in sorted(numbers) for row in await ledger.inbox_of(repository, each, HEARD_MAX)]
    return Why(
        repository=repository,
        number=number,
        heard=sorted(heard, key=lambda row: (row.received_at, row.id)),
        jobs=[await job_story(ledger, job) for job in reversed(jobs)],
        unread=[] if heard or not deliveries else await ledger.deliveries("unread", UNREAD_MAX),
        still=await standstill(ledger, data),
    )


async def overview(ledger: Reading, data: Path) -> Overview:
    """Gather where everything stands; `data` is the data folder."""
    return Overview(
        jobs=await ledger.jobs(limit=JOBS_MAX),
        backlog=await ledger.backlog(),
        workers=await ledger.workers(),
        still=await standstill(ledger, data),
    )


def _pull(job: Job) -> int | None:
    return job.work.pull_request.number if job.work.pull_request else None
