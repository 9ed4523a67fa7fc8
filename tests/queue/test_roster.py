"""Who gets a place: rules without tasks or clock, and one property that no order of wakes may break."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from workers.roster import Roster


def arrived(*subjects, capacity, waiting_limit=100):
    roster = Roster(capacity, waiting_limit)
    for subject in subjects:
        assert roster.arrive(subject)
    return roster


def test_places_are_given_in_order_of_arrival():
    roster = arrived("run:1", "run:2", "run:3", capacity=2)

    assert roster.start() == ["run:1", "run:2"]
    assert roster.start() == []
    roster.leave("run:2")
    assert roster.start() == ["run:3"]


def test_each_kind_has_its_own_places():
    assert sorted(arrived("run:1", "run:2", "lane:1:1", capacity=1).start()) == ["lane:1:1", "run:1"]


def test_a_subject_that_waits_is_not_queued_twice():
    roster = arrived("run:1", "run:2", "run:2", capacity=1)
    roster.start()
    roster.leave("run:1")

    assert roster.start() == ["run:2"]
    roster.leave("run:2")
    assert roster.start() == []


def test_a_subject_woken_while_it_runs_goes_to_the_end_of_the_line():
    roster = arrived("run:1", "run:2", capacity=1)
    assert roster.start() == ["run:1"]
    roster.arrive("run:1")
    roster.arrive("run:1")

    roster.leave("run:1")
    assert roster.start() == ["run:2"]
    roster.leave("run:2")
    assert roster.start() == ["run:1"]
    roster.leave("run:1")
    assert roster.start() == []


def test_too_many_waiting_are_refused_but_what_runs_can_still_be_woken():
    roster = arrived("run:1", capacity=1, waiting_limit=1)
    roster.start()
    assert roster.arrive("run:2")

    assert not roster.arrive("run:3")
    assert roster.arrive("run:2")
    assert roster.arrive("run:1")


wakes = st.tuples(
    st.just("wake"), st.builds("{}:{}".format, st.sampled_from(["run", "lane"]), st.integers(0, 4))
)
ends = st.tuples(st.just("end"), st.integers(0, 20))


@given(st.lists(wakes | ends, max_size=60), st.integers(1, 3))
def test_every_wake_is_followed_by_a_handling_and_never_beyond_capacity(story, capacity):
    roster, running, owed = Roster(capacity, 1000), [], set()

    def begin():
        for subject in roster.start():
            assert subject not in running
            running.append(subject)
            owed.discard(subject)
        assert max(Counter(subject.partition(":")[0] for subject in running).values(), default=0) <= capacity

    for what, detail in story:
        if what == "wake":
            roster.arrive(detail)
            owed.add(detail)
        elif running:
            roster.leave(running.pop(detail % len(running)))
        begin()
    while running:
        roster.leave(running.pop(0))
        begin()

    assert not owed
