"""Performs what decisions asked for on GitHub: one effect after the other, each safe to repeat.

An effect's row was committed with its decision; here it is claimed, performed and settled. A failure that time
mends is postponed, one that only a person can mend is kept with its reason, and nothing is ever blindly retried.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from app.domain.effects import (
    Acknowledge,
    CompleteCheck,
    External,
    MarkReady,
    PostReview,
    RemoveLabel,
    ReplyInThread,
    RequestReview,
    SayAnswerTaken,
    SayNeedsYou,
    SayReady,
    SayRevised,
    SayWords,
    ShowStatus,
)
from app.domain.errors import Refused, TryAgain
from app.domain.job import Job
from app.domain.schedule import is_pause
from app.github.checks import Verdict
from app.ledger.rows import EffectRow
from app.voice import comments, review, revision
from workers.halt import halted
from workers.post_review import post_review
from workers.reply import reply_in_thread
from workers.say import Mark, Thread, say_once, show_status
from workers.tools import Tools

logger = logging.getLogger(__name__)

ATTEMPTS_LIMIT = 60
AWAITED = (PostReview,)
"""The effects whose outcome their job waits for."""


async def deliver(tools: Tools, job_id: str) -> None:
    """Perform everything that is due for a job, unless everything is stopped."""
    while not halted(tools.data):
        row = await tools.ledger.claim_effect(job_id, tools.worker, tools.lease_seconds)
        if row is None:
            return
        await _settle(tools, row)


async def _settle(tools: Tools, row: EffectRow) -> None:
    effect = row.effect
    assert effect is not None, "an intent is never claimed"
    report = isinstance(effect, AWAITED)
    try:
        because = await _perform(tools, row, effect)
        await tools.ledger.fulfil(row.id, {}, report=report, because=because)
    except TryAgain as error:
        await _later(tools, row, error, report=report)
    except Refused as error:
        await _give_up(tools, row, str(error), report=report)
    except Exception:
        logger.exception("effect failed", extra={"action": "deliver", "job": row.job_id, "effect": row.id})
        await _give_up(tools, row, comments.apology(f"effect {row.id}"), report=report)
    tools.nudge()


async def _later(tools: Tools, row: EffectRow, error: TryAgain, *, report: bool) -> None:
    if row.attempts >= ATTEMPTS_LIMIT:
        await _give_up(tools, row, f"given up after {row.attempts} tries: {error}", report=report)
        return
    pause = error.after_seconds or min(2.0 ** (row.attempts - 1), 300.0)
    later = error.after or tools.now() + timedelta(seconds=pause)
    await tools.ledger.postpone_effect(row.id, later, tools.redactor.redact(str(error)))


async def _give_up(tools: Tools, row: EffectRow, because: str, *, report: bool) -> None:
    words = tools.redactor.redact(because)
    logger.warning(
        "effect given up: %s", words, extra={"action": "deliver", "job": row.job_id, "effect": row.id}
    )
    await tools.ledger.fail_effect(row.id, words, report=report)


async def _perform(tools: Tools, row: EffectRow, effect: External) -> str:
    job = await tools.ledger.job(row.job_id)
    assert job is not None, "an effect belongs to a job"
    again = row.started
    await tools.ledger.mark_started(row.id)
    perform = _PERFORMERS[type(effect)]
    return await perform(tools, job, effect, row.key, again)


def _thread(job: Job) -> Thread:
    assert job.thread is not None, "nobody speaks to us, or is spoken to, where there is no thread"
    return Thread(job.repository, job.thread)


async def _acknowledge(tools: Tools, job: Job, *_: object) -> str:
    await tools.github.at(job.repository).issues.react_with_eyes(job.number)
    return "👀 is on the issue"


async def _show_status(tools: Tools, job: Job, *_: object) -> str:
    waiting = [row for row in await tools.ledger.runs(job.id) if row.state == "waiting"]
    paused = any(is_pause(row.waiting_because or "") for row in waiting)
    words = comments.status(job, label=tools.us.label, paused=paused)
    comment = await show_status(tools, job, words)
    return f"comment {comment} says: {job.phase}"


async def _say_ready(tools: Tools, job: Job, effect: External, key: str, again: bool) -> str:
    del effect
    comment = await say_once(tools, _thread(job), Mark(job.id, key), comments.ready(job), look=again)
    return f"said in comment {comment}"


async def _say_needs_you(tools: Tools, job: Job, effect: External, key: str, again: bool) -> str:
    assert isinstance(effect, SayNeedsYou), "the table says so"
    words = comments.needs_you(job, effect, label=tools.us.label)
    comment = await say_once(tools, _thread(job), Mark(job.id, key), words, look=again)
    return f"said in comment {comment}"


async def _say_answer_taken(tools: Tools, job: Job, effect: External, key: str, again: bool) -> str:
    assert isinstance(effect, SayAnswerTaken), "the table says so"
    said = comments.answer_taken(effect)
    comment = await say_once(tools, _thread(job), Mark(job.id, key), said, look=again)
    return f"said in comment {comment}"


async def _say_words(tools: Tools, job: Job, effect: External, key: str, again: bool) -> str:
    assert isinstance(effect, SayWords), "the table says so"
    said = comments.words(job, effect, label=tools.us.label)
    comment = await say_once(tools, _thread(job), Mark(job.id, key), said, look=again)
    return f"said in comment {comment}"


async def _say_revised(tools: Tools, job: Job, effect: External, key: str, again: bool) -> str:
    assert isinstance(effect, SayRevised), "the table says so"
    assert job.work.pull_request is not None, "revised only once it is open"
    thread = Thread(job.repository, job.work.pull_request.number)
    comment = await say_once(tools, thread, Mark(job.id, key), revision.closing(effect), look=again)
    return f"said in comment {comment}"


async def _reply(tools: Tools, job: Job, effect: External, key: str, again: bool) -> str:
    assert isinstance(effect, ReplyInThread), "the table says so"
    return await reply_in_thread(tools, job, effect, key, look=again)


async def _complete_check(tools: Tools, job: Job, effect: External, *_: object) -> str:
    assert isinstance(effect, CompleteCheck), "the table says so"
    assert job.work.check_run_id is not None, "completed only where one was opened"
    verdict = Verdict(
        conclusion=effect.conclusion,
        title=review.check_title(effect.conclusion),
        summary=tools.redactor.redact(review.check_summary(job, effect.because)),
    )
    await tools.github.at(job.repository).checks.update(job.work.check_run_id, verdict)
    return f"the check run says {effect.conclusion}"


async def _mark_ready(tools: Tools, job: Job, *_: object) -> str:
    assert job.work.pull_request is not None, "announced only once it is open"
    await tools.github.at(job.repository).pulls.mark_ready(job.work.pull_request.node_id)
    return "the pull request is no draft any more"


async def _request_review(tools: Tools, job: Job, effect: External, *_: object) -> str:
    assert isinstance(effect, RequestReview), "the table says so"
    assert job.work.pull_request is not None, "announced only once it is open"
    await tools.github.at(job.repository).pulls.request_reviewers(
        job.work.pull_request.number, [effect.login]
    )
    return f"@{effect.login} is asked for a review"


async def _remove_label(tools: Tools, job: Job, *_: object) -> str:
    await tools.github.at(job.repository).issues.remove_label(job.number, tools.us.label)
    return "the label is off"


async def _post_review(tools: Tools, job: Job, effect: External, key: str, again: bool) -> str:
    del key
    assert isinstance(effect, PostReview), "the table says so"
    return await post_review(tools, job, effect, look=again)


_PERFORMERS: dict[type[External], Callable[[Tools, Job, External, str, bool], Awaitable[str]]] = {
    Acknowledge: _acknowledge,
    ShowStatus: _show_status,
    PostReview: _post_review,
    CompleteCheck: _complete_check,
    MarkReady: _mark_ready,
    RequestReview: _request_review,
    ReplyInThread: _reply,
    SayReady: _say_ready,
    SayAnswerTaken: _say_answer_taken,
    SayWords: _say_words,
    SayRevised: _say_revised,
    SayNeedsYou: _say_needs_you,
    RemoveLabel: _remove_label,
}
