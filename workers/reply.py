"""Replies in a review thread, once, and resolves the thread if it is ours and settled. People's threads stay theirs."""

from app.domain.conversation import Disposition
from app.domain.effects import ReplyInThread
from app.domain.job import Job
from app.voice.markers import carries, marker
from app.voice.revision import reply
from workers.tools import Tools


async def reply_in_thread(tools: Tools, job: Job, effect: ReplyInThread, key: str, *, look: bool) -> str:
    """Say what became of one thing; return in words what was done, resolving counted by its success."""
    item, pull = effect.item, job.work.pull_request
    assert pull is not None, "replied to only once it is open"
    assert item.comment is not None, "only what has a thread is replied to"
    threads = tools.github.at(job.repository).threads
    if not (look and await _there_already(tools, job, item.thread, key)):
        words = tools.redactor.redact(reply(item, effect.sha))
        await threads.reply(pull.number, item.comment, f"{words}\n\n{marker(tools.marker_key, job.id, key)}")
    settled = item.ours and item.disposition in {Disposition.FIXED, Disposition.ANSWERED}
    if not settled or item.thread is None:
        return "replied"
    return (
        "replied and resolved"
        if await threads.resolve(item.thread)
        else "replied; GitHub would not resolve the thread"
    )


async def _there_already(tools: Tools, job: Job, thread_id: str | None, key: str) -> bool:
    assert job.work.pull_request is not None, "checked by the caller"
    threads = await tools.github.at(job.repository).threads.of(job.work.pull_request.number)
    said = [comment for thread in threads if thread.id == thread_id for comment in thread.comments]
    return any(
        comment.author.login == tools.us.bot_login and carries(tools.marker_key, job.id, key, comment.body)
        for comment in said
    )
