"""Writes comments that are ours, each once, and finds them again. The words come from elsewhere."""

from dataclasses import dataclass

from app.domain.ids import Repository
from app.domain.job import Job
from app.voice.markers import carries, marker
from app.voice.text import within
from workers.tools import Tools


@dataclass(frozen=True, slots=True)
class Thread:
    """Where people talk: an issue, or the conversation of a pull request."""

    repository: Repository
    number: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What makes a comment of ours findable: on whose behalf it was written, and which one it is."""

    owner: str
    kind: str


async def say_once(tools: Tools, thread: Thread, mark: Mark, words: str, *, look: bool = True) -> int:
    """Write a comment unless it is there already; return its id. `look=False` when it cannot be there yet."""
    if look and (found := await find_comment(tools, thread, mark)) is not None:
        return found
    issues = tools.github.at(thread.repository).issues
    return (await issues.create_comment(thread.number, _signed(tools, mark, words))).id


async def find_comment(tools: Tools, thread: Thread, mark: Mark) -> int | None:
    """Return the id of our own comment with this mark: both the author and the code must be ours."""
    for comment in await tools.github.at(thread.repository).issues.comments(thread.number):
        ours = comment.author.login == tools.us.bot_login
        if ours and carries(tools.marker_key, mark.owner, mark.kind, comment.body):
            return comment.id
    return None


async def show_status(tools: Tools, job: Job, words: str) -> int:
    """Bring the job's one status comment up to date, writing it if it is not there; return its id."""
    mark = Mark(job.id, "status")
    intent = await tools.ledger.intend(job.id, "status-comment")
    known = int(intent.done["comment_id"]) if intent.done else None
    if known is None and intent.started_before:
        known = await find_comment(tools, Thread(job.repository, job.number), mark)
    body = _signed(tools, mark, words)
    issues = tools.github.at(job.repository).issues
    if known is None:
        known = (await issues.create_comment(job.number, body)).id
    else:
        await issues.update_comment(known, body)
    if intent.done is None:
        await tools.ledger.fulfil_intent(job.id, "status-comment", {"comment_id": known})
    return known


def _signed(tools: Tools, mark: Mark, words: str) -> str:
    return f"{within(tools.redactor.redact(words))}\n\n{marker(tools.marker_key, mark.owner, mark.kind)}"
