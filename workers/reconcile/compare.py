"""Compares how things stand on GitHub with what we know, whatever was told or not: our label, closed and deleted issues.

GitHub's list of failed deliveries does not show what it never tried to deliver. This finds it, in both modes.
"""

from collections.abc import Sequence

from app.domain.errors import NotFound
from app.domain.facts import IssueLabeled
from app.domain.ids import NO_ISSUE, Repository
from app.domain.job import Job, Phase
from app.github.failures import Gone
from app.github.news_facts import closed, deleted, is_reworded, labeled, unlabeled
from app.github.news_shapes import Affected, Happening, Standing
from app.github.place import PER_PAGE
from app.github.shapes import Issue
from workers.reconcile.news import Asking

PAGES_MAX = 10


async def compare(asking: Asking, home: Repository, jobs: Sequence[Job]) -> None:
    """Find issues that bear our label and have no job, and jobs whose issue is closed, deleted or without its label."""
    await take_labelled(asking, home, {job.number for job in jobs})
    for job in jobs:
        if job.number != NO_ISSUE and job.phase is not Phase.IN_REVIEW:
            await _look_at_issue(asking, home, job.number)


async def take_labelled(asking: Asking, home: Repository, numbers: set[int]) -> None:
    """Hear the labels of ours that are on open issues, save those with these numbers."""
    tools, question, page = asking.tools, f"labelled:{home.id}", 1
    etag, all_taken = None, True
    while page <= PAGES_MAX:
        answer = await tools.github.at(home).news.labelled(
            tools.us.label, page=page, etag=asking.etag(question) if page == 1 else None
        )
        if answer is None:
            return
        etag = answer.etag if page == 1 else etag
        for issue in answer.value:
            if not issue.is_pull_request and issue.number not in numbers:
                all_taken &= await _take(asking, home, issue)
        if len(answer.value) < PER_PAGE:
            break
        page += 1
    if all_taken:
        asking.dealt_with(question, etag)


async def _take(asking: Asking, home: Repository, issue: Issue) -> bool:
    """Hear that our label was put on an issue; False when that was so lately that its webhook may be under way."""
    history = await asking.tools.github.at(home).news.history(issue.number)
    line = _last(history, "labeled", asking.tools.us.label)
    if line is None:
        return True
    if asking.patience and line.created_at > asking.tools.now() - asking.patience:
        return False
    await asking.hear([await labeled_fact(asking, home, line, issue, history)])
    return True


async def labeled_fact(
    asking: Asking,
    home: Repository,
    line: Happening,
    on: Affected | Issue,
    history: Sequence[Happening] | None = None,
) -> IssueLabeled:
    """Return that a label was put on, with the answer to whether the text is still that of then."""
    fact, news = labeled(home, line, on), asking.tools.github.at(home).news
    if on.is_pull_request or await asking.is_heard(fact.act_key):
        return fact
    edited = await news.edited(on.node_id)
    since = await news.history(on.number) if history is None else history
    return labeled(home, line, on, text_changed=is_reworded(line, since, edited))


async def _look_at_issue(asking: Asking, home: Repository, number: int) -> None:
    tools, question = asking.tools, f"standing:{home.id}:{number}"
    try:
        answer = await tools.github.at(home).news.standing(number, etag=asking.etag(question))
    except Gone:
        await asking.hear([deleted(home, number, tools.now())])
        return
    except NotFound:  # moved to another repository, or not ours to see any more: nothing is known
        return
    if answer is None:
        return
    if (fact := closed(home, answer.value)) is not None:
        await asking.hear([fact])
    elif tools.us.label not in answer.value.labels:
        await _hear_unlabeled(asking, home, answer.value)
    asking.dealt_with(question, answer.etag)


async def _hear_unlabeled(asking: Asking, home: Repository, issue: Standing) -> None:
    history = await asking.tools.github.at(home).news.history(issue.number)
    line = _last(history, "unlabeled", asking.tools.us.label)
    if line is not None:
        await asking.hear([unlabeled(home, line, issue.number)])


def _last(history: Sequence[Happening], event: str, label: str) -> Happening | None:
    fitting = (line for line in reversed(history) if line.event == event and line.label == label)
    return next(fitting, None)
