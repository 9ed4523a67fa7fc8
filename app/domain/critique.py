"""Findings and what is said of them where. Pure: the diff arrives as the lines that can carry a comment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """How bad it would be to merge this as it is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class EvidenceClass(StrEnum):
    """What a finding rests on: something that was run, a tool's word, or reasoning."""

    EXECUTED = "executed"
    TOOL = "tool"
    REASONED = "reasoned"


class Side(StrEnum):
    """Which side of the diff a line number counts on (GitHub's words)."""

    RIGHT = "RIGHT"
    LEFT = "LEFT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One review remark. `line` counts from 1 on `side`; None speaks of the whole file or change."""

    title: str
    body: str
    severity: Severity
    evidence: EvidenceClass = EvidenceClass.REASONED
    category: str = "general"
    path: str | None = None
    line: int | None = None
    start_line: int | None = None
    side: Side = Side.RIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPlan:
    """A review as it will be posted: some findings beside the code, the others in the body."""

    inline: tuple[Finding, ...]
    in_body: tuple[Finding, ...]


Hunks = Mapping[tuple[str, Side], tuple[range, ...]]
"""The lines that can carry a comment: for each path and side, one range of line numbers a hunk."""

_ORDER = {severity: place for place, severity in enumerate(Severity)}
_STRENGTH = {evidence: place for place, evidence in enumerate(EvidenceClass)}
_INLINE = {Severity.CRITICAL, Severity.HIGH}


def plan_review(findings: Iterable[Finding], hunks: Hunks, *, inline_limit: int) -> ReviewPlan:
    """Choose what is said beside the code: grave findings, and medium ones that were verified, first come first.

    A finding whose anchor the diff does not have is never lost: it goes to the body. GitHub refuses a
    whole review for one bad anchor, and a range must lie in one hunk
    (https://docs.github.com/rest/pulls/reviews, and observed 422s).
    """
    ordered = sorted(findings, key=lambda f: (_ORDER[f.severity], _STRENGTH[f.evidence]))
    inline: list[Finding] = []
    in_body: list[Finding] = []
    for finding in ordered:
        anchored = _anchored(finding, hunks)
        if anchored is not None and _deserves_a_line(finding) and len(inline) < inline_limit:
            inline.append(anchored)
        else:
            in_body.append(finding)
    return ReviewPlan(inline=tuple(inline), in_body=tuple(in_body))


def _deserves_a_line(finding: Finding) -> bool:
    verified = finding.evidence is not EvidenceClass.REASONED
    return finding.severity in _INLINE or (finding.severity is Severity.MEDIUM and verified)


def _anchored(finding: Finding, hunks: Hunks) -> Finding | None:
    """Return the finding with an anchor that GitHub takes, its range cut to one line if need be, or None."""
    if finding.path is None or finding.line is None:
        return None
    hunk = next((h for h in hunks.get((finding.path, finding.side), ()) if finding.line in h), None)
    if hunk is None:
        return None
    start = finding.start_line
    if start is not None and (start >= finding.line or start not in hunk):
        return replace(finding, start_line=None)
    return finding


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether a person should look before merging: a critical or high finding is open."""
    return any(finding.severity in _INLINE for finding in findings)
