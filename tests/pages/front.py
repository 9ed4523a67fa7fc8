"""The pages of a real web process, and browsers that have come in by its real door."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx

from app.domain.credentials import person_session
from app.domain.decide import decide, open_job
from app.domain.events import JobRequested, RunStarted
from app.domain.ids import Repository
from app.domain.job import Job
from app.ledger.rows import Claimed
from tests.builders import AT, requested
from tests.cli.house import PLENTY, House
from tests.web.serving import Web

OTHER = Repository(id=8, owner="acme", name="vault", installation_id=3)
PATIENCE_SECONDS = 20.0


@dataclass
class Front:
    """A house whose web process runs. `ada` is the browser of its owner."""

    web: Web
    house: House
    ada: httpx.AsyncClient
    ends: AsyncExitStack

    async def person(self, *repositories: int) -> httpx.AsyncClient:
        """The browser of somebody from GitHub, who sees these repositories."""
        session = await self.house.ledger.grant(person_session("lin", 2, frozenset(repositories)))
        browser = httpx.AsyncClient(
            base_url=self.web.url, cookies={"handoff-0": session}, timeout=30, trust_env=False
        )
        return await self.ends.enter_async_context(browser)

    async def job(self, job: str = "jabc", number: int = 12, **snapshot: Any) -> Job:
        event = requested(job=job, number=number)
        return await self._open(replace(event, snapshot=replace(event.snapshot, **snapshot)))

    async def secret_job(self) -> Job:
        """A job of another repository."""
        event = requested(job="jother", number=3, repository=OTHER)
        return await self._open(replace(event, snapshot=replace(event.snapshot, title="The secret thing")))

    async def _open(self, event: JobRequested) -> Job:
        fact = self.house.labeled(event.number, repository=event.repository)
        letter = await self.house.hear(fact)
        assert await self.house.ledger.commit(letter, None, event, open_job(event))
        return await self.house.job(event.job)

    async def begin(self, job: Job) -> None:
        """A worker takes the job's run."""
        assert job.run is not None
        claimed = await self.house.ledger.claim_run(job.run.id, "w1", 60, PLENTY)
        assert isinstance(claimed, Claimed)
        lane = f"{job.repository.id}:{job.number}"
        letter = await self.house.ledger.next_in_lane(lane, AT + timedelta(days=9999))
        assert letter is not None
        event = RunStarted(at=AT, run=job.run.id)
        assert await self.house.ledger.commit(letter, job, event, decide(job, event))

    async def alive(self, worker: str = "w1") -> None:
        notes = {"cage": "bubblewrap", "junior": "scripted", "reviewer": "claude", "label": "handoff"}
        await self.house.ledger.greet(worker, "here", 1, 4, notes)


@asynccontextmanager
async def stream(browser: httpx.AsyncClient, path: str, **headers: str) -> AsyncIterator[AsyncIterator[str]]:
    """An open stream: the lines that it says, without those that keep it alive."""
    timeout = httpx.Timeout(PATIENCE_SECONDS)
    async with browser.stream("GET", path, headers=headers, timeout=timeout) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _said(answer)


async def _said(answer: httpx.Response) -> AsyncIterator[str]:
    async for line in answer.aiter_lines():
        if line and not line.startswith((":", "retry")):
            yield line


async def until(lines: AsyncIterator[str], wanted: str) -> list[str]:
    """Read until a line is said; return what came before it, and it."""
    heard = []
    async for line in lines:
        heard.append(line)
        if wanted in line:
            return heard
    raise AssertionError(f"the stream ended, and never said {wanted!r}: {heard}")
