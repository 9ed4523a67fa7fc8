"""The rebase run: brings a change together with its base, or with what a person pushed to the same branch.

It does so by a merge, never by rewriting what people have read.

Where git can merge by itself no agent is asked; where it cannot, an agent resolves the places both sides changed.
"""

import asyncio
from dataclasses import replace
from functools import partial

from app.domain.agenda import STAGES, Ending, Stage
from app.domain.job import Report
from app.voice.endings import sentence
from workers.agents.agent import RunKind
from workers.agents.brief import mend_brief
from workers.agents.house_style import shown
from workers.runs.caged_agent import run_agent
from workers.runs.change import author_of, checks_of, commit_change, issue_of, report_of, told_of
from workers.runs.house_style import house_style_of
from workers.runs.source import mirror_of
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.merge import merge_into, unresolved
from workers.workspace.mirror import Mirror

WHAT = STAGES[Stage.REBASE].noun


async def rebase(tools: Tools, visit: RunVisit) -> Report:
    """Merge the other side into the change and return the result as a commit in the mirror."""
    job = visit.job
    mirror = await mirror_of(tools, job, visit.journal)
    await author_of(tools, visit)
    theirs, base_sha, words = await visit.journal.once("other side", partial(_other_side, visit, mirror))
    conflicts = await visit.check_out(mirror, visit.head_sha, then=partial(merge_into, sha=theirs))
    known = Report(ending=Ending.SUCCEEDED, because=sentence(Ending.SUCCEEDED, WHAT), cage=tools.sandbox.name)
    if conflicts:
        style = shown(await house_style_of(mirror, visit.base_sha))
        end = await run_agent(
            tools,
            visit,
            tools.agent(visit.tier),
            RunKind.REBASE,
            lambda stay: mend_brief(
                stay,
                repository=job.repository.full_name,
                issue=issue_of(job),
                checks=checks_of(job),
                evidence="\n".join(conflicts),
                told=told_of(job),
                style=style,
            ),
            mirror=mirror,
            base_sha=visit.base_sha,
        )
        known = report_of(tools, end, WHAT)
        if end.outcome is None or end.ending is not Ending.SUCCEEDED:
            return known
        left = await asyncio.to_thread(unresolved, visit.workspace, conflicts)
        if left:
            detail = f"there are still conflict markers in {', '.join(f'`{path}`' for path in left)}"
            return replace(known, ending=Ending.CRASHED, because=sentence(Ending.CRASHED, WHAT, detail))
    head_sha = await commit_change(
        tools,
        visit,
        mirror,
        parent=visit.head_sha,
        base_sha=base_sha,
        title=words[0],
        summary=words[1],
        agent=known.agent,
        merged=theirs,
    )
    return replace(known, base_sha=base_sha, head_sha=head_sha or visit.head_sha)


async def _other_side(visit: RunVisit, mirror: Mirror) -> tuple[str, str, tuple[str, str]]:
    """Return what to merge, the change's base afterwards, and the words for the commit."""
    job, pushed = visit.job, visit.job.work.pushed_sha
    if pushed is not None and not await mirror.leads_to(pushed, visit.head_sha):
        words = (
            f"Merge {job.work.branch}",
            "Bring the change together with what was pushed to its branch meanwhile.",
        )
        return pushed, visit.base_sha, words
    base_sha = await mirror.head_of(job.snapshot.default_branch)
    words = (
        f"Merge {job.snapshot.default_branch}",
        "Bring the change together with the branch it is meant for.",
    )
    return base_sha, base_sha, words
