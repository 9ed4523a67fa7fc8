"""How a repository words its commits, and how our own subjects follow."""

import pytest

from app.domain.convention import Convention, convention_of

CONVENTIONAL = ["feat: read dates", "fix(clock)!: count hours", "chore: tidy", "docs: say how", "Add a thing"]
PLAIN = ["Read dates", "Count hours", "fix: one of many", "Tidy", "Say how"]


@pytest.mark.parametrize(
    ("subjects", "conventional"),
    [
        (CONVENTIONAL, True),
        (PLAIN, False),
        (CONVENTIONAL[:4], False),
        ([*CONVENTIONAL, *["Merge branch 'x'"] * 20], True),
        ([], False),
    ],
)
def test_the_habit_is_read_off_the_newest_subjects(subjects, conventional):
    assert convention_of(subjects) == Convention(conventional=conventional)


def test_our_own_subject_takes_the_form_and_nobody_elses_is_touched():
    assert Convention().subject("Take in comments") == "Take in comments"
    assert Convention(conventional=True).subject("Take in comments") == "fix: take in comments"
    assert Convention(conventional=True).subject("docs: say how") == "docs: say how"
