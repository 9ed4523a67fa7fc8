"""The implement run: an agent writes the change in a fresh checkout, and we commit what it left in the files."""

from dataclasses import replace
from functools import partial

from app.domain.agenda import STAGES, Ending, Stage
from app.domain.job import Report
from app.voice.endings import sentence
from workers.agents.agent import RunKind
from workers.agents.brief import implement_brief
from workers.agents.house_style import shown
from workers.agents.outcome import ImplementOutcome
from workers.checks.project import project_of
from workers.runs.caged_agent import AgentEnd, run_agent
from workers.runs.change import author_of, checks_of, commit_change, issue_of, report_of, told_of
from workers.runs.house_style import house_style_of
from workers.runs.source import mirror_of
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.left_out import require_whole
from workers.workspace.mirror import Mirror

WHAT = STAGES[Stage.IMPLEMENT].noun


async def implement(tools: Tools, visit: RunVisit) -> Report:
    """Write the change and return it as a commit in the mirror."""
    job = visit.job
    mirror = await mirror_of(tools, job, visit.journal)
    await author_of(tools, visit)
    base_sha = await visit.journal.once("base", partial(mirror.head_of, job.snapshot.default_branch))
    # Refused now, not by the checks of what an agent has worked on for an hour.
    project_of(tools, job)
    await require_whole(mirror, base_sha, job.policy)
    await visit.check_out(mirror, base_sha)
    style = shown(await house_style_of(mirror, base_sha))
    end = await run_agent(
        tools,
        visit,
        tools.agent(visit.tier),
        RunKind.IMPLEMENT,
        lambda stay: implement_brief(
            stay,
            repository=job.repository.full_name,
            issue=issue_of(job),
            checks=checks_of(job),
            told=told_of(job),
            style=style,
        ),
        mirror=mirror,
        base_sha=base_sha,
    )
    return await _report(tools, visit, mirror, base_sha, end)


async def _report(tools: Tools, visit: RunVisit, mirror: Mirror, base_sha: str, end: AgentEnd) -> Report:
    known, outcome = report_of(tools, end, WHAT), end.outcome
    if not isinstance(outcome, ImplementOutcome) or end.ending is not Ending.SUCCEEDED:
        return known
    head_sha = await commit_change(
        tools,
        visit,
        mirror,
        parent=base_sha,
        base_sha=base_sha,
        title=outcome.title,
        summary=outcome.summary,
        agent=end.agent,
    )
    if head_sha is None:
        ending = Ending.NOTHING_CHANGED
        return replace(
            known, ending=ending, because=sentence(ending, WHAT, "it says it is done, but no file differs")
        )
    redact = tools.redactor.redact
    return replace(
        known,
        title=redact(outcome.title),
        summary=redact(outcome.summary),
        why=redact(outcome.why),
        how_checked=redact(outcome.how_checked),
        base_sha=base_sha,
        head_sha=head_sha,
    )
