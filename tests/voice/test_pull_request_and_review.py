"""The words of a pull request, its commit, its review and its check run."""

from dataclasses import replace

from inline_snapshot import snapshot

from app.domain.critique import Finding, ReviewPlan, Severity
from app.domain.decide import open_job
from app.domain.job import CheckResult, Job
from app.voice import pull_request, review
from tests.builders import requested

GREEN = CheckResult(name="tests", command="pytest -q", passed=True, seconds=3, summary="12 passed")
HIGH = Finding(title="Off by one", body="With 0 it fails.", severity=Severity.HIGH, path="a.py", line=3)
LOW = replace(HIGH, severity=Severity.LOW, title="A name", line=None)


def job() -> Job:
    opened = open_job(requested()).job
    work = replace(
        opened.work, title="Read dates as UTC", summary="It does.", why="It did not.", how_checked="I ran it.",
        checks=(GREEN,), agents=("claude",),
    )  # fmt: skip
    return replace(opened, work=work)


def test_the_body_begins_with_what_was_proved():
    assert pull_request.body(job(), template="- [ ] read the rules") == snapshot("""\
**`tests` passes on this commit**, run by Handoff in a fresh clone, not by the agent.

## What

It does.

## Why

It did not.

Fixes #12

## How it was checked

| command | result | it said | time |
|---|---|---|---|
| `pytest -q` | passed | 12 passed | 3 s |

The agent says: I ran it.

<details>
<summary>The template of this repository</summary>

- [ ] read the rules

</details>

---
_Written by `claude` for @ada, who handed over #12. Handoff never merges._\
""")


def test_without_checks_the_body_says_so_first():
    unproved = replace(job(), work=replace(job().work, checks=()))
    assert pull_request.body(unproved).startswith(
        "**No checks are configured here, so nothing was run on this change.**"
    )


def test_a_title_is_one_short_line():
    long = replace(job(), work=replace(job().work, title="x\n" * 200))
    assert len(pull_request.title(long)) <= 72
    assert "\n" not in pull_request.title(long)


def test_the_commit_says_what_why_and_who():
    said = pull_request.commit_message(job(), subject="Read dates as UTC", summary="It does.", agent="claude")
    assert said == snapshot("""\
Read dates as UTC

It does.

Refs #12
Assisted-by: claude
""")


def test_a_review_says_how_much_there_is_and_folds_the_rest():
    assert review.body(ReviewPlan(inline=(HIGH,), in_body=(LOW,)), "All in all fine.") == snapshot("""\
I read this change with fresh eyes and have 2 remarks, 1 of them beside the code. None of this is an approval.

<details>
<summary>1 more, not beside the code</summary>

⚪ **A name** (low, reasoned), `a.py`

With 0 it fails.

</details>

All in all fine.\
""")
    assert review.inline(HIGH) == snapshot("""\
🔴 **Off by one** (high, reasoned)

With 0 it fails.\
""")


def test_a_clean_review_still_asks_for_a_reader():
    assert review.body(ReviewPlan(inline=(), in_body=()), "") == snapshot(
        "I read this change with fresh eyes and found nothing to remark. Please still read it yourself before merging."
    )


def test_the_check_run_gives_its_reason():
    assert review.check_summary(job(), "the checks passed") == snapshot("""\
The checks passed.

- `pytest -q`: passed, 12 passed\
""")
