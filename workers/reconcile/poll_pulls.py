"""Pull mode, one repository: what people did to the pull requests of open jobs, reviews and pushes."""

from collections.abc import Sequence
from itertools import takewhile

from app.domain.errors import NotFound
from app.domain.ids import Repository
from app.domain.job import Job
from app.github.news_facts import judged, moved
from app.github.news_shapes import Judged
from app.github.place import PER_PAGE
from app.github.shapes import Pull
from workers.reconcile.news import Asking

PAGES_MAX = 10


async def pulls(asking: Asking, home: Repository, jobs: Sequence[Job]) -> None:
    """Hear what is new on each pull request that a job opened."""
    for job in jobs:
        if job.work.pull_request is not None:
            await _reviews(asking, home, job.work.pull_request.number)
            await _branch(asking, home, job, job.work.pull_request.number)


async def _reviews(asking: Asking, home: Repository, number: int) -> None:
    """A review is heard once. The list has the oldest first, and grows at the page that is not full."""
    news = asking.tools.github.at(home).news
    for page in range(1, PAGES_MAX + 1):
        question = f"reviews:{home.id}:{number}:{page}"
        answer = await news.reviews(number, page=page, etag=asking.etag(question))
        if answer is not None:
            for review in answer.value:
                await _hear_review(asking, home, number, review)
            asking.dealt_with(question, answer.etag)
        following = f"reviews:{home.id}:{number}:{page + 1}"
        if asking.etag(following) is None if answer is None else len(answer.value) < PER_PAGE:
            return


async def _hear_review(asking: Asking, home: Repository, number: int, it: Judged) -> None:
    fact = judged(home, number, it, None)
    if fact is None or await asking.is_heard(fact.act_key):
        return
    edited = None if it.author.is_bot else await asking.tools.github.at(home).news.edited(it.node_id)
    whole = judged(home, number, it, edited)
    await asking.hear([] if whole is None else [whole])


async def _branch(asking: Asking, home: Repository, job: Job, number: int) -> None:
    """Hear who moved the branch. Our own pushes are known by who pushed, also before their run has reported."""
    question = f"pull:{home.id}:{number}"
    answer = await asking.tools.github.at(home).news.pull(number, etag=asking.etag(question))
    if answer is None:
        return
    known = {job.work.pushed_sha, job.work.head_sha}
    if answer.value.state == "open" and answer.value.head_sha not in known:
        await _hear_moves(asking, home, answer.value, known)
    asking.dealt_with(question, answer.etag)


async def _hear_moves(asking: Asking, home: Repository, pull: Pull, known: set[str | None]) -> None:
    try:
        moves = await asking.tools.github.at(home).news.moves(pull.head_branch)
    except NotFound:  # a GitHub that does not tell; a push of ours will find out
        return
    new = takewhile(lambda move: move.after not in known, moves)
    facts = [moved(home, pull.number, move) for move in new if move.actor.login != asking.tools.us.bot_login]
    await asking.hear(reversed(facts))
