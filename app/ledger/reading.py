"""The ledger, to those who look: the web pages, the command line, the relay. Nothing here changes anything."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from app.domain.credentials import CredentialKind
from app.domain.evidence import EffectResult
from app.domain.facts import Fact
from app.domain.job import Job, Report
from app.ledger import (
    arrivals,
    artifacts,
    base_checks,
    credentials,
    cursors,
    due,
    effects,
    history,
    inbox,
    jobs,
    keeping,
    leases,
    machinery,
    watching,
)
from app.ledger.database import Database
from app.ledger.rows import (
    Artifact,
    Backlog,
    Credential,
    DeliveryRow,
    EffectRow,
    EventRow,
    Glance,
    InboxRow,
    RunRow,
    RunStanding,
    Switch,
    WorkerRow,
)

T = TypeVar("T")
P = ParamSpec("P")


class Reading:
    """What can be asked of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _read(
        self, unit: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._database.read(lambda connection: unit(connection, *args, **kwargs))

    async def _write(
        self, unit: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._database.write(lambda connection: unit(connection, *args, **kwargs))

    async def due(self, now: datetime, limit: int = 1000) -> list[str]:
        """Return up to `limit` subjects that want a worker, each kind in turn, oldest first.

        Subjects: `delivery:GUID`, `lane:LANE`, `run:ID`, `effects:JOB_ID`, and `timers:due` for all timers.
        """
        return await self._read(due.due, now, limit)

    async def job_for(self, fact: Fact) -> tuple[Job | None, int]:
        """Return the open job that a fact is about, and how many jobs of this issue have ended before."""
        return await self._read(jobs.job_for, fact)

    async def job(self, job_id: str) -> Job | None:
        """Return a job, open or ended."""
        return await self._read(jobs.job, job_id)

    async def jobs(self, *, open_only: bool = False, limit: int = 100) -> list[Job]:
        """Return the newest jobs, newest first."""
        return await self._read(jobs.list_jobs, open_only, limit)

    async def jobs_of(self, repository: str, number: int, limit: int = 20) -> list[Job]:
        """Return the newest jobs of an issue or pull request of `owner/name`, newest first."""
        return await self._read(jobs.jobs_of, repository, number, limit)

    async def events(self, job_id: str) -> list[EventRow]:
        """Return a job's history, oldest first."""
        return await self._read(history.list_events, job_id)

    async def runs(self, job_id: str) -> list[RunRow]:
        """Return a job's runs, oldest first."""
        return await self._read(history.list_runs, job_id)

    async def run_report(self, run_id: str) -> Report | None:
        """Return what a run brought home, once it has ended."""
        return await self._read(leases.report_of, run_id)

    async def effects(self, job_id: str) -> list[EffectRow]:
        """Return a job's effects and intents, oldest first."""
        return await self._read(effects.of_job, job_id)

    async def effect_result(self, effect_id: int) -> EffectResult | None:
        """Return how an effect came out; None while it has not."""
        return await self._read(effects.result_of, effect_id)

    async def find_repository(self, full_name: str) -> int | None:
        """Return the id of a repository that we have heard of as `owner/name`, in any case."""
        return await self._read(jobs.find_repository, full_name)

    async def inbox_of(self, repository: str, number: int, limit: int = 50) -> list[InboxRow]:
        """Return what was heard about an issue or pull request of `owner/name`, newest first, with reasons."""
        return await self._read(history.inbox_of, repository, number, limit)

    async def deliveries(self, state: str = "waiting", limit: int = 100) -> list[DeliveryRow]:
        """Return the newest deliveries in a state, newest first, without their bodies."""
        return await self._read(history.list_deliveries, state, limit)

    async def known_deliveries(self, guids: Collection[str]) -> set[str]:
        """Return which of these deliveries we have."""
        return await self._read(arrivals.known, guids)

    async def heard(self, keys: Collection[str]) -> set[str]:
        """Return which of these acts are in the inbox, whatever became of them."""
        return await self._read(inbox.heard, keys)

    async def cursor(self, key: str) -> dict[str, Any] | None:
        """Return how far something that only grows was read; None when nobody has begun."""
        return await self._read(cursors.get, key)

    async def backlog(self) -> Backlog:
        """Return how much waits, and since when."""
        return await self._read(history.backlog)

    async def workers(self) -> Sequence[WorkerRow]:
        """Return the workers that greeted and did not part, in the order of their ids."""
        return await self._read(machinery.list_workers)

    async def open_jobs(self, repositories: Collection[int] | None, limit: int) -> tuple[list[Job], int]:
        """Return the newest open jobs of these repositories (None: of all), newest first, and how many there are."""
        return await self._read(watching.open_jobs, repositories, limit)

    async def ended_jobs(self, repositories: Collection[int] | None, limit: int) -> list[Job]:
        """Return the jobs of these repositories (None: of all) that ended last, last first."""
        return await self._read(watching.ended_jobs, repositories, limit)

    async def live_runs(self) -> list[RunRow]:
        """Return the runs that have not ended, in the order of their line."""
        return await self._read(watching.live_runs)

    async def repositories_heard_of(self, repositories: Collection[int] | None, limit: int) -> list[str]:
        """Return `owner/name`, in lower case, of those of these repositories (None: of all) that we heard of."""
        return await self._read(watching.repositories_heard_of, repositories, limit)

    async def glance(self, since: int) -> Glance:
        """Return what is under way, and which jobs anything happened to after the event of this number."""
        return await self._read(watching.glance, since)

    async def switch(self, key: str) -> Switch:
        """Return a switch; one that nobody touched is off."""
        return await self._read(machinery.switch, key)

    async def base_checks(self, repository_id: int, sha: str, plan: str) -> dict[str, Any] | None:
        """Return what the checks of a plan said of a base commit, or None when nobody has asked yet."""
        return await self._read(base_checks.get, repository_id, sha, plan)

    async def credential(self, secret: str, kind: CredentialKind) -> Credential | None:
        """Return what a secret lets its bearer do; None when it is unknown, revoked or too old."""
        return await self._read(credentials.find, secret, kind)

    async def tokens(self) -> list[Credential]:
        """Return the tokens that programs were given, in the order of their names."""
        return await self._read(credentials.list_tokens)

    async def artifact_keys(self, job_id: str, prefix: str) -> list[str]:
        """Return what follows a prefix in the keys of what is kept for a job."""
        return await self._read(artifacts.keys, job_id, prefix)

    async def artifact_sizes(self, job_id: str, prefix: str) -> dict[str, int]:
        """Return the sizes, in bytes, of what is kept for a job, by what follows a prefix in the keys."""
        return await self._read(artifacts.sizes, job_id, prefix)

    async def standings(self, run_ids: Collection[str]) -> dict[str, RunStanding]:
        """Return how runs stand, up to `keeping.ASKED_MAX` of them; an unknown one has no entry."""
        return await self._read(keeping.standings, run_ids)

    async def ended_among(self, job_ids: Collection[str]) -> set[str]:
        """Return which of these jobs, up to `keeping.ASKED_MAX`, have ended."""
        return await self._read(keeping.ended_among, job_ids)

    async def artifact(self, job_id: str, key: str) -> Artifact | None:
        """Return something that was kept."""
        return await self._read(artifacts.get, job_id, key)
