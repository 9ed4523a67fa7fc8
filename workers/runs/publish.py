"""The publish run: looks at the change once more, pushes it, opens the draft pull request and its check run.

No agent takes part. Nothing leaves this machine before the scan has found nothing against it.
"""

from app.domain.agenda import STAGES, Ending, Stage
from app.domain.errors import Conflict, TryAgain
from app.domain.job import PullRequest, Report
from app.github.checks import Verdict
from app.voice import pull_request, review
from app.voice.endings import sentence
from workers.checks.scan import scan
from workers.once import Result, once
from workers.runs.house_style import template_of
from workers.runs.pull import find_pull, kept_of, looks_by_itself
from workers.runs.send import send
from workers.runs.source import mirror_of
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.change import Change, change
from workers.workspace.mirror import Mirror

WHAT = STAGES[Stage.PUBLISH].noun
OVERTAKEN_SECONDS = 5.0


async def publish(tools: Tools, visit: RunVisit) -> Report:
    """Bring the change to GitHub as a draft pull request."""
    mirror = await mirror_of(tools, visit.job)
    refusal = await _refusal(visit, mirror)
    if refusal is not None:
        return refusal
    pushed = await once(
        tools,
        visit,
        f"push:{visit.head_sha}",
        look=looks_by_itself,
        act=lambda: _push(tools, visit, mirror),
    )
    pull = await once(
        tools,
        visit,
        "pull request",
        look=lambda: find_pull(tools, visit),
        act=lambda: _open_pull(tools, visit, mirror),
    )
    check = await once(
        tools,
        visit,
        f"check:{pushed['sha']}",
        look=lambda: _find_check(tools, visit, pushed["sha"]),
        act=lambda: _open_check(tools, visit, pushed["sha"]),
    )
    opened = PullRequest(number=pull["number"], url=pull["url"], node_id=pull["node_id"])
    if visit.job.work.pull_request is not None:
        key = f"body:{visit.head_sha}"
        await once(
            tools, visit, key, look=looks_by_itself, act=lambda: _update_body(tools, visit, mirror, opened)
        )
    because = sentence(Ending.SUCCEEDED, WHAT, f"the change is in pull request #{opened.number}")
    return Report(
        ending=Ending.SUCCEEDED,
        because=because,
        pull_request=opened,
        check_run_id=check["id"],
        head_sha=pushed["sha"],
        pushed_sha=pushed["sha"],
    )


async def _refusal(visit: RunVisit, mirror: Mirror) -> Report | None:
    policy = visit.job.policy
    found = await change(mirror, visit.base_sha, visit.head_sha, limit_bytes=policy.diff_bytes_limit)
    problems = scan(
        policy,
        paths=list(dict.fromkeys(path for file in found.files for path in (file.path, file.old_path))),
        diff=found.diff,
        commits=await _each_commit(mirror, found) if found.diff is not None else [],
    )
    if not problems:
        return None
    told = tuple(problem.because for problem in problems[:10])
    because = sentence(Ending.BLOCKED, WHAT, f"nothing was pushed, because {'; '.join(told)}")
    return Report(ending=Ending.BLOCKED, because=because, problems=told)


async def _each_commit(mirror: Mirror, found: Change) -> list[tuple[str, bytes | None]]:
    """Return the diff of every commit on its own: what one adds and a later one removes is in the history too."""
    diffs: list[tuple[str, bytes | None]] = []
    before = found.merge_base_sha
    for commit in found.commits:
        diffs.append((commit.sha, (await change(mirror, before, commit.sha)).diff))
        before = commit.sha
    return diffs


async def _push(tools: Tools, visit: RunVisit, mirror: Mirror) -> Result:
    """Push; where a person was quicker, their push is a fact on its way to us, which brings both together."""
    try:
        return {"sha": await send(tools, visit, mirror)}
    except Conflict as error:
        if visit.job.work.pull_request is None:
            raise
        raise TryAgain(str(error), after_seconds=OVERTAKEN_SECONDS) from error


async def _open_pull(tools: Tools, visit: RunVisit, mirror: Mirror) -> Result:
    job = visit.job
    redact = tools.redactor.redact
    opened = await tools.github.at(job.repository).pulls.open_draft(
        head=job.work.branch,
        base=job.snapshot.default_branch,
        title=redact(pull_request.title(job)),
        body=redact(pull_request.body(job, template=await _template(visit, mirror))),
    )
    return kept_of(opened)


async def _update_body(tools: Tools, visit: RunVisit, mirror: Mirror, pull: PullRequest) -> Result:
    """What the body says was proved is about a commit, and that is another one now."""
    redact = tools.redactor.redact
    body = redact(pull_request.body(visit.job, template=await _template(visit, mirror)))
    title = redact(pull_request.title(visit.job))
    await tools.github.at(visit.job.repository).pulls.update(pull.number, title=title, body=body)
    return {"number": pull.number}


async def _template(visit: RunVisit, mirror: Mirror) -> str | None:
    """The repository's own template, as it is on the base."""
    found = await template_of(mirror, visit.base_sha)
    return found[1] if found else None


async def _find_check(tools: Tools, visit: RunVisit, sha: str) -> Result | None:
    checks = tools.github.at(visit.job.repository).checks
    found = await checks.find(sha, name=review.CHECK_NAME, external_id=visit.job.id)
    return {"id": found.id} if found is not None else None


async def _open_check(tools: Tools, visit: RunVisit, sha: str) -> Result:
    summary = review.check_summary(visit.job, "the checks are done and the review is under way")
    verdict = Verdict(title="Being reviewed", summary=tools.redactor.redact(summary))
    opened = await tools.github.at(visit.job.repository).checks.create(
        sha, name=review.CHECK_NAME, external_id=visit.job.id, verdict=verdict
    )
    return {"id": opened.id}
