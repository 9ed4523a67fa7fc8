"""The revise run: one agent takes everything that people asked for, and answers every single thing."""

from dataclasses import asdict, replace
from functools import partial
from typing import Any

from app.domain.agenda import STAGES, Ending, Stage
from app.domain.job import Report
from app.voice.endings import sentence
from workers.agents.agent import RunKind
from workers.agents.brief import revise_brief
from workers.agents.house_style import shown
from workers.agents.outcome import ReviseOutcome
from workers.runs.asked import Asked, CodeAt, everything_asked, items_of, items_shown
from workers.runs.caged_agent import run_agent
from workers.runs.change import author_of, checks_of, commit_change, issue_of, report_of, told_of
from workers.runs.house_style import house_style_of
from workers.runs.source import mirror_of
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.mirror import Mirror
from workers.workspace.read import text_at

WHAT = STAGES[Stage.REVISE].noun
TITLE = "Take in review comments"


async def revise(tools: Tools, visit: RunVisit) -> Report:
    """Take in what was asked for; the head stays what it was when only words were wanted."""
    job = visit.job
    mirror = await mirror_of(tools, job, visit.journal)
    await author_of(tools, visit)
    await visit.check_out(mirror, visit.head_sha)
    asked = [
        Asked(**each) for each in await visit.journal.once("asked", partial(_asked, tools, visit, mirror))
    ]
    if not asked:
        because = sentence(Ending.SUCCEEDED, WHAT, "nothing that was asked for is still open")
        return Report(ending=Ending.SUCCEEDED, because=because, head_sha=visit.head_sha, items=())
    style = await house_style_of(mirror, visit.base_sha)
    end = await run_agent(
        tools,
        visit,
        tools.agent(visit.tier),
        RunKind.REVISE,
        lambda stay: revise_brief(
            stay,
            repository=job.repository.full_name,
            issue=issue_of(job),
            checks=checks_of(job),
            items=items_shown(asked),
            told=told_of(job),
            style=shown(style),
        ),
        mirror=mirror,
        base_sha=visit.base_sha,
    )
    known, outcome = report_of(tools, end, WHAT), end.outcome
    if not isinstance(outcome, ReviseOutcome) or end.ending is not Ending.SUCCEEDED:
        return known
    summary = tools.redactor.redact(outcome.summary)
    committed = await commit_change(
        tools,
        visit,
        mirror,
        parent=visit.head_sha,
        base_sha=visit.base_sha,
        title=style.convention.subject(TITLE),
        summary=summary,
        agent=end.agent,
    )
    items = items_of(asked, outcome, tools.redactor.redact)
    return replace(known, head_sha=committed or visit.head_sha, items=items)


async def _asked(tools: Tools, visit: RunVisit, mirror: Mirror) -> list[dict[str, Any]]:
    """Ask once: an agent answers by numbers, and people go on talking and resolving while it works."""
    asks = visit.job.run.asks if visit.job.run else ()
    code = CodeAt(partial(text_at, mirror, visit.head_sha))
    return [asdict(each) for each in await everything_asked(tools, visit.job, asks, code)]
