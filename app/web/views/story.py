"""One job with all that happened to it. Pure: rows of the ledger in, views out."""

from collections.abc import Mapping
from typing import Literal

from app.domain.agenda import STAGES
from app.domain.critique import Finding
from app.domain.events import RetryAsked
from app.domain.job import CheckResult, Job
from app.domain.lifecycle import LIFTS
from app.ledger.rows import RunRow
from app.web.views.cards import Surroundings, card
from app.web.views.models import (
    AnswerView,
    CheckView,
    FileView,
    FindingView,
    JobPage,
    QuestionView,
    RunView,
)
from app.web.views.standing import YOURS
from app.web.views.timeline import Rows, pending, timeline
from app.web.views.words import proof, sentence

_RUN_STATES: Mapping[str, Literal["waiting", "running", "ended"]] = {
    "waiting": "waiting",
    "claimed": "running",
    "ended": "ended",
}


def job_page(rows: Rows, around: Surroundings) -> JobPage:
    """Tell one job's story."""
    job, work = rows.job, rows.job.work
    live = next((run.id for run in rows.runs if run.state == "claimed"), None)
    findings = None if work.findings is None else (*work.findings, *(work.weakened or ()))
    return JobPage(
        card=card(job, around),
        branch=work.branch,
        base_sha=work.base_sha,
        head_sha=work.head_sha,
        proof=proof(job),
        summary=work.summary,
        question=_question(job),
        answers=tuple(
            AnswerView(question=a.question, text=a.text, by=a.by.login if a.by else None) for a in job.answers
        ),
        checks=None if work.checks is None else tuple(map(_check, work.checks)),
        findings=None if findings is None else tuple(map(_finding, findings)),
        unreviewed_because=sentence(work.review_because or "") or None if work.findings is None else None,
        runs=tuple(_run(run, rows, around) for run in rows.runs),
        timeline=timeline(rows),
        pending=tuple(pending(rows.effects)),
        live_run=live,
        may_stop=job.open,
        may_retry=any(RetryAsked in LIFTS[hold.kind] for hold in job.holds),
    )


def _question(job: Job) -> QuestionView | None:
    asked = job.question
    if asked is None:
        return None
    until = next((hold.until for hold in job.holds if hold.kind in YOURS), None)
    return QuestionView(
        text=asked.text,
        options=asked.options,
        recommended=asked.recommended,
        because=sentence(asked.because),
        until=until,
    )


def _check(check: CheckResult) -> CheckView:
    verdict: Literal["passed", "failed", "flaky", "red on the base"] = "passed" if check.passed else "failed"
    if check.flaky:
        verdict = "flaky"
    elif check.red_on_base:
        verdict = "red on the base"
    return CheckView(
        name=check.name,
        command=check.command,
        verdict=verdict,
        summary=check.summary,
        seconds=check.seconds,
        failing_lines=check.failing_lines,
        failed_tests=check.failed_tests,
        tail=check.tail,
    )


def _finding(finding: Finding) -> FindingView:
    line = f":{finding.line}" if finding.line else ""
    return FindingView(
        title=finding.title,
        body=finding.body,
        severity=finding.severity,
        evidence=finding.evidence,
        category=finding.category,
        place=f"{finding.path}{line}" if finding.path else None,
    )


def _run(run: RunRow, rows: Rows, around: Surroundings) -> RunView:
    report = run.report
    begun = run.started_at and run.ended_at
    return RunView(
        id=run.id,
        stage=run.stage,
        doing=STAGES[run.stage].doing,
        state=_RUN_STATES[run.state],
        agent=report.agent if report else around.agent_of(rows.job, run),
        ending=report.ending if report else None,
        because=sentence((report.because if report else run.waiting_because) or "") or None,
        seconds=(run.ended_at - run.started_at).total_seconds()
        if begun and run.ended_at and run.started_at
        else None,
        cage=report.cage if report else None,
        denied=report.denied if report else (),
        cost_dollars=report.cost_dollars if report else None,
        has_output=run.id in rows.kept,
        files=tuple(
            FileView(name=name, size_bytes=size)
            for key, size in rows.files.items()
            for of, _, name in [key.partition("/")]
            if of == run.id
        ),
        created_at=run.created_at,
        started_at=run.started_at,
        ended_at=run.ended_at,
    )
