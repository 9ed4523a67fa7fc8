"""A ledger with a small history, made by the same rules that make the real one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.config import Settings
from app.domain.decide import Decision, decide, open_job
from app.domain.events import Event, RunEnded, RunStarted
from app.domain.facts import Fact, IssueLabeled
from app.domain.ids import Actor
from app.domain.job import Job, Report
from app.domain.schedule import Limits
from app.ledger.rows import Claimed, Letter
from app.ledger.store import Ledger
from tests.builders import ADA, AT, PULL, REPOSITORY, report, requested

MALLORY = Actor(login="mallory", id=666)
PLENTY = Limits(runs=100, runs_per_repository=100)


@dataclass
class House:
    """An installation whose processes do not run: its settings and its ledger."""

    settings: Settings
    ledger: Ledger
    acts: int = 0

    def labeled(self, number: int = 12, **changed: Any) -> IssueLabeled:
        self.acts += 1
        said: dict[str, Any] = {
            "act_key": f"act:{self.acts}",
            "repository": REPOSITORY,
            "number": number,
            "by": ADA,
            "at": AT + timedelta(seconds=self.acts),
            "label": "handoff",
            "title": "Dates are parsed in local time",
            "body": "They should be UTC.",
            "author": ADA,
        }
        return IssueLabeled(**{**said, **changed})

    async def hear(self, fact: Fact) -> Letter:
        assert await self.ledger.hear(fact, "webhook")
        letter = await self.ledger.next_in_lane(fact.lane, AT + timedelta(days=9999))
        assert letter is not None
        return letter

    async def open_job(self, **changes: Any) -> Job:
        event = requested(**changes)
        letter = await self.hear(self.labeled(event.number))
        assert await self.ledger.commit(letter, None, event, open_job(event))
        return await self.job(event.job)

    async def job(self, job_id: str = "jabc") -> Job:
        job = await self.ledger.job(job_id)
        assert job is not None
        return job

    async def happen(self, job: Job, event: Event) -> Job:
        """Let something happen to a job, on the occasion of a letter nobody cares about."""
        letter = await self.hear(self.labeled(job.number, label="unrelated"))
        decision: Decision = decide(job, event)
        assert await self.ledger.commit(letter, job, event, decision)
        return await self.job(job.id)

    async def run_ends(self, job: Job, came_home: Report) -> Job:
        """A worker takes the job's run and brings a report home."""
        assert job.run is not None
        run = job.run.id
        assert isinstance(claimed := await self.ledger.claim_run(run, "w1", 60, PLENTY), Claimed)
        assert await self.ledger.end_run(run, claimed.fence, came_home, AT)
        for event in (RunStarted(at=AT, run=run), RunEnded(at=AT, run=run, report=came_home)):
            letter = await self.ledger.next_in_lane(
                f"{REPOSITORY.id}:{job.number}", AT + timedelta(days=9999)
            )
            assert letter is not None
            assert await self.ledger.commit(letter, job, event, decide(job, event))
            job = await self.job(job.id)
        return job

    async def publish(self, job: Job) -> Job:
        """The job's change is written, checked, and its pull request is open."""
        job = await self.run_ends(job, report(head_sha="h1", base_sha="b1"))
        job = await self.run_ends(job, report(checks=()))
        return await self.run_ends(job, report(pull_request=PULL, check_run_id=5))
