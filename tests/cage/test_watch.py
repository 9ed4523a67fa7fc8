"""The limits of time, as bookkeeping: no clock, no cage."""

from hypothesis import given
from hypothesis import strategies as st

from workers.cage.supervise.watch import (
    STALLED,
    STEP_COUNTED_SECONDS,
    TIMED_OUT,
    UNATTENDED,
    Watch,
)

steps = st.lists(st.floats(0, 100_000), min_size=1, max_size=60)


def watch(**known):
    return Watch(**{"timeout_seconds": 60, "stall_seconds": 30, "unattended_seconds": 10, **known})


def lived_through(one, seconds, *, step=0.25):
    now = 0.0
    one.advance(now)
    while now < seconds:
        now += step
        one.advance(now)
    return one


@given(steps)
def test_however_long_a_step_was_it_counts_for_little(pauses):
    one, now = watch(), 0.0
    one.advance(now)
    for pause in pauses:
        now += pause
        one.advance(now)
    assert one.lived <= len(pauses) * STEP_COUNTED_SECONDS + 1e-6


@given(steps)
def test_a_clock_that_goes_back_takes_no_time_away(instants):
    one, before = watch(), 0.0
    for instant in instants:
        one.advance(instant)
        assert one.lived >= before
        before = one.lived


def test_time_that_is_lived_through_counts_whole():
    assert lived_through(watch(stall_seconds=1000), 59).verdict() is None
    assert lived_through(watch(stall_seconds=1000), 60).verdict() == TIMED_OUT


def test_a_word_ends_a_silence():
    one = lived_through(watch(), 29)
    assert one.verdict() is None
    one.heard()
    assert one.silent == 0
    assert lived_through(watch(), 30).verdict() == STALLED


def test_being_alone_is_counted_from_the_last_visitor():
    one = watch(attended=False)
    assert lived_through(one, 9).verdict() is None
    one.attended = True
    one.advance(9.5)
    assert one.alone == 0
    assert lived_through(watch(attended=False), 10).verdict() == UNATTENDED


def test_a_cage_that_may_not_outlive_its_worker_ends_at_once():
    one = watch(unattended_seconds=0, attended=False)
    one.advance(0)
    assert one.verdict() == UNATTENDED
