"""What is said where: grave things beside the code, the rest in the body, nothing lost."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.critique import EvidenceClass, Finding, Severity, Side, blocks, plan_review

HUNKS = {("a.py", Side.RIGHT): (range(10, 20), range(40, 45)), ("a.py", Side.LEFT): (range(10, 14),)}


def finding(**changes) -> Finding:
    return Finding(
        **({"title": "t", "body": "b", "severity": Severity.HIGH, "path": "a.py", "line": 12} | changes)
    )


def test_a_grave_finding_on_a_line_of_the_diff_is_inline():
    assert plan_review([finding()], HUNKS, inline_limit=5).inline == (finding(),)


def test_a_line_outside_the_diff_goes_to_the_body():
    plan = plan_review(
        [finding(line=30), finding(path="b.py"), finding(path=None, line=None)], HUNKS, inline_limit=5
    )

    assert plan.inline == ()
    assert len(plan.in_body) == 3


def test_a_range_across_hunks_or_backwards_is_cut_to_its_last_line():
    across = finding(start_line=15, line=42)
    backwards = finding(start_line=14, line=12)

    plan = plan_review([across, backwards], HUNKS, inline_limit=5)

    assert [(f.start_line, f.line) for f in plan.inline] == [(None, 42), (None, 12)]


def test_a_range_within_one_hunk_is_kept():
    assert plan_review([finding(start_line=11)], HUNKS, inline_limit=5).inline[0].start_line == 11


def test_medium_is_inline_only_when_verified_and_low_never_is():
    verified = finding(severity=Severity.MEDIUM, evidence=EvidenceClass.TOOL)
    reasoned = finding(severity=Severity.MEDIUM)
    low = finding(severity=Severity.LOW, evidence=EvidenceClass.EXECUTED)

    assert plan_review([reasoned, low, verified], HUNKS, inline_limit=5).inline == (verified,)


def test_the_gravest_come_first_when_there_is_no_room_for_all():
    critical = finding(severity=Severity.CRITICAL, evidence=EvidenceClass.EXECUTED)

    plan = plan_review([finding(), critical], HUNKS, inline_limit=1)

    assert plan.inline == (critical,)
    assert plan.in_body == (finding(),)


def test_only_critical_and_high_findings_ask_for_a_person():
    assert blocks([finding()])
    assert not blocks([finding(severity=Severity.MEDIUM), finding(severity=Severity.LOW)])


findings = st.builds(
    Finding,
    title=st.just("t"),
    body=st.just("b"),
    severity=st.sampled_from(Severity),
    evidence=st.sampled_from(EvidenceClass),
    path=st.sampled_from([None, "a.py", "b.py"]),
    line=st.none() | st.integers(1, 60),
    start_line=st.none() | st.integers(1, 60),
    side=st.sampled_from(Side),
)


@given(st.lists(findings, max_size=30), st.integers(0, 10))
def test_every_finding_is_said_exactly_once_and_every_anchor_holds(given_findings: list[Finding], limit: int):
    plan = plan_review(given_findings, HUNKS, inline_limit=limit)

    assert len(plan.inline) + len(plan.in_body) == len(given_findings)
    assert len(plan.inline) <= limit
    for placed in plan.inline:
        hunk = next(h for h in HUNKS[placed.path, placed.side] if placed.line in h)
        assert placed.start_line is None or (placed.start_line in hunk and placed.start_line < placed.line)
