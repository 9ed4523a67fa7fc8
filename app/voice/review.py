"""The review: its body, the comments beside the code, and the check run that carries the verdict."""

from app.domain.critique import Finding, ReviewPlan, Severity
from app.domain.job import Job
from app.voice.text import folded, one_line, prose, within

CHECK_NAME = "Handoff"
_MARKS = {Severity.CRITICAL: "🛑", Severity.HIGH: "🔴", Severity.MEDIUM: "🟡", Severity.LOW: "⚪"}


def inline(finding: Finding) -> str:
    """A comment beside the code: what would go wrong, how sure we are."""
    heading = f"{_MARKS[finding.severity]} **{one_line(finding.title, 120)}** ({finding.severity}, {finding.evidence})"
    return within(f"{heading}\n\n{prose(finding.body)}")


def body(plan: ReviewPlan, summary: str) -> str:
    """The review's body: how much there is, what has no place beside the code, and what the reviewer says."""
    total = len(plan.inline) + len(plan.in_body)
    parts = [_opening(total, len(plan.inline))]
    if plan.in_body:
        listed = "\n\n".join(_listed(finding) for finding in plan.in_body)
        parts.append(folded(f"{len(plan.in_body)} more, not beside the code", listed))
    if summary.strip():
        parts.append(prose(summary))
    return within("\n\n".join(parts))


def _opening(total: int, beside: int) -> str:
    if not total:
        return "I read this change with fresh eyes and found nothing to remark. Please still read it yourself before merging."
    remarks = _remarks(total)
    where = (
        "beside the code"
        if beside == total
        else f"{beside} of them beside the code"
        if beside
        else "listed here"
    )
    return f"I read this change with fresh eyes and have {remarks}, {where}. None of this is an approval."


def _listed(finding: Finding) -> str:
    place = (
        f"`{one_line(finding.path, 200)}`" + (f":{finding.line}" if finding.line else "")
        if finding.path
        else "The change"
    )
    return f"{_MARKS[finding.severity]} **{one_line(finding.title, 120)}** ({finding.severity}, {finding.evidence}), {place}\n\n{prose(finding.body)}"


def posted(plan: ReviewPlan) -> str:
    """The reason that goes into the history when a review has been posted."""
    return f"the review is posted, with {_remarks(len(plan.inline))} beside the code and {len(plan.in_body)} in its body"


def check_title(conclusion: str) -> str:
    """The check run's title for a conclusion of GitHub's."""
    return {"success": "Checked and reviewed", "neutral": "Please look before merging"}.get(
        conclusion, "Not good yet"
    )


def check_summary(job: Job, because: str) -> str:
    """The check run's summary: the verdict in a sentence, and the checks behind it."""
    rows = [
        f"- `{one_line(c.command, 120)}`: {'passed' if c.passed else 'failed'}, {one_line(c.summary, 160)}"
        for c in job.work.checks or ()
    ]
    return within("\n".join([f"{because[:1].upper()}{because[1:]}.", "", *rows]))


def _remarks(count: int) -> str:
    return "one remark" if count == 1 else f"{count} remarks"
