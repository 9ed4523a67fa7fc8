"""The life of a job, one event at a time: what follows, and what does not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.agenda import Ending, Stage
from app.domain.critique import Finding, Severity
from app.domain.decide import decide, open_job
from app.domain.effects import (
    Acknowledge,
    CancelRun,
    CompleteCheck,
    MarkReady,
    PostReview,
    RemoveLabel,
    RequestReview,
    SayNeedsYou,
    SayReady,
    SetTimer,
    ShowStatus,
    StartRun,
)
from app.domain.events import (
    HoldExpired,
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
from tests.builders import ADA, AT, report, requested, run_ends


def kinds(effects) -> list[type]:
    return [type(effect) for effect in effects]


def test_a_request_opens_a_job_and_starts_its_first_stage():
    decision = open_job(requested())

    assert decision.effects == (Acknowledge(), ShowStatus(), StartRun(run="jabc.1", stage=Stage.IMPLEMENT))
    assert decision.job.phase is Phase.QUEUED


def test_a_run_that_begins_makes_the_job_active(new_job: Job):
    decision = decide(new_job, RunStarted(at=AT, run="jabc.1"))

    assert decision.job.phase is Phase.ACTIVE
    assert decision.effects == (ShowStatus(),)


def test_success_goes_on_to_the_next_stage(new_job: Job):
    decision = run_ends(new_job, head_sha="h1")

    assert decision.effects == (StartRun(run="jabc.2", stage=Stage.CHECK),)
    assert decision.job.work.head_sha == "h1"


def test_red_checks_park_the_job_and_ask_a_person(new_job: Job):
    job = run_ends(new_job).job

    decision = run_ends(job, Ending.BLOCKED)

    assert kinds(decision.effects) == [SayNeedsYou, ShowStatus]
    assert [hold.kind for hold in decision.job.holds] == [HoldKind.ANSWER]
    assert not decision.job.runnable


def test_a_crash_is_tried_again_after_a_pause_and_then_a_person_is_asked(new_job: Job):
    first = run_ends(new_job, Ending.CRASHED)
    assert first.effects == (SetTimer(key="hold:snooze", due_at=AT + timedelta(seconds=15)), ShowStatus())

    again = decide(first.job, HoldExpired(at=AT, key="hold:snooze"))
    assert StartRun(run="jabc.2", stage=Stage.IMPLEMENT) in again.effects

    second = run_ends(again.job, Ending.CRASHED)
    assert kinds(second.effects) == [SayNeedsYou, ShowStatus]


def test_a_lost_run_starts_again_at_once(new_job: Job):
    decision = run_ends(new_job, Ending.LOST)

    assert StartRun(run="jabc.2", stage=Stage.IMPLEMENT) in decision.effects


def test_a_timer_of_another_hold_lifts_nothing(new_job: Job):
    job = run_ends(new_job, Ending.CRASHED).job

    decision = decide(job, HoldExpired(at=AT, key="hold:rate limit"))

    assert decision.job.holds == job.holds
    assert StartRun not in kinds(decision.effects)


def test_a_review_is_posted_before_the_work_is_announced(published_job: Job):
    finding = Finding(title="Off by one", body="…", severity=Severity.HIGH)
    decision = run_ends(published_job, findings=(finding,), head_sha="h1", summary="One thing.")
    assert decision.effects == (
        PostReview(run="jabc.4", head_sha="h1", findings=(finding,), summary="One thing."),
    )
    assert decision.job.phase is Phase.ACTIVE

    posted = decide(decision.job, ReviewPosted(at=AT, because="the review is posted"))
    assert kinds(posted.effects) == [CompleteCheck, MarkReady, RequestReview, SayReady, ShowStatus]
    assert posted.job.phase is Phase.IN_REVIEW


def test_the_reviewers_summary_does_not_replace_the_changes_own(published_job: Job):
    decision = run_ends(published_job, findings=(), summary="fine", head_sha="h1")

    assert decision.job.work.summary is None


def test_a_grave_finding_makes_the_verdict_neutral_and_a_clean_review_makes_it_a_success(published_job: Job):
    grave = Finding(title="t", body="b", severity=Severity.CRITICAL)

    def verdict(findings) -> str:
        job = run_ends(published_job, findings=findings, head_sha="h1").job
        effects = decide(job, ReviewPosted(at=AT, because="posted")).effects
        return next(effect.conclusion for effect in effects if isinstance(effect, CompleteCheck))

    assert verdict((grave,)) == "neutral"
    assert verdict(()) == "success"


@pytest.mark.parametrize("ending", [Ending.TIMED_OUT, Ending.REFUSED, Ending.OVER_BUDGET])
def test_a_reviewer_that_fails_does_not_hold_up_the_pull_request_and_is_not_hidden(
    published_job: Job, ending: Ending
):
    decision = run_ends(published_job, ending)

    assert decision.job.phase is Phase.IN_REVIEW
    assert CompleteCheck(conclusion="neutral", because=f"it {ending}") in decision.effects


def test_a_review_that_cannot_be_posted_still_ends_in_ready_with_a_neutral_check(published_job: Job):
    job = run_ends(published_job, findings=(), head_sha="h1").job

    decision = decide(job, ReviewImpossible(at=AT, because="the pull request is locked"))

    assert decision.job.phase is Phase.IN_REVIEW
    assert decision.job.work.review_because == "the pull request is locked"


def test_stopping_cancels_the_run_and_takes_the_label_off(new_job: Job):
    decision = decide(new_job, Stopped(at=AT, by=ADA, how="took the label `handoff` off"))

    assert decision.effects == (CancelRun(run="jabc.1"), RemoveLabel(), ShowStatus())
    assert (decision.job.phase, decision.job.close) == (Phase.ENDED, Close.STOPPED)
    assert decision.because == "@ada took the label `handoff` off"


def test_stopping_before_the_verdict_brings_the_check_run_to_an_end(published_job: Job):
    decision = decide(published_job, Stopped(at=AT, by=ADA, how="asked me to stop"))

    assert CompleteCheck in kinds(decision.effects)


def test_a_run_that_ends_after_the_stop_changes_nothing(new_job: Job):
    stopped = decide(new_job, Stopped(at=AT, by=ADA, how="asked me to stop")).job

    decision = decide(stopped, RunEnded(at=AT, run="jabc.1", report=report()))

    assert decision.job == stopped
    assert decision.effects == ()
    assert decision.because == "RunEnded means nothing to a job that is ended"


def test_the_report_of_an_older_run_is_refused(new_job: Job):
    job = run_ends(new_job).job
    job = decide(job, RunStarted(at=AT, run="jabc.2")).job

    decision = decide(job, RunEnded(at=AT, run="jabc.1", report=report(Ending.CRASHED)))

    assert replace(decision.job, changed_at=None) == replace(job, changed_at=None)
    assert decision.effects == ()


def test_merging_ends_the_job_kindly(published_job: Job):
    job = decide(run_ends(published_job, findings=()).job, ReviewPosted(at=AT, because="posted")).job

    decision = decide(job, Settled(at=AT, by=ADA, close=Close.MERGED))

    assert decision.job.close is Close.MERGED
    assert RemoveLabel() in decision.effects


def test_closing_the_issue_before_there_is_a_pull_request_ends_the_job(new_job: Job):
    decision = decide(new_job, SourceGone(at=AT, because="@ada closed the issue"))

    assert decision.job.close is Close.CLOSED


def test_costs_add_up_and_unknown_stays_unknown(new_job: Job):
    unknown = run_ends(new_job).job
    assert unknown.work.cost_dollars is None

    known = run_ends(run_ends(new_job, cost_dollars=0.25).job, cost_dollars=0.5).job
    assert known.work.cost_dollars == 0.75
