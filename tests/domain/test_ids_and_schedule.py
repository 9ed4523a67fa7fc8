"""Ids are derived, never drawn; and the scheduler says why somebody waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import ids
from app.domain.errors import NotAllowed, TryAgain
from app.domain.schedule import Candidate, Limits, why_wait


@given(st.text(max_size=200), st.integers(1, 10**6), st.integers(1, 9))
def test_a_branch_is_always_a_valid_short_name(title: str, number: int, ordinal: int):
    name = ids.branch("handoff/", number, title, ordinal)

    assert name.startswith(f"handoff/{number}-")
    assert len(name) < 80
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-/")
    assert not name.endswith("-")


@given(st.text(), st.text())
def test_different_acts_have_different_jobs(one: str, other: str):
    assert (ids.job_id(one) == ids.job_id(other)) is (one == other)


RUN = Candidate(run="a.1", repository_id=1)


@pytest.mark.parametrize(
    ("running", "limits", "stopped", "why"),
    [
        (0, Limits(), False, None),
        (4, Limits(runs=4), False, "4 runs are under way, and 4 may be"),
        (
            2,
            Limits(runs=9, runs_per_repository=2),
            False,
            "2 runs are under way in this repository, and 2 may be",
        ),
        (0, Limits(), True, "everything is stopped (`handoff stop --all`)"),
    ],
)
def test_whoever_waits_is_told_why(running: int, limits: Limits, stopped: bool, why: str | None):
    others = [Candidate(run=f"b.{n}", repository_id=1) for n in range(running)]

    assert why_wait(RUN, others, limits, stopped=stopped) == why


def test_an_error_without_words_says_its_default_sentence():
    assert str(NotAllowed()) == "Only people with write access to the repository can ask me that."
    assert str(TryAgain("soon", after_seconds=3)) == "soon"
