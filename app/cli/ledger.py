"""The commands that open the ledger: look at it, or tell it something. Each returns what is to be printed."""

import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from app.config import Settings
from app.domain.errors import NotFound, Refused
from app.domain.facts import StopAsked
from app.domain.ids import Actor
from app.domain.job import Job
from app.ledger.store import Ledger
from app.queue import Queue
from app.telling.acts import was_told
from app.telling.documents import Document, overview_document, story_document, why_document
from app.telling.standstill import standstill
from app.telling.stories import job_story, overview, why
from app.telling.text import overview_text, status_text, why_text

SQLITE = "sqlite:///"


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Ledger]:
    """Open the ledger that the processes of this installation use, and close it again.

    Raises:
        NotFound: there is none; one is not made by looking.
    """
    _must_exist(settings.database)
    ledger = await Ledger.open(settings.database)
    try:
        yield ledger
    finally:
        await ledger.close()


async def show_status(settings: Settings, job_id: str | None, *, as_json: bool) -> str:
    """Return where everything, or one job, stands."""
    async with opened(settings) as ledger:
        if job_id is None:
            everything = await overview(ledger, settings.data)
            return (
                _json(overview_document(everything))
                if as_json
                else overview_text(everything, datetime.now(UTC))
            )
        story = await job_story(ledger, await _job(ledger, job_id))
        if as_json:
            return _json(story_document(story))
        return status_text(story, await standstill(ledger, settings.data))


async def explain(settings: Settings, repository: str, number: int, *, as_json: bool) -> str:
    """Return why something happened on an issue or pull request, or why nothing did."""
    async with opened(settings) as ledger:
        answer = await why(ledger, repository, number, data=settings.data)
        return _json(why_document(answer)) if as_json else why_text(answer)


async def stop_job(settings: Settings, job_id: str, user: str) -> str:
    """Ask for a job to be stopped; intake ends it within seconds, whichever machine its run is on."""
    now = datetime.now(UTC)
    async with opened(settings) as ledger:
        job = await _job(ledger, job_id)
        if not job.open:
            raise Refused(f"Job {job.id} has ended already: {job.because}.")
        fact = StopAsked(
            act_key=f"cli:stop:{job.id}:{now.isoformat()}",
            repository=job.repository,
            number=job.number,
            by=Actor(login=user, id=0),
            at=now,
            job=job.id,
        )
        await ledger.hear(fact, "command line")
        workers = await ledger.workers()
    await _wake(settings, f"lane:{fact.lane}")
    return was_told(job.id, "stop", judged=False, alive=bool(workers))


def _must_exist(database: str) -> None:
    path = database.removeprefix(SQLITE)
    if path != database and not Path(path).exists():
        raise NotFound(
            f"There is no ledger at {path}. Start with `handoff up`, or set HANDOFF_DATA to its folder."
        )


async def _job(ledger: Ledger, job_id: str) -> Job:
    job = await ledger.job(job_id)
    if job is None:
        raise NotFound(f"There is no job {job_id}. `handoff status` lists those I know.")
    return job


async def _wake(settings: Settings, subject: str) -> None:
    """Nudge a worker; without Redis the relay finds the subject by itself a second later."""
    queue = await Queue.connect(settings.redis)
    try:
        await queue.wake(subject)
    finally:
        await queue.close()


def _json(document: Document) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)
