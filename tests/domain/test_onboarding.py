"""What a new repository is offered, what it is not and why, and how little such a job may do."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.admit import Ignored, admit
from app.domain.agenda import CONFIGURING, Ending, Role
from app.domain.decide import decide, open_job
from app.domain.effects import CancelRun, SayWords, SetTimer, StartRun
from app.domain.events import (
    BranchRewritten,
    JobRequested,
    PullRequestTouched,
    Settled,
    Stopped,
    WordsAsked,
)
from app.domain.evidence import OFFERS_AT_ONCE, Evidence, Look, Moved, RepositoryState, Us, looks
from app.domain.facts import (
    BranchPushed,
    CommandGiven,
    CommentWritten,
    ConflictSeen,
    RepositoryInstalled,
    ReviewSubmitted,
)
from app.domain.ids import NO_ISSUE, Actor
from app.domain.job import CheckResult, Close, Job, Kind, Phase
from app.domain.kinds import KINDS
from app.domain.lifecycle import Step, follow
from app.domain.offer import Offer, as_found, setup_checks, untried
from app.domain.policy import PATH, Check, Policy
from app.domain.verbs import Help, Review
from tests.builders import ADA, AT, PULL, REPOSITORY, published, requested, run_ends

US = Us(slug="handoff", label="handoff")
WHERE = {"repository": REPOSITORY, "by": ADA, "at": AT}
INSTALLED = RepositoryInstalled(act_key="installed:3:7", number=NO_ISSUE, **WHERE)
GOOD = Evidence(
    us=US,
    repository=RepositoryState(default_branch="main", private=True, archived=False, empty=False),
    policy=Policy(),
)
OFF = Us(slug="handoff", label="handoff", onboarding=False)
BOT = Actor(login="renovate[bot]", id=9, is_bot=True)


def offer() -> Job:
    asked = admit(INSTALLED, GOOD, AT)
    assert isinstance(asked, JobRequested)
    return open_job(asked).job


def in_review() -> Job:
    job = run_ends(offer(), head_sha="h1", base_sha="b1", checks=()).job
    return run_ends(job, pull_request=PULL, pushed_sha="h1", head_sha="h1").job


def test_a_repository_that_came_to_us_is_offered_a_configuration():
    asked = admit(INSTALLED, GOOD, AT)

    assert isinstance(asked, JobRequested)
    assert (asked.kind, asked.number, asked.branch) == (Kind.CONFIGURE, 0, "handoff/configure")
    assert offer().agenda == CONFIGURING


@pytest.mark.parametrize(
    ("fact", "evidence", "because"),
    [
        (replace(INSTALLED, by=BOT), GOOD, "only people are offered a configuration"),
        (INSTALLED, replace(GOOD, us=OFF), "HANDOFF_ONBOARDING=off"),
        (INSTALLED, replace(GOOD, job=open_job(requested()).job), "being offered already"),
        (INSTALLED, replace(GOOD, earlier_jobs=1), "I do not ask twice"),
        (replace(INSTALLED, place=11, together=200), GOOD, "200 repositories came at once"),
        (INSTALLED, replace(GOOD, gone="it is gone"), "it is gone"),
        (INSTALLED, replace(GOOD, repository=None), "could not be found"),
        (INSTALLED, replace(GOOD, repository=replace(GOOD.repository, archived=True)), "archived"),
        (INSTALLED, replace(GOOD, repository=replace(GOOD.repository, empty=True)), "is empty"),
        (INSTALLED, replace(GOOD, repository=replace(GOOD.repository, fork=True)), "is a fork"),
        (INSTALLED, replace(GOOD, policy=Policy(from_file=True)), f"there is a `{PATH}` already"),
        (INSTALLED, replace(GOOD, policy=None, bad_policy="`cheks`"), "though it cannot be read: `cheks`"),
        (INSTALLED, replace(GOOD, offered=3), "was offered in #3, and I do not ask twice"),
    ],
)
def test_every_no_has_its_reason(fact: RepositoryInstalled, evidence: Evidence, because: str):
    answer = admit(fact, evidence, AT)

    assert isinstance(answer, Ignored)
    assert because in answer.because
    assert answer.tell is None, "nobody asked, so nobody is told"


@pytest.mark.parametrize(
    ("fact", "us", "asked"),
    [
        (INSTALLED, US, (Look.REPOSITORY, Look.POLICY, Look.OFFER)),
        (replace(INSTALLED, place=OFFERS_AT_ONCE), US, (Look.REPOSITORY, Look.POLICY, Look.OFFER)),
        (replace(INSTALLED, place=OFFERS_AT_ONCE + 1), US, ()),
        (replace(INSTALLED, by=BOT), US, ()),
        (INSTALLED, OFF, ()),
    ],
)
def test_github_is_asked_only_where_the_answer_counts(fact: RepositoryInstalled, us: Us, asked: object):
    assert looks(fact, us, None) == asked


def test_the_whole_life_says_nothing_on_github_but_its_pull_request():
    asked = admit(INSTALLED, GOOD, AT)
    opened = open_job(asked)
    tried = run_ends(opened.job, head_sha="h1", base_sha="b1", checks=())
    proposed = run_ends(tried.job, pull_request=PULL, pushed_sha="h1")
    merged = decide(proposed.job, Settled(at=AT, by=ADA, close=Close.MERGED))

    every = (opened, tried, proposed, merged)
    assert {type(e) for decision in every for e in decision.effects} == {StartRun}
    assert (proposed.job.phase, merged.job.phase, merged.job.close) == (
        Phase.IN_REVIEW,
        Phase.ENDED,
        Close.MERGED,
    )


@pytest.mark.parametrize("ending", [ending for ending in Ending if ending is not Ending.SUCCEEDED])
def test_an_offer_that_fails_is_let_be_and_asks_nobody(ending: Ending):
    steps = {follow(Role.OFFER, ending, attempts).step for attempts in range(1, 30)}
    assert steps <= {Step.AGAIN, Step.LEAVE}
    assert follow(Role.OFFER, ending, 30).step is Step.LEAVE


def test_what_is_let_be_ends_with_its_reason():
    job = run_ends(offer(), Ending.REFUSED, because="something is in the way").job

    assert (job.phase, job.close, job.because, job.run) == (
        Phase.ENDED,
        Close.STOPPED,
        "something is in the way",
        None,
    )


REVIEWED = replace(GOOD, role="write", review_comments=0)


@pytest.mark.parametrize(
    "fact",
    [
        CommentWritten(
            act_key="comment:1", number=40, comment_id=1, body="@handoff use pytest", on_pull_request=True, **WHERE
        ),
        ReviewSubmitted(
            act_key="review:1", number=40, review_id=1, state="changes_requested", body="Use pytest.", **WHERE
        ),
        CommandGiven(
            act_key="comment:2:1", number=40, comment_id=2, place=1, command=Review(), on_pull_request=True, **WHERE
        ),
    ],
)  # fmt: skip
def test_nobody_makes_an_agent_change_it(fact):
    job = in_review()
    event = admit(fact, replace(REVIEWED, job=job), AT)
    decision = decide(job, event)

    assert event == WordsAsked(at=AT, by=ADA, what="by-hand", key="by-hand")
    assert decision.job.phase is Phase.IN_REVIEW
    assert decision.effects == (SayWords(what="by-hand", key="by-hand", login="ada"),)


def test_other_commands_are_heard():
    fact = CommandGiven(
        act_key="comment:2:1", number=40, comment_id=2, place=1, command=Help(), on_pull_request=True, **WHERE
    )
    assert admit(fact, replace(REVIEWED, job=in_review()), AT).what == "help"


@pytest.mark.parametrize("moved", list(Moved))
def test_whatever_a_person_pushes_is_theirs(moved: Moved):
    fact = BranchPushed(act_key="pushed:1", number=40, before_sha="h1", head_sha="h2", **WHERE)
    event = admit(fact, replace(REVIEWED, job=in_review(), moved=moved), AT)

    assert isinstance(event, PullRequestTouched)
    assert decide(in_review(), event).job.phase is Phase.IN_REVIEW


def test_a_conflict_is_for_people():
    job = in_review()
    fact = ConflictSeen(act_key="conflict:1", number=0, job=job.id, base_sha="b2", **WHERE)

    assert "by hand" in admit(fact, replace(GOOD, job=job), AT).because


def test_every_kind_of_job_has_a_row():
    assert set(KINDS) == set(Kind)


def test_a_job_is_called_by_its_issue_else_by_its_pull_request_else_by_its_repository():
    build = published(open_job(requested()).job)

    assert [job.where for job in (build, in_review(), offer())] == [
        "acme/clock#12",
        "acme/clock#40",
        "acme/clock",
    ]


EVENTS = [
    Stopped(at=AT, by=ADA, how="asked me to stop"),
    Settled(at=AT, by=ADA, close=Close.CLOSED),
    PullRequestTouched(at=AT, because="touched"),
    BranchRewritten(at=AT, by=ADA, head_sha="h9"),
    WordsAsked(at=AT, by=ADA, what="why", key="1"),
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(EVENTS), st.sampled_from(list(Ending))), max_size=30))
def test_in_any_life_nothing_is_written_to_github_but_answers(drawn: list[object]):
    job = offer()
    for each in drawn:
        if isinstance(each, Ending) and job.run is None:
            continue
        decision = run_ends(job, each) if isinstance(each, Ending) else decide(job, each)
        written = {type(effect) for effect in decision.effects} - {StartRun, CancelRun, SetTimer}
        assert written <= {SayWords}
        job = decision.job


def result(name: str, code: int | None, **changes: object) -> CheckResult:
    return replace(
        CheckResult(name=name, command="x", passed=code == 0, seconds=1, summary="", exit_code=code),
        **changes,
    )


@pytest.mark.parametrize(
    ("code", "usable"), [(0, True), (1, True), (2, True), (126, False), (127, False), (None, False)]
)
def test_a_check_is_usable_when_it_ran_be_it_green_or_red(code: int | None, usable: bool):
    found = Offer.of([result("setup 1", 0), result("tests", code)])

    assert bool(found.usable) is usable
    assert bool(found.unusable) is not usable
    assert bool(found.red) is (usable and code != 0)


def test_without_a_setup_no_check_is_usable():
    found = Offer.of([result("setup 1", 1), untried(Check(name="tests", run="x"), "it was not run")])

    assert (found.set_up, found.usable, found.red) == (False, (), ())
    assert [check.name for check in found.unusable] == ["tests"]


def test_what_is_red_on_the_base_blocks_nobody():
    red = as_found(result("tests", 1, blocker="abc"))

    assert (red.blocker, red.red_on_base) == (None, True)
    assert as_found(result("tests", 0)).red_on_base is False


def test_setup_commands_are_told_from_checks_by_their_names():
    checks = setup_checks(("a", "b"))

    assert [(check.name, check.run) for check in checks] == [("setup 1", "a"), ("setup 2", "b")]


def test_the_same_installation_opens_the_same_job_whenever_it_is_heard():
    later = datetime(2027, 1, 1, tzinfo=UTC)

    assert admit(replace(INSTALLED, at=later), GOOD, AT).job == admit(INSTALLED, GOOD, AT).job
