"""The spike guard: how much may begin, or be spent, within ten minutes, and from when on it is counted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.agenda import STAGES, Role
from app.domain.schedule import is_pause, why_paused
from app.domain.spike import COUNTED, WINDOW, Allowed, Seen, since, why_pause

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SEEN = st.builds(Seen, starts=st.integers(0, 500), dollars=st.floats(0, 1000, allow_nan=False))
MOMENTS = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("seen", "allowed", "why"),
    [
        (Seen(starts=0, dollars=0), Allowed(starts=1, dollars=1), None),
        (Seen(starts=59, dollars=50), Allowed(starts=60, dollars=50), None),
        (
            Seen(starts=60, dollars=0),
            Allowed(starts=60, dollars=50),
            "60 agents were started within ten minutes and another was to be, and 60 may be",
        ),
        (
            Seen(starts=1, dollars=0),
            Allowed(starts=1),
            "1 agent was started within ten minutes and another was to be, and 1 may be",
        ),
        (
            Seen(starts=3, dollars=50.01),
            Allowed(starts=60, dollars=50),
            "$50.01 were spent within ten minutes, and $50.00 may be",
        ),
    ],
)
def test_more_than_is_allowed_pauses_and_says_both_numbers(seen: Seen, allowed: Allowed, why: str | None):
    assert why_pause(seen, allowed) == why


@given(SEEN)
def test_without_limits_nothing_ever_pauses(seen: Seen):
    assert why_pause(seen, Allowed()) is None


@given(SEEN, st.integers(0, 100), st.floats(0, 100), st.integers(1, 500), st.floats(0.01, 1000))
def test_what_was_too_much_is_too_much_when_there_is_more(
    seen: Seen, more: int, spent: float, starts: int, dollars: float
):
    allowed = Allowed(starts=starts, dollars=dollars)
    later = Seen(starts=seen.starts + more, dollars=seen.dollars + spent)

    if why_pause(seen, allowed):
        assert why_pause(later, allowed)


@given(st.integers(1, 500), st.integers(1, 500))
def test_never_more_agents_are_started_than_may_be(allowed: int, wanted: int):
    started = 0
    for _ in range(wanted):
        if why_pause(Seen(starts=started, dollars=0), Allowed(starts=allowed)) is None:
            started += 1

    assert started == min(allowed, wanted)


@given(MOMENTS, MOMENTS)
def test_the_window_is_ten_minutes_and_begins_anew_when_a_person_lets_it_go_on(
    one: datetime, other: datetime
):
    now, let_go_on_at = max(one, other), min(one, other)
    if now - datetime.min.replace(tzinfo=UTC) < WINDOW:
        return

    assert since(now, None) == now - WINDOW
    assert let_go_on_at <= since(now, let_go_on_at) <= now
    assert now - since(now, let_go_on_at) <= WINDOW


def test_it_counts_from_the_moment_at_which_it_was_let_go_on():
    assert since(NOON, NOON - timedelta(minutes=1)) == NOON - timedelta(minutes=1)
    assert since(NOON, NOON - timedelta(hours=1)) == NOON - timedelta(minutes=10)


def test_the_stages_that_count_are_those_in_which_an_agent_works():
    assert {STAGES[stage].role for stage in COUNTED} == {Role.MAKE, Role.JUDGE}


def test_a_run_that_waits_for_it_is_told_apart_from_one_that_waits_for_a_place():
    assert is_pause(why_paused("$51.00 were spent within ten minutes, and $50.00 may be"))
    assert not is_pause("4 runs are under way, and 4 may be")
    assert not is_pause("")
