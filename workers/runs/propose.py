"""The propose run: pushes the configuration, opens its pull request, ready to be read, and sees to it that our label exists.

It is no draft and has no check run: nothing more is done about it until a person merges it, changes it or says no.
"""

from app.domain.agenda import STAGES, Ending, Stage
from app.domain.job import PullRequest, Report
from app.domain.kinds import KINDS
from app.voice import onboarding
from app.voice.endings import sentence
from workers.checks.scan import scan
from workers.once import Result, once
from workers.runs.pull import find_pull, kept_of, looks_by_itself
from workers.runs.send import send
from workers.runs.source import mirror_of
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.change import change
from workers.workspace.mirror import Mirror

WHAT = STAGES[Stage.PROPOSE].noun


async def propose(tools: Tools, visit: RunVisit) -> Report:
    """Bring the configuration to GitHub as a pull request."""
    mirror = await mirror_of(tools, visit.job)
    refusal = await _refusal(visit, mirror)
    if refusal is not None:
        return refusal
    pushed = await once(
        tools, visit, f"push:{visit.head_sha}", look=looks_by_itself, act=lambda: _push(tools, visit, mirror)
    )
    pull = await once(
        tools,
        visit,
        "pull request",
        look=lambda: find_pull(tools, visit),
        act=lambda: _open_pull(tools, visit),
    )
    await once(
        tools,
        visit,
        "label",
        look=lambda: _find_label(tools, visit),
        act=lambda: _make_label(tools, visit),
        look_first=True,
    )
    opened = PullRequest(number=pull["number"], url=pull["url"], node_id=pull["node_id"])
    because = sentence(Ending.SUCCEEDED, WHAT, f"it is pull request #{opened.number}")
    return Report(
        ending=Ending.SUCCEEDED,
        because=because,
        pull_request=opened,
        head_sha=pushed["sha"],
        pushed_sha=pushed["sha"],
    )


async def _find_label(tools: Tools, visit: RunVisit) -> Result | None:
    """GitHub's names of labels do not heed the case."""
    labels = await tools.github.at(visit.job.repository).issues.labels()
    ours = tools.us.label.casefold()
    return {"label": tools.us.label} if ours in {label.casefold() for label in labels} else None


async def _make_label(tools: Tools, visit: RunVisit) -> Result:
    issues = tools.github.at(visit.job.repository).issues
    await issues.make_label(
        tools.us.label, color=onboarding.LABEL_COLOR, description=onboarding.LABEL_DESCRIPTION
    )
    return {"label": tools.us.label}


async def _refusal(visit: RunVisit, mirror: Mirror) -> Report | None:
    """Look at the change as at any other; of protected paths this kind of job may change its one file."""
    job = visit.job
    found = await change(mirror, visit.base_sha, visit.head_sha, limit_bytes=job.policy.diff_bytes_limit)
    problems = scan(
        job.policy,
        paths=list(dict.fromkeys(path for file in found.files for path in (file.path, file.old_path))),
        diff=found.diff,
        commits=[(visit.head_sha, found.diff)],  # it is one commit on its base
        only_path=KINDS[job.kind].only_path,
    )
    if not problems:
        return None
    told = tuple(problem.because for problem in problems)
    because = sentence(Ending.BLOCKED, WHAT, f"nothing was pushed, because {'; '.join(told)}")
    return Report(ending=Ending.BLOCKED, because=because, problems=told)


async def _push(tools: Tools, visit: RunVisit, mirror: Mirror) -> Result:
    return {"sha": await send(tools, visit, mirror, message=onboarding.commit_message())}


async def _open_pull(tools: Tools, visit: RunVisit) -> Result:
    job = visit.job
    opened = await tools.github.at(job.repository).pulls.open(
        head=job.work.branch,
        base=job.snapshot.default_branch,
        title=onboarding.title(),
        body=tools.redactor.redact(onboarding.body(job, label=tools.us.label)),
    )
    return kept_of(opened)
