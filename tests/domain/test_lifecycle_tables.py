"""The three tables are the law, so they are tested as tables; then whole lives are drawn at random."""

from itertools import product
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import lifecycle
from app.domain.agenda import STAGES, Ending, Role, Stage
from app.domain.decide import decide, open_job
from app.domain.effects import StartRun
from app.domain.events import (
    Event,
    HoldExpired,
    JobRequested,
    ReviewImpossible,
    ReviewPosted,
    RunEnded,
    RunStarted,
    Settled,
    SourceGone,
    Stopped,
)
from app.domain.holds import HoldKind
from app.domain.job import Close, Job, Phase
from app.domain.lifecycle import Step
from tests.builders import ADA, AT, report, requested


def test_every_phase_has_a_row():
    assert set(lifecycle.PHASES) == set(Phase)


def test_every_hold_has_a_row():
    assert set(lifecycle.LIFTS) == set(HoldKind)


def test_every_role_has_a_row_for_every_ending():
    assert {role: set(row) for role, row in lifecycle.ENDINGS.items()} == {role: set(Ending) for role in Role}


def test_every_stage_has_a_kind():
    assert set(STAGES) == set(Stage)


def test_every_event_but_the_request_means_something_somewhere():
    heard = {event for row in lifecycle.PHASES.values() for event in row}
    assert heard == set(get_args(Event)) - {JobRequested}


def test_every_phase_can_be_reached():
    reached = {Phase.QUEUED, Phase.IN_REVIEW} | {p for row in lifecycle.PHASES.values() for p in row.values()}
    assert reached == set(Phase)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.ENDED])
def test_anything_unfinished_can_be_stopped(phase: Phase):
    assert lifecycle.after(phase, Stopped) is Phase.ENDED


def test_nothing_leads_out_of_the_end():
    assert lifecycle.PHASES[Phase.ENDED] == {}


@pytest.mark.parametrize("role", list(Role))
def test_trying_again_comes_to_an_end(role: Role):
    for ending in Ending:
        steps = [lifecycle.follow(role, ending, attempts).step for attempts in range(1, 30)]
        assert steps[-1] is not Step.AGAIN


@pytest.mark.parametrize(("role", "ending"), list(product([Role.MAKE, Role.CHECK, Role.PUBLISH], Ending)))
def test_nothing_is_published_past_a_run_that_did_not_succeed(role: Role, ending: Ending):
    for attempts in range(1, 10):
        step = lifecycle.follow(role, ending, attempts).step
        assert step in {Step.AGAIN, Step.ASK, Step.MEND} or ending is Ending.SUCCEEDED


def _events() -> st.SearchStrategy[object]:
    """Any event, for the run under way, an older one, or none."""
    return st.one_of(
        st.just("start"),
        st.tuples(st.just("end"), st.sampled_from(list(Ending))),
        st.just(ReviewPosted(at=AT, because="posted")),
        st.just(ReviewImpossible(at=AT, because="impossible")),
        st.just(HoldExpired(at=AT, key="hold:snooze")),
        st.just(RunEnded(at=AT, run="jabc.0", report=report())),
        st.just(RunStarted(at=AT, run="jabc.0")),
        st.sampled_from(
            [
                Stopped(at=AT, by=ADA, how="asked me to stop"),
                SourceGone(at=AT, because="closed"),
                Settled(at=AT, by=ADA, close=Close.MERGED),
            ]
        ),
    )


def _event(job: Job, drawn: object) -> Event | None:
    run = job.run.id if job.run else "jabc.0"
    if drawn == "start":
        return RunStarted(at=AT, run=run)
    if isinstance(drawn, tuple):
        return RunEnded(at=AT, run=run, report=report(drawn[1]))
    return drawn


@settings(max_examples=400, deadline=None)
@given(st.lists(_events(), max_size=40))
def test_in_any_life_there_is_one_live_run_at_most_and_the_end_is_final(drawn: list[object]):
    job = open_job(requested()).job
    live = {"jabc.1"}
    for item in drawn:
        event = _event(job, item)
        was_open = job.open
        decision = decide(job, event)
        started = [effect.run for effect in decision.effects if isinstance(effect, StartRun)]

        assert len(started) <= 1
        assert decision.because
        if not was_open:
            assert decision.job == job
            assert decision.effects == ()
        if started:
            assert decision.job.run is not None
            assert started == [decision.job.run.id]
            assert started[0] not in live, "a run id is never used twice"
            live.add(started[0])
        if decision.job.phase is Phase.ENDED:
            assert decision.job.run is None
            assert not decision.job.holds
        if decision.job.holds:
            assert not decision.job.runnable
        assert 0 <= decision.job.cursor <= len(decision.job.agenda)
        job = decision.job


@settings(max_examples=200, deadline=None)
@given(st.lists(_events(), max_size=40))
def test_an_open_job_always_has_somebody_who_moves_it(drawn: list[object]):
    """A run, a hold, a review that is being posted, or a person with a pull request: never nothing."""
    job = open_job(requested()).job
    for item in drawn:
        job = decide(job, _event(job, item)).job
    posting = job.stage is not None and STAGES[job.stage].role is Role.JUDGE and job.run is None
    assert not job.open or job.run or job.holds or job.phase is Phase.IN_REVIEW or posting
