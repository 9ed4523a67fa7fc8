"""A job in short, and all of them in groups. Pure: rows of the ledger in, views out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.agenda import STAGES, Role, Tier
from app.domain.job import Job, Phase
from app.ledger.rows import RunRow, WorkerRow
from app.telling.phrases import count
from app.telling.standstill import Standstill
from app.web.views.models import Desk, JobCard, Machine, Needs, Step
from app.web.views.standing import standing
from app.web.views.words import sentence

ALIVE_SECONDS = 120
"""A worker that said nothing for longer is taken for gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What must be known beside a job: GitHub's address, the live runs in line order, the workers."""

    github: str
    live: tuple[RunRow, ...] = ()
    workers: tuple[WorkerRow, ...] = ()

    @property
    def label(self) -> str:
        """The label that hands an issue over, by what the workers say."""
        return next((label for worker in self.workers if (label := worker.notes.get("label"))), "handoff")

    def run_of(self, job: Job) -> RunRow | None:
        """Return the job's live run."""
        return next((run for run in self.live if run.job_id == job.id), None)

    def place_of(self, run: RunRow | None) -> int | None:
        """Return the place in line of a run that waits, counted from 1."""
        line = [each.id for each in self.live if each.state == "waiting"]
        return line.index(run.id) + 1 if run is not None and run.id in line else None

    def agent_of(self, job: Job, run: RunRow | None) -> str | None:
        """Return the agent that has a run, by what its worker said of itself; checks have none."""
        notes = next((w.notes for w in self.workers if run is not None and w.id == run.worker), None)
        return None if notes is None or run is None else notes.get(_seat(job, run))


def _seat(job: Job, run: RunRow) -> str:
    """Return the name of the seat whose agent takes a run; the worker's notes have its agent."""
    match STAGES[run.stage].role:
        case Role.MAKE:
            return "senior" if job.run is not None and job.run.tier is Tier.SENIOR else "junior"
        case Role.JUDGE:
            return "reviewer"
        case _:
            return ""


def card(job: Job, around: Surroundings) -> JobCard:
    """Return a job in short."""
    run = around.run_of(job)
    stands = standing(job, run)
    pull = job.work.pull_request
    return JobCard(
        id=job.id,
        kind=job.kind,
        repository=job.repository.full_name,
        where=job.where,
        number=job.number or None,
        title=job.snapshot.title,
        url=_url(job, around.github),
        pull_request=pull.number if pull else None,
        pull_request_url=pull.url if pull else None,
        needs=stands.needs,
        ready=stands.ready,
        stage=job.stage if job.open else None,
        headline=stands.headline,
        because=sentence(stands.because),
        next_step=stands.next_step,
        since=stands.since,
        until=stands.until,
        agent=around.agent_of(job, run) if stands.needs is Needs.RUNNING else None,
        place_in_line=around.place_of(run) if stands.needs is Needs.WAITING else None,
        attempt=job.attempts,
        runs=job.runs,
        revisions=job.revisions,
        cost_dollars=job.work.cost_dollars,
        asked_by=job.snapshot.asked_by.login,
        opened_at=job.opened_at,
        changed_at=job.changed_at or job.opened_at,
        steps=_steps(job),
    )


def _url(job: Job, github: str) -> str:
    """Return the page on GitHub where people talk about a job."""
    home = f"{github}/{job.repository.full_name}"
    if job.number:
        return f"{home}/issues/{job.number}"
    return job.work.pull_request.url if job.work.pull_request else home


def _steps(job: Job) -> tuple[Step, ...]:
    under_way = job.phase in {Phase.QUEUED, Phase.ACTIVE}
    return tuple(
        Step(
            doing=STAGES[stage].doing,
            state="done" if place < job.cursor else "now" if place == job.cursor and under_way else "next",
        )
        for place, stage in enumerate(job.agenda)
    )


def desk(
    cards: Iterable[JobCard],
    machine: Machine,
    *,
    label: str,
    left_out: int = 0,
    repositories: Sequence[str] = (),
) -> Desk:
    """Group cards by what they need: the oldest waits first, what is done last comes first."""
    groups: Mapping[Needs, list[JobCard]] = {needs: [] for needs in Needs}
    for each in sorted(cards, key=lambda each: (each.since, each.id)):
        groups[each.needs].append(each)
    line = sorted(groups[Needs.WAITING], key=lambda each: (each.place_in_line is None, each.place_in_line))
    return Desk(
        you=tuple(groups[Needs.YOU]),
        running=tuple(groups[Needs.RUNNING]),
        waiting=tuple(line),
        done=tuple(reversed(groups[Needs.DONE])),
        left_out=left_out,
        machine=machine,
        repositories=tuple(repositories),
        label=label,
    )


def machine(
    workers: Iterable[WorkerRow],
    live: Iterable[RunRow],
    still: Standstill,
    *,
    queue_answers: bool,
    now: datetime,
) -> Machine:
    """Say how the machinery is."""
    alive = [worker for worker in workers if (now - worker.heartbeat_at).total_seconds() < ALIVE_SECONDS]
    capacity = sum(worker.capacity for worker in alive if not worker.draining)
    running = sum(1 for run in live if run.state == "claimed")
    trouble = _trouble(alive, still, queue_answers=queue_answers)
    well = (
        f"{count(len(alive), 'worker is', 'workers are')} alive, {running} of {count(capacity, 'place is', 'places are')} "
        "taken."
    )
    return Machine(
        sentence=trouble or well,
        trouble=bool(trouble),
        stopped=still.stop.on,
        paused=still.paused.on,
        workers=len(alive),
        runs_at_once=capacity,
        queue_answers=queue_answers,
    )


def _trouble(alive: Sequence[WorkerRow], still: Standstill, *, queue_answers: bool) -> str:
    if still.sentence:
        return still.sentence
    if not alive:
        return "No worker is alive, so nothing moves. Start one with `handoff up` or `handoff worker`."
    if not queue_answers:
        return "The queue does not answer. Nothing is lost and what runs goes on; the rest waits until it is back."
    return ""
