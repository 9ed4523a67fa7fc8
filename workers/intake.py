"""Takes in what arrived, one lane at a time: fact, evidence, admit, decide, commit. It decides nothing itself."""

import logging
from contextlib import suppress
from datetime import timedelta

from app.domain.admit import admit
from app.domain.commands import commands_of
from app.domain.decide import Decision, decide, open_job
from app.domain.errors import Refused, TryAgain
from app.domain.events import Event, JobRequested
from app.domain.facts import Several, Unread
from app.domain.ids import job_id
from app.domain.ignored import Ignored
from app.domain.job import Job
from app.github import inbound
from app.ledger.rows import Letter
from app.voice.comments import told
from workers.halt import Halted
from workers.lookup import look_up
from workers.say import Mark, Thread, say_once
from workers.tools import Tools

logger = logging.getLogger(__name__)

ATTEMPTS_LIMIT = 200


async def read_delivery(tools: Tools, guid: str) -> None:
    """Read a stored delivery: what it says goes into the inbox, what says nothing keeps its reason."""
    delivery = await tools.ledger.read_delivery(guid)
    if delivery is None:
        return
    read = inbound.read(delivery.event, delivery.guid, delivery.body)
    if isinstance(read, Unread):
        await tools.ledger.settle_delivery(guid, None, read.because)
        return
    fact, *others = read.facts if isinstance(read, Several) else (read, *commands_of(read))
    for other in others:
        await tools.ledger.hear(other, "webhook")
    left_out = (
        f", and {read.more} more than I take at once" if isinstance(read, Several) and read.more else ""
    )
    await tools.ledger.settle_delivery(guid, fact, f"{type(fact).__name__} by @{fact.by.login}{left_out}")
    tools.nudge()


async def take_in(tools: Tools, lane: str) -> None:
    """Take in everything that waits in a lane, oldest first, unless somebody else is at it."""
    if not await tools.ledger.take_lane(lane, tools.worker, tools.lease_seconds):
        return
    try:
        while letter := await tools.ledger.next_in_lane(lane, tools.now()):
            await _take_in_letter(tools, letter)
            await tools.ledger.take_lane(lane, tools.worker, tools.lease_seconds)
    finally:
        await tools.ledger.leave_lane(lane, tools.worker)
        tools.nudge()


async def _take_in_letter(tools: Tools, letter: Letter) -> None:
    try:
        await _judge(tools, letter)
    except TryAgain as error:
        await _later(tools, letter, error)
    except Refused as error:
        await tools.ledger.ignore(letter, tools.redactor.redact(str(error)))
    except Exception:
        logger.exception("letter failed", extra={"action": "intake", "letter": letter.id})
        await tools.ledger.give_up(letter, f"this is our mistake; it is in the log as letter {letter.id}")


async def _judge(tools: Tools, letter: Letter) -> None:
    job, evidence = await look_up(tools, letter.fact)
    verdict = admit(letter.fact, evidence, tools.now())
    if isinstance(verdict, Ignored):
        if verdict.tell is not None:
            words = told(verdict.tell, letter.fact.by.login)
            thread = Thread(letter.fact.repository, letter.fact.number)
            with suppress(Halted):  # then the reason that is kept has to do
                await say_once(tools, thread, Mark(job_id(letter.fact.act_key), "told"), words)
        await tools.ledger.ignore(letter, verdict.because)
        return
    await tools.ledger.commit(letter, job, verdict, _decide(job, verdict))


def _decide(job: Job | None, event: Event) -> Decision:
    if job is not None:
        return decide(job, event)
    assert isinstance(event, JobRequested), "admit lets only a request through where there is no job"
    return open_job(event)


async def _later(tools: Tools, letter: Letter, error: TryAgain) -> None:
    because = tools.redactor.redact(str(error))
    if letter.attempts >= ATTEMPTS_LIMIT:
        await tools.ledger.give_up(letter, f"given up after {letter.attempts} tries: {because}")
        return
    pause = error.after_seconds or min(2.0**letter.attempts, 300.0)
    await tools.ledger.postpone(letter, error.after or tools.now() + timedelta(seconds=pause), because)
