"""Posts a review exactly once.

GitHub has no external id for reviews, refuses a whole review for one bad anchor, and may answer 502 after it has
posted one: so it looks for its own mark first, and degrades instead of losing.
"""

from app.domain.critique import Finding, Hunks, ReviewPlan, plan_review
from app.domain.diff import commentable
from app.domain.effects import PostReview
from app.domain.errors import Refused
from app.domain.job import Job, PullRequest
from app.github.failures import Unprocessable
from app.github.shapes import Pull, Remark
from app.voice import review
from app.voice.markers import carries, marker
from workers.tools import Tools


async def post_review(tools: Tools, job: Job, effect: PostReview, *, look: bool) -> str:
    """Post what was found as one review, and return what was done in words.

    `look` when an earlier attempt may have reached GitHub.

    Raises:
        Refused: the pull request is not open any more.
        TryAgain: GitHub cannot be asked just now; nothing is posted twice when this is tried again.
    """
    pull = job.work.pull_request
    assert pull is not None, "a review is asked for after the pull request is open"
    if look and await _there_already(tools, job, pull, _kind(effect)):
        return "the review is there already"
    now = await tools.github.at(job.repository).pulls.get(pull.number)
    if now.state != "open":
        raise Refused("the pull request was closed before the review could be posted")
    plan = plan_review(
        effect.findings,
        await _hunks(tools, job, now, effect),
        inline_limit=job.policy.inline_comments_limit,
    )
    await _post(tools, job, now, plan, effect)
    return review.posted(plan)


async def _there_already(tools: Tools, job: Job, pull: PullRequest, kind: str) -> bool:
    """Look for our review of this head; a pending draft of ours would block every other one, so it goes."""
    found = False
    reviews = tools.github.at(job.repository).reviews
    for posted in await reviews.of(pull.number):
        if posted.author.login != tools.us.bot_login:
            continue
        if posted.state == "PENDING":
            await reviews.delete_pending(pull.number, posted.id)
        elif carries(tools.marker_key, job.id, kind, posted.body):
            found = True
    return found


async def _hunks(tools: Tools, job: Job, now: Pull, effect: PostReview) -> Hunks:
    """The lines that can carry a comment, by GitHub's own diff; none when the head is not the one that was read."""
    if now.head_sha != effect.head_sha:
        return {}
    diff = await tools.github.at(job.repository).pulls.diff(now.number)
    return {} if diff is None else commentable(diff.encode("utf-8", "surrogateescape"))


async def _post(tools: Tools, job: Job, now: Pull, plan: ReviewPlan, effect: PostReview) -> None:
    kind = _kind(effect)
    mark = marker(tools.marker_key, job.id, kind)
    redact = tools.redactor.redact
    reviews = tools.github.at(job.repository).reviews
    remarks = [_remark(finding, redact(review.inline(finding))) for finding in plan.inline]
    body = f"{redact(review.body(plan, effect.summary))}\n\n{mark}"
    try:
        await reviews.create(now.number, commit_id=now.head_sha, body=body, remarks=remarks)
    except Unprocessable:
        assert job.work.pull_request is not None, "checked by the caller"
        if await _there_already(tools, job, job.work.pull_request, kind):
            return
        bare = ReviewPlan(inline=(), in_body=(*plan.inline, *plan.in_body))
        body = f"{redact(review.body(bare, effect.summary))}\n\n{mark}"
        await reviews.create(now.number, commit_id=now.head_sha, body=body, remarks=[])


def _kind(effect: PostReview) -> str:
    return f"review:{effect.run}"


def _remark(finding: Finding, body: str) -> Remark:
    assert finding.path is not None, "an inline finding has an anchor"
    assert finding.line is not None, "an inline finding has an anchor"
    return Remark(
        path=finding.path,
        line=finding.line,
        body=body,
        side=finding.side.value,
        start_line=finding.start_line,
    )
