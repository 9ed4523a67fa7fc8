"""The fix run: an agent gets the evidence of what stands in the way, and one attempt at it."""

from dataclasses import replace

from app.domain.agenda import STAGES, Ending, Stage
from app.domain.job import Job, Report
from app.voice.endings import sentence
from app.voice.evidence import what_stands_in_the_way
from workers.agents.agent import RunKind
from workers.agents.brief import mend_brief
from workers.agents.house_style import HouseStyle, shown
from workers.runs.caged_agent import run_agent
from workers.runs.change import author_of, checks_of, commit_change, issue_of, report_of, told_of
from workers.runs.house_style import house_style_of
from workers.runs.source import mirror_of
from workers.runs.visit import RunVisit
from workers.tools import Tools

WHAT = STAGES[Stage.FIX].noun


async def fix(tools: Tools, visit: RunVisit) -> Report:
    """Have what blocks the change mended, and return the result as a commit in the mirror."""
    job = visit.job
    mirror = await mirror_of(tools, job, visit.journal)
    await author_of(tools, visit)
    await visit.check_out(mirror, visit.head_sha)
    style = await house_style_of(mirror, visit.base_sha)
    end = await run_agent(
        tools,
        visit,
        tools.agent(visit.tier),
        RunKind.FIX,
        lambda stay: mend_brief(
            stay,
            repository=job.repository.full_name,
            issue=issue_of(job),
            checks=checks_of(job),
            evidence=what_stands_in_the_way(job),
            told=told_of(job),
            style=shown(style),
        ),
        mirror=mirror,
        base_sha=visit.base_sha,
    )
    known = report_of(tools, end, WHAT)
    if end.outcome is None or end.ending is not Ending.SUCCEEDED:
        return known
    title, parent = _title(job, style), _parent(visit)
    head_sha = await commit_change(
        tools,
        visit,
        mirror,
        parent=parent,
        base_sha=visit.base_sha,
        title=title,
        summary=job.work.summary or end.outcome.summary,
        agent=end.agent,
    )
    if head_sha is None or head_sha == visit.head_sha:
        ending = Ending.NOTHING_CHANGED
        return replace(
            known, ending=ending, because=sentence(ending, WHAT, "it says it is done, but no file differs")
        )
    return replace(known, head_sha=head_sha)


def _parent(visit: RunVisit) -> str:
    """Before it is published a change is one commit on its base; afterwards every fix is a commit of its own."""
    return visit.base_sha if visit.job.work.pull_request is None else visit.head_sha


def _title(job: Job, style: HouseStyle) -> str:
    return (
        job.work.title or job.snapshot.title
        if job.work.pull_request is None
        else style.convention.subject("Mend what the checks found")
    )
