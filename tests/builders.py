"""Builders of a small, sensible world of values; a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.domain.agenda import Ending
from app.domain.decide import Decision, decide
from app.domain.events import JobRequested, RunEnded, RunStarted
from app.domain.ids import Actor, Repository
from app.domain.job import Job, Kind, PullRequest, Report, Snapshot
from app.domain.policy import Policy

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ADA = Actor(login="ada", id=1)
REPOSITORY = Repository(id=7, owner="acme", name="clock", installation_id=3)


def requested(**changes: Any) -> JobRequested:
    snapshot = Snapshot(
        title="Dates are parsed in local time",
        body="They should be UTC.",
        author=ADA,
        asked_by=ADA,
        asked_at=AT,
        private=True,
        default_branch="main",
    )
    event = JobRequested(
        at=AT,
        job="jabc",
        kind=Kind.BUILD,
        repository=REPOSITORY,
        number=12,
        snapshot=snapshot,
        policy=Policy(),
        branch="handoff/12-dates",
    )
    return replace(event, **changes)


def report(ending: Ending = Ending.SUCCEEDED, **changes: Any) -> Report:
    return replace(Report(ending=ending, because=f"it {ending}"), **changes)


def run_ends(job: Job, ending: Ending = Ending.SUCCEEDED, **changes: Any) -> Decision:
    """The job's run is taken by a worker and comes to this ending."""
    assert job.run is not None
    started = decide(job, RunStarted(at=AT, run=job.run.id)).job
    return decide(started, RunEnded(at=AT, run=job.run.id, report=report(ending, **changes)))


PULL = PullRequest(number=40, url="https://github.test/acme/clock/pull/40", node_id="PR_40")


def published(job: Job) -> Job:
    """The job, with its pull request open and its review about to begin."""
    job = run_ends(job, head_sha="h1", base_sha="b1").job
    job = run_ends(job, checks=()).job
    return run_ends(job, pull_request=PULL, check_run_id=5).job
