"""Pull mode, one repository: what happened to issues and pull requests, and what was said on them."""

from collections.abc import Sequence
from datetime import timedelta

from app.domain.checkboxes import ticked_in
from app.domain.facts import Fact
from app.domain.ids import NO_ISSUE, Repository
from app.domain.job import Job
from app.domain.progress import Downwards, Onwards
from app.github.news_facts import happened, said, ticked, wanted
from app.github.news_shapes import Affected, Edited, Happening, Said
from app.github.place import PER_PAGE
from workers.reconcile.compare import labeled_fact, take_labelled
from workers.reconcile.news import Asking

PAGES_A_ROUND = 5

JUST_BEFORE = timedelta(minutes=1)
"""Clocks differ, and whoever has just said something to us should be heard."""


async def begin(asking: Asking, home: Repository) -> None:
    """See a repository for the first time: what happens from now on counts, and the labels that are on already."""
    if await asking.progress(_happenings(home), Downwards) is not None:
        return
    now = asking.tools.now() - JUST_BEFORE
    newest = await asking.tools.github.at(home).news.happenings()
    lines = newest.value[:1] if newest is not None else []
    await asking.keep_progress(_comments(home), Onwards(begun=now, at=now))
    await take_labelled(asking, home, set())
    await asking.keep_progress(_happenings(home), Downwards().after(lines, ended=True, next_page=1))


async def happenings(asking: Asking, home: Repository, jobs: Sequence[Job]) -> None:
    """Hear what happened since the last time, oldest first; what is too much for a round is read in the next."""
    progress = await asking.progress(_happenings(home), Downwards)
    assert progress is not None, "kept when the repository was seen first"
    news, question = asking.tools.github.at(home).news, _happenings(home)
    lines, etag, ended, page = list[Happening](), None, False, progress.page
    while not ended and page < progress.page + PAGES_A_ROUND:
        answer = await news.happenings(page=page, etag=asking.etag(question) if page == 1 else None)
        if answer is None:
            return
        etag = answer.etag if page == 1 else etag
        lines += answer.value
        ended = len(answer.value) < PER_PAGE or progress.reaches(answer.value)
        page += 1
    await _hear_happenings(asking, home, progress.unread(lines), _numbers(jobs))
    await asking.keep_progress(question, progress.after(lines, ended=ended, next_page=page))
    if ended:
        asking.dealt_with(question, etag)


async def _hear_happenings(
    asking: Asking, home: Repository, lines: Sequence[Happening], numbers: set[int]
) -> None:
    for line in lines:
        if line.issue is not None and wanted(line, asking.tools.us.label, numbers):
            fact = await _fact_of(asking, home, line, line.issue)
            if fact is not None:
                await asking.hear([fact])


async def _fact_of(asking: Asking, home: Repository, line: Happening, on: Affected) -> Fact | None:
    if line.event == "labeled":
        return await labeled_fact(asking, home, line, on)
    if line.event == "base_ref_changed":
        pull = await asking.tools.github.at(home).pulls.get(on.number)
        return happened(home, line, on, base=pull.base_branch)
    return happened(home, line, on)


async def comments(asking: Asking, home: Repository) -> None:
    """Hear the comments that were written since the last time, and the boxes that were ticked in those of bots."""
    key = _comments(home)
    progress = await asking.progress(key, Onwards)
    assert progress is not None, "kept when the repository was seen first"
    news, question = asking.tools.github.at(home).news, f"{key}:{progress.since}"
    found, etag, ended, page = list[Said](), None, False, 1
    while not ended and page <= PAGES_A_ROUND:
        answer = await news.said(progress.since, page=page, etag=asking.etag(question) if page == 1 else None)
        if answer is None:
            return
        etag = answer.etag if page == 1 else etag
        found += answer.value
        ended = len(answer.value) < PER_PAGE
        page += 1
    for each in found:
        if each.created_at >= progress.begun:
            await asking.hear(await _said(asking, home, each))
    after = progress.after((each.updated_at for each in found), ended=ended)
    await asking.keep_progress(key, after)
    if after == progress:
        asking.dealt_with(question, etag)


async def _said(asking: Asking, home: Repository, it: Said) -> list[Fact]:
    """A comment is heard once; after that only a box that was ticked in it says anything."""
    facts = list[Fact]()
    fact, is_changed = said(home, it, None), it.updated_at > it.created_at
    if not await asking.is_heard(fact.act_key):
        other_hand = is_changed and not it.author.is_bot
        facts.append(said(home, it, await _edited(asking, home, it)) if other_hand else fact)
    if is_changed and it.author.login == asking.tools.us.bot_login and len(ticked_in(it.body)) == 1:
        box = ticked(home, it, await _edited(asking, home, it))
        facts += [] if box is None else [box]
    return facts


async def _edited(asking: Asking, home: Repository, it: Said) -> Edited:
    return await asking.tools.github.at(home).news.edited(it.node_id)


def _numbers(jobs: Sequence[Job]) -> set[int]:
    """Return the issues and the pull requests of jobs."""
    pulls = {job.work.pull_request.number for job in jobs if job.work.pull_request is not None}
    return {job.number for job in jobs if job.number != NO_ISSUE} | pulls


def _happenings(home: Repository) -> str:
    return f"happenings:{home.id}"


def _comments(home: Repository) -> str:
    return f"comments:{home.id}"
