"""The review run: an agent that did not write the change reads it with fresh eyes, and says what it found.

It sees the diff, the issue and the code, never the author's transcript. Whatever it changes is thrown away.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

from app.domain.agenda import STAGES, Ending, Stage
from app.domain.critique import EvidenceClass, Finding, Severity, Side
from app.domain.job import Report
from app.voice.endings import sentence
from workers.agents import outcome as outcomes
from workers.agents.agent import RunKind
from workers.agents.brief import Check, Issue, review_brief
from workers.runs.caged_agent import AgentEnd, run_agent
from workers.runs.source import mirror_of
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.change import change

WHAT = STAGES[Stage.REVIEW].noun


async def review(tools: Tools, visit: RunVisit) -> Report:
    """Have the change reviewed and return the findings."""
    job = visit.job
    mirror = await mirror_of(tools, job, visit.journal)
    await visit.check_out(mirror, visit.head_sha)
    found = await change(mirror, visit.base_sha, visit.head_sha)
    diff = visit.home / "change.diff"
    await visit.journal.once("diff", partial(_lay_out, diff, found.diff))
    issue = Issue(
        number=job.number, title=job.snapshot.title, body=job.snapshot.body, author=job.snapshot.author.login
    )
    checks = [Check(check.name, check.run) for check in job.policy.checks]
    end = await run_agent(
        tools,
        visit,
        tools.reviewer,
        RunKind.REVIEW,
        lambda stay: review_brief(
            stay, repository=job.repository.full_name, issue=issue, diff=diff, checks=checks
        ),
        mirror=mirror,
        base_sha=visit.base_sha,
    )
    return _report(tools, visit, end)


async def _lay_out(path: Path, diff: bytes | None) -> None:
    """Put the diff where the agent finds it, before it is there: later whatever lies there may be its doing."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(diff or b"The diff is too large; read the files.\n")  # noqa: ASYNC240 - it is small


def _report(tools: Tools, visit: RunVisit, end: AgentEnd) -> Report:
    known = Report(
        ending=end.ending,
        because=sentence(end.ending, WHAT, end.detail),
        cost_dollars=end.cost_dollars,
        agent=end.agent,
        cage=tools.sandbox.name,
        head_sha=visit.head_sha,
    )
    if end.ending is not Ending.SUCCEEDED or not isinstance(end.outcome, outcomes.ReviewOutcome):
        return known
    redact = tools.redactor.redact
    findings = tuple(
        _finding(entry, redact(entry.title), redact(entry.body)) for entry in end.outcome.findings
    )
    said = sentence(end.ending, WHAT, f"{len(findings)} {'remark' if len(findings) == 1 else 'remarks'}")
    return replace(known, because=said, findings=findings, summary=redact(end.outcome.summary))


def _finding(entry: outcomes.Finding, title: str, body: str) -> Finding:
    return Finding(
        title=title,
        body=body,
        severity=Severity(entry.severity),
        evidence=EvidenceClass(entry.evidence),
        category=entry.category,
        path=entry.path,
        line=entry.line,
        start_line=entry.start_line,
        side=Side(entry.side),
    )
