"""What a person does to the branch, and says on it, while we are at work."""

from dataclasses import replace
from datetime import timedelta

from app.domain.agenda import REBASING, Stage
from app.domain.conversation import Ask, AskKind
from app.domain.decide import DEBOUNCE_KEY, decide
from app.domain.effects import CancelRun, SetTimer, ShowStatus
from app.domain.events import (
    BranchMoved,
    BranchRewritten,
    ReviewPosted,
    RevisionAsked,
    RevisionDue,
    RevisionNoted,
)
from app.domain.holds import HoldKind
from app.domain.job import Job, Phase
from tests.builders import ADA, AT, run_ends

PUSHED = BranchMoved(at=AT, by=ADA, head_sha="theirs")
ASK = Ask(kind=AskKind.COMMENT, id=9, by=ADA, at=AT, text="Please rename it.")


def in_review(published_job: Job) -> Job:
    """A job whose pull request waits for people, at the commit `h1`."""
    job = replace(published_job, work=replace(published_job.work, pushed_sha="h1"))
    job = run_ends(job, findings=()).job
    return decide(job, ReviewPosted(at=AT, because="it was posted")).job


def test_while_it_waits_for_people_their_commit_is_where_we_go_on(published_job: Job):
    job = in_review(published_job)

    decision = decide(job, PUSHED)

    assert (decision.job.work.head_sha, decision.job.work.pushed_sha) == ("theirs", "theirs")
    assert decision.effects == (ShowStatus(),)


def test_before_anything_new_is_committed_the_stage_begins_anew_from_there(published_job: Job):
    revising = decide(in_review(published_job), RevisionAsked(at=AT, ask=ASK)).job

    decision = decide(revising, PUSHED)

    assert decision.job.work.head_sha == "theirs"
    assert decision.job.stage is Stage.REVISE
    assert CancelRun(run=revising.run.id) in decision.effects


def test_what_is_committed_and_not_pushed_is_brought_together_with_theirs(published_job: Job):
    revising = decide(in_review(published_job), RevisionAsked(at=AT, ask=ASK)).job
    checking = run_ends(revising, head_sha="ours", items=()).job
    assert checking.stage is Stage.CHECK

    decision = decide(checking, PUSHED)

    assert (decision.job.work.head_sha, decision.job.work.pushed_sha) == ("ours", "theirs")
    assert decision.job.agenda[decision.job.cursor :] == REBASING
    assert CancelRun(run=checking.run.id) in decision.effects


def test_a_force_push_calls_off_a_run_that_nobody_has_begun(published_job: Job):
    revising = decide(in_review(published_job), RevisionAsked(at=AT, ask=ASK)).job
    assert revising.run is not None
    assert not revising.run.started

    decision = decide(revising, BranchRewritten(at=AT, by=ADA, head_sha="theirs"))

    assert CancelRun(run=revising.run.id) in decision.effects
    assert [hold.kind for hold in decision.job.holds] == [HoldKind.ANSWER]


def test_a_loose_comment_waits_sixty_seconds_for_more_and_each_one_starts_the_wait_anew(published_job: Job):
    job = in_review(published_job)
    first = decide(job, RevisionNoted(at=AT, ask=ASK))
    later = AT + timedelta(seconds=40)
    second = decide(first.job, RevisionNoted(at=later, ask=replace(ASK, id=10)))

    assert first.effects == (SetTimer(key=DEBOUNCE_KEY, due_at=AT + timedelta(seconds=60)),)
    assert second.effects == (SetTimer(key=DEBOUNCE_KEY, due_at=AT + timedelta(seconds=100)),)
    assert second.job.phase is Phase.IN_REVIEW
    due = decide(second.job, RevisionDue(at=AT + timedelta(seconds=100)))
    assert [ask.id for ask in due.job.run.asks] == [9, 10]
