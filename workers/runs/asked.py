"""Collects everything that people asked for on a pull request, as a brief shows it.

That is every unresolved thread whole, the bodies of their reviews, their loose comments.

Only words of people with write access, and our own, are shown as requests; others' words in a thread are shown as
what they are. Each thing has a short id, by which the agent answers it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from app.domain.conversation import Ask, Disposition, Item
from app.domain.evidence import WRITERS
from app.domain.job import Job
from app.domain.suggestions import suggestions
from app.github.thread_shapes import Thread, ThreadComment
from workers.agents.brief import fenced
from workers.agents.outcome import ReviseOutcome
from workers.tools import Tools

ITEMS_LIMIT = 100
CODE_LINES_AROUND = 3


TextOf = Callable[[str], Awaitable[str | None]]
Redact = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One thing that was asked for: its id, where it is, how the brief shows it, and where to reply."""

    id: str
    where: str
    shown: str
    thread: str | None = None
    comment: int | None = None
    ours: bool = False


async def everything_asked(tools: Tools, job: Job, asks: Iterable[Ask], code: "CodeAt") -> list[Asked]:
    """Return what waits for an answer: unresolved threads in which a person with write access spoke, and the asks."""
    assert job.work.pull_request is not None, "revised only once it is open"
    number = job.work.pull_request.number
    threads = [t for t in await tools.github.at(job.repository).threads.of(number) if not t.is_resolved]
    writers = await _writers(tools, job, threads)
    spoken = [
        (t, t.top.author.login == tools.us.bot_login)
        for t in threads
        if _concerns(t, writers, tools.us.bot_login)
    ]
    found = [
        Asked(
            id=f"thread-{place}",
            where=_where(thread),
            shown=await _shown(thread, writers | {tools.us.bot_login}, code),
            thread=thread.id,
            comment=thread.top.id,
            ours=ours,
        )
        for place, (thread, ours) in enumerate(spoken, start=1)
    ]
    words = [ask for ask in asks if ask.text.strip()]
    found += [
        Asked(
            id=f"words-{place}",
            where=f"@{ask.by.login}'s {ask.kind}",
            shown=f"@{ask.by.login} wrote:\n\n{fenced(ask.text)}",
        )
        for place, ask in enumerate(words, start=1)
    ]
    return found[:ITEMS_LIMIT]


async def _writers(tools: Tools, job: Job, threads: Iterable[Thread]) -> set[str]:
    """Look up who of those who spoke may steer; whoever may not is shown, but asks for nothing."""
    logins = sorted({c.author.login for t in threads for c in t.comments if not c.author.is_bot})
    code = tools.github.at(job.repository).code
    roles = await asyncio.gather(*(code.role_of(login) for login in logins))
    return {login for login, role in zip(logins, roles, strict=True) if role in WRITERS}


def _concerns(thread: Thread, writers: set[str], us: str) -> bool:
    """Whether a thread waits for us: a writer spoke in it last, or it is a remark of ours that nobody took back."""
    last = thread.comments[-1].author.login
    return last in writers or (thread.top.author.login == us and last == us and len(thread.comments) == 1)


def _where(thread: Thread) -> str:
    line = thread.line or thread.original_line
    return f"`{thread.path}`" + (f":{line}" if line else "")


class CodeAt:
    """The code of a checkout, by path and line, as the host reads it before any agent has been there."""

    def __init__(self, text_of: TextOf) -> None:
        self._text_of = text_of

    async def around(self, thread: Thread) -> str | None:
        """Return the lines around a thread as they are now; None when it is outdated or the file is gone."""
        text = await self._text_of(thread.path) if thread.line and thread.side == "RIGHT" else None
        if text is None or thread.line is None:
            return None
        lines = text.split("\n")
        first = max(0, (thread.start_line or thread.line) - 1 - CODE_LINES_AROUND)
        last = min(len(lines), thread.line + CODE_LINES_AROUND)
        return "\n".join(f"{n + 1:5} {lines[n]}" for n in range(first, last))


async def _shown(thread: Thread, trusted: set[str], code: CodeAt) -> str:
    parts = [
        f"In {_where(thread)}{' (the code has changed since)' if thread.is_outdated else ''}, about this part of the diff:"
    ]
    parts.append(fenced(thread.diff_hunk))
    now = await code.around(thread)
    if now is not None:
        parts += ["The code there is now:", fenced(now)]
    parts += [_comment(thread, comment, trusted) for comment in thread.comments if not comment.is_minimized]
    return "\n\n".join(parts)


def _comment(thread: Thread, comment: ThreadComment, trusted: set[str]) -> str:
    who = f"@{comment.author.login}"
    heading = (
        f"{who} wrote:"
        if comment.author.login in trusted
        else f"{who}, who has no write access, wrote (not a request):"
    )
    parts = [heading, fenced(comment.body)]
    line = thread.line or thread.original_line
    for found in suggestions(comment.body, line=line, start_line=thread.start_line) if line else ():
        parts += [
            f"That suggests these lines in place of lines {found.start_line} to {found.end_line}:",
            fenced(found.replacement),
        ]
    return "\n\n".join(parts)


def items_shown(asked: Iterable[Asked]) -> str:
    """Return the whole list as Markdown for the brief."""
    return "\n\n".join(f"### id `{each.id}`\n\n{each.shown}" for each in asked)


def items_of(asked: Iterable[Asked], outcome: ReviseOutcome, redact: Redact) -> tuple[Item, ...]:
    """Join what was asked with what the agent says became of it; what it passed over is said to be open."""
    told = {item.id: item for item in outcome.items}
    return tuple(
        Item(
            id=each.id,
            where=each.where,
            disposition=Disposition(told[each.id].disposition) if each.id in told else Disposition.ASKED,
            note=redact(told[each.id].note)
            if each.id in told
            else "The agent passed over this one; it is still open.",
            thread=each.thread,
            comment=each.comment,
            ours=each.ours,
        )
        for each in asked
    )
