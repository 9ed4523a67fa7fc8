"""Who may ask what, and the stored reason for every no."""

from dataclasses import replace

import pytest

from app.domain.admit import Ignored, admit
from app.domain.events import JobRequested, RunEnded, Settled, SourceGone, Stopped
from app.domain.evidence import WRITERS, Evidence, IssueState, Look, RepositoryState, Us, looks
from app.domain.facts import (
    CommentWritten,
    IssueClosed,
    IssueLabeled,
    IssueUnlabeled,
    PullRequestClosed,
    ReviewSubmitted,
    RunReported,
)
from app.domain.ids import Actor
from app.domain.job import Close, Job, Phase
from app.domain.policy import Policy
from tests.builders import ADA, AT, REPOSITORY, report

US = Us(slug="handoff", label="handoff")
WHERE = {"repository": REPOSITORY, "number": 12, "by": ADA, "at": AT}
LABELED = IssueLabeled(
    act_key="labeled:1", label="handoff", title="Dates", body="Use UTC.", author=ADA, **WHERE
)
GOOD = Evidence(
    us=US,
    role="write",
    repository=RepositoryState(default_branch="main", private=True, archived=False, empty=False),
    issue=IssueState(open=True, labels=("handoff",), title="Dates", body="Use UTC.", is_pull_request=False),
    policy=Policy(),
)


def refusal(fact, evidence) -> str:
    answer = admit(fact, evidence, AT)
    assert isinstance(answer, Ignored)
    return answer.because


@pytest.mark.parametrize("role", sorted(WRITERS))
def test_a_writer_who_labels_an_issue_asks_for_a_job(role: str):
    event = admit(LABELED, replace(GOOD, role=role), AT)

    assert isinstance(event, JobRequested)
    assert event.branch == "handoff/12-dates"
    assert event.snapshot.body == "Use UTC."


@pytest.mark.parametrize("role", [None, "none", "read", "triage", "somethingnew"])
def test_everybody_else_is_refused_with_their_role_named(role: str | None):
    assert "handing work over needs write" in refusal(LABELED, replace(GOOD, role=role))


def test_the_same_act_names_the_same_job_and_another_act_another():
    again = admit(replace(LABELED, at=AT), GOOD, AT)
    first = admit(LABELED, GOOD, AT)
    other = admit(replace(LABELED, act_key="labeled:2"), GOOD, AT)

    assert again.job == first.job != other.job


def test_a_second_job_of_an_issue_has_a_branch_of_its_own():
    assert admit(LABELED, replace(GOOD, earlier_jobs=1), AT).branch == "handoff/12-dates-2"


@pytest.mark.parametrize(
    ("fact", "evidence", "because"),
    [
        (replace(LABELED, label="bug"), GOOD, "the label `bug` is not mine; mine is `handoff`"),
        (replace(LABELED, by=Actor(login="bot", id=5, is_bot=True)), GOOD, "only people hand work over"),
        (replace(LABELED, is_pull_request=True), GOOD, "put on a pull request"),
        (LABELED, replace(GOOD, gone="the issue is gone"), "the issue is gone"),
        (LABELED, replace(GOOD, repository=replace(GOOD.repository, archived=True)), "archived"),
        (LABELED, replace(GOOD, repository=replace(GOOD.repository, empty=True)), "the repository is empty"),
        (LABELED, replace(GOOD, issue=replace(GOOD.issue, open=False)), "the issue is closed"),
        (LABELED, replace(GOOD, issue=replace(GOOD.issue, labels=())), "taken off again"),
        (LABELED, replace(GOOD, issue=replace(GOOD.issue, body="Evil.")), "changed after it was labelled"),
        (LABELED, replace(GOOD, bad_policy="`x` is wrong."), "`x` is wrong."),
    ],
)
def test_every_no_has_its_reason(fact, evidence, because: str):
    assert because in refusal(fact, evidence)


def test_what_a_person_can_mend_is_told_on_the_thread():
    answer = admit(LABELED, replace(GOOD, repository=replace(GOOD.repository, empty=True)), AT)

    assert "Please push a first commit" in answer.tell


def test_a_strangers_label_is_not_told_on_the_thread():
    assert admit(LABELED, replace(GOOD, role="read"), AT).tell is None


def test_taking_the_label_off_stops_the_job(new_job: Job):
    fact = IssueUnlabeled(act_key="u1", label="handoff", **WHERE)

    assert isinstance(admit(fact, replace(GOOD, job=new_job), AT), Stopped)
    assert refusal(fact, GOOD) == "there is no open job here"
    assert "is not mine" in refusal(replace(fact, label="bug"), replace(GOOD, job=new_job))


def test_our_own_removal_of_the_label_stops_nothing(new_job: Job):
    ours = IssueUnlabeled(
        act_key="u2", label="handoff", **{**WHERE, "by": Actor(login="handoff[bot]", id=99, is_bot=True)}
    )

    assert "is a bot" in refusal(ours, replace(GOOD, job=new_job))


def test_closing_the_issue_ends_a_job_that_has_nothing_to_merge_yet(new_job: Job):
    fact = IssueClosed(act_key="c1", **WHERE)
    in_review = replace(new_job, phase=Phase.IN_REVIEW, run=None)

    assert isinstance(admit(fact, replace(GOOD, job=new_job), AT), SourceGone)
    assert "merging or closing it ends the job" in refusal(fact, replace(GOOD, job=in_review))


@pytest.mark.parametrize(("merged", "close"), [(True, Close.MERGED), (False, Close.CLOSED)])
def test_a_closed_pull_request_settles_its_job(new_job: Job, merged: bool, close: Close):
    fact = PullRequestClosed(act_key="p1", merged=merged, **WHERE)

    assert admit(fact, replace(GOOD, job=new_job), AT) == Settled(at=AT, by=ADA, close=close)


def test_comments_and_reviews_are_kept_with_a_reason(new_job: Job):
    comment = CommentWritten(act_key="c:1", comment_id=1, body="/tmp", on_pull_request=False, **WHERE)
    review = ReviewSubmitted(act_key="r:1", review_id=1, state="commented", body="", **WHERE)

    assert refusal(comment, replace(GOOD, job=new_job)) == "it is not addressed to me"
    assert refusal(review, GOOD) == "there is no open job here"


def test_a_report_becomes_the_runs_ending(new_job: Job):
    fact = RunReported(act_key="run:1", run="jabc.1", **WHERE)

    assert isinstance(admit(fact, replace(GOOD, job=new_job, report=report()), AT), RunEnded)
    assert "has left no report" in refusal(fact, replace(GOOD, job=new_job))


def test_only_a_label_of_ours_on_an_issue_without_a_job_costs_github_anything(new_job: Job):
    assert looks(LABELED, US, None) == (Look.ROLE, Look.REPOSITORY, Look.ISSUE, Look.POLICY)
    assert looks(LABELED, US, new_job) == ()
    assert looks(replace(LABELED, label="bug"), US, None) == ()
    assert looks(IssueClosed(act_key="c1", **WHERE), US, new_job) == ()
