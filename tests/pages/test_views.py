"""Where a job stands, as a value: what it needs, why, since when. And the words of the pages."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain.agenda import STAGES, Ending, Stage, Tier
from app.domain.conversation import Ask, AskKind, Question
from app.domain.decide import decide, open_job
from app.domain.effects import SayReady
from app.domain.events import (
    AnswerGiven,
    HoldExpired,
    ReviewPosted,
    RevisionNoted,
    RunStarted,
    SnoozeAsked,
    Stopped,
)
from app.domain.job import CheckResult, Job
from app.ledger.codec import EFFECTS, EVENTS
from app.ledger.rows import EffectRow, RunRow, WorkerRow
from app.telling.standstill import Standstill
from app.web.pages.phrasing import ago, ahead, duration, marked
from app.web.views.cards import ALIVE_SECONDS, Surroundings, card, machine
from app.web.views.effect_words import what_is_done
from app.web.views.models import Needs
from app.web.views.standing import standing
from app.web.views.timeline import pending
from app.web.views.words import sentence, what_happened, who_did
from tests.builders import ADA, AT, published, report, requested, run_ends

GREEN = CheckResult(name="tests", command="make test", passed=True, seconds=1, summary="3 passed")


def opened() -> Job:
    return open_job(requested()).job


def run_of(job: Job, **changes: object) -> RunRow:
    assert job.run is not None
    row = RunRow(
        id=job.run.id,
        job_id=job.id,
        stage=job.run.stage,
        state="waiting",
        fence=0,
        worker=None,
        lease_until=None,
        heartbeat_at=None,
        not_before=None,
        releases=0,
        waiting_because=None,
        cancel_asked=False,
        report=None,
        created_at=AT,
        started_at=None,
        ended_at=None,
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def claimed(job: Job) -> RunRow:
    return run_of(job, state="claimed", worker="w1", started_at=AT + timedelta(minutes=5))


def in_review() -> Job:
    job = run_ends(published(opened()), findings=()).job
    job = replace(job, work=replace(job.work, checks=(GREEN,)))
    return decide(job, ReviewPosted(at=AT, because="the review is posted")).job


def test_a_run_in_line_waits_and_says_what_for():
    stands = standing(opened(), run_of(opened(), waiting_because="4 runs are under way, and 4 may be"))
    assert (stands.needs, stands.because) == (Needs.WAITING, "4 runs are under way, and 4 may be")
    assert stands.next_step == "Then: writing the change."


def test_a_run_that_is_taken_is_work_since_it_began():
    job = decide(opened(), RunStarted(at=AT, run="jabc.1")).job
    stands = standing(job, claimed(job))
    assert (stands.needs, stands.headline) == (Needs.RUNNING, "Writing the change")
    assert stands.since == AT + timedelta(minutes=5)


def test_a_pull_request_that_is_ready_needs_a_person():
    stands = standing(in_review(), None)
    assert (stands.needs, stands.ready) == (Needs.YOU, True)
    assert stands.because == "1 check passed, and the review has no remarks"
    assert "#40" in stands.next_step


def test_a_comment_that_others_may_follow_is_waited_for():
    ask = Ask(kind=AskKind.COMMENT, id=5, by=ADA, at=AT)
    stands = standing(decide(in_review(), RevisionNoted(at=AT, ask=ask)).job, None)
    assert (stands.needs, stands.headline) == (Needs.WAITING, "Waiting for more comments")


def test_a_question_says_what_is_taken_when_nobody_answers_and_when():
    question = Question(text="Which zone?", options=("UTC", "local"), recommended="UTC")
    stands = standing(run_ends(opened(), Ending.NEEDS_ANSWER, question=question).job, None)
    assert (stands.needs, stands.headline) == (Needs.YOU, "A question for you")
    assert stands.next_step == "Answer on its page, or on the issue. Without an answer I take: UTC"
    assert stands.until == AT + timedelta(days=3)


def test_a_job_that_is_stuck_needs_a_person_and_has_no_deadline():
    stands = standing(run_ends(opened(), Ending.REFUSED).job, None)
    assert (stands.needs, stands.until) == (Needs.YOU, None)
    assert stands.because == "it refused"


def test_another_try_and_a_rest_are_told_apart():
    again = standing(run_ends(opened(), Ending.CRASHED).job, None)
    assert (again.needs, again.headline) == (Needs.WAITING, "Waiting before the next try")
    rest = decide(opened(), SnoozeAsked(at=AT, by=ADA, until=AT + timedelta(hours=2))).job
    resting = standing(rest, run_of(opened()))
    assert (resting.headline, resting.until) == ("Resting", AT + timedelta(hours=2))


def test_what_ended_says_how():
    stands = standing(decide(opened(), Stopped(at=AT, by=ADA, how="took the label off")).job, None)
    assert (stands.needs, stands.headline, stands.because) == (
        Needs.DONE,
        "Stopped",
        "@ada took the label off",
    )


def test_a_revision_says_who_asked_for_it():
    ask = Ask(kind=AskKind.REVIEW, id=5, by=ADA, at=AT)
    job = opened()
    assert job.run is not None
    revising = replace(job, run=replace(job.run, stage=Stage.REVISE, asks=(ask,)))
    assert standing(revising, claimed(revising)).because == "@ada asked for changes"


def test_every_stage_has_a_headline():
    job = opened()
    for stage in Stage:
        assert (
            standing(job, run_of(job, state="claimed", stage=stage)).headline.lower()
            == STAGES[stage].doing.lower()
        )


# Cards


def worker(seconds_ago: float = 0, **notes: str) -> WorkerRow:
    return WorkerRow(
        id="w1",
        host="here",
        pid=1,
        capacity=4,
        notes=notes,
        heartbeat_at=AT - timedelta(seconds=seconds_ago),
        draining=False,
    )


def test_a_card_names_the_agent_that_has_the_run_by_its_seat():
    around = Surroundings(
        github="https://github.test",
        live=(claimed(opened()),),
        workers=(worker(junior="claude", senior="opus", reviewer="codex"),),
    )
    assert card(opened(), around).agent == "claude"
    job = opened()
    assert job.run is not None
    assert card(replace(job, run=replace(job.run, tier=Tier.SENIOR)), around).agent == "opus"
    checking = replace(around, live=(replace(claimed(opened()), stage=Stage.CHECK),))
    assert card(opened(), checking).agent is None


def test_a_card_counts_its_place_among_all_that_wait():
    first = replace(run_of(opened()), id="other.1", job_id="other")
    around = Surroundings(github="https://github.test", live=(first, run_of(opened())))
    shown = card(opened(), around)
    assert (shown.place_in_line, shown.url) == (2, "https://github.test/acme/clock/issues/12")
    assert [step.state for step in shown.steps] == ["now", "next", "next", "next"]


def test_a_worker_that_fell_silent_is_not_counted():
    for age, said in (
        (0, "1 worker is alive, 0 of 4 places are taken."),
        (ALIVE_SECONDS, "No worker is alive"),
    ):
        told = machine([worker(age)], [], Standstill(), queue_answers=True, now=AT)
        assert told.sentence.startswith(said)
        assert told.trouble is bool(age)


# Words


def test_every_event_can_be_told():
    who = {"by": ADA, "ask": Ask(kind=AskKind.REVIEW, id=1, by=ADA, at=AT), "until": AT, "report": report()}
    other = {"close": "merged", "kind": "build", "snapshot": requested().snapshot}
    for kind in EVENTS.values():
        fields = {name: (who | other).get(name, "x") for name in kind.__dataclass_fields__}
        event = requested() if kind.__name__ == "JobRequested" else kind(**fields)
        assert what_happened(event, None), kind
        assert who_did(event) in {None, "ada"}, kind


def test_everything_that_is_done_on_github_has_words():
    assert [kind for kind in EFFECTS.values() if what_is_done(object.__new__(kind)) == kind.__name__] == []


def test_only_what_is_late_or_failed_on_github_is_told():
    def row(state: str, **changes: Any) -> EffectRow:
        known: dict[str, Any] = {
            "not_before": None,
            "because": "",
            "attempts": 1,
            "started": True,
            "result": None,
        }
        effect = {"id": 1, "job_id": "j", "key": "k", "effect": SayReady(), "state": state, "created_at": AT}
        return EffectRow(**(effect | known | changes))

    on_its_way = [
        row("waiting"),
        row("claimed"),
        row("done"),
        row("superseded"),
        row("intended", effect=None),
    ]
    assert list(pending(on_its_way)) == []
    late, failed = pending([row("waiting", not_before=AT), row("failed", because="it is locked")])
    assert (late.state, late.what) == ("waiting", "The comment that it is ready")
    assert (failed.state, failed.because) == ("failed", "It is locked.")


def test_who_answered_is_named_and_a_deadline_is_nobody():
    assert who_did(AnswerGiven(at=AT, by=ADA, text="UTC")) == "ada"
    assert who_did(HoldExpired(at=AT, key="hold:answer")) is None


def test_time_is_written_in_its_largest_unit():
    said = [ago(AT - timedelta(seconds=seconds), AT) for seconds in (-5, 3, 30, 90, 7300, 200_000)]
    assert said == ["just now", "just now", "30 s ago", "1 min ago", "2 h ago", "2 d ago"]
    assert [ahead(AT + timedelta(seconds=s), AT) for s in (-5, 30, 300)] == ["now", "in 30 s", "in 5 min"]
    lengths = [duration(seconds) for seconds in (0.44, 14.2, 59.7, 125, 3780)]
    assert lengths == ["0.4 s", "14 s", "1 min 0 s", "2 min 5 s", "1 h 3 min"]


def test_only_code_is_marked_up_and_nothing_in_it():
    assert marked("see `<b>` & <i>") == "see <code>&lt;b&gt;</code> &amp; &lt;i&gt;"


def test_a_clause_becomes_one_sentence():
    assert [sentence(text) for text in ("", "it ended", "Why?", " so … ")] == [
        "",
        "It ended.",
        "Why?",
        "So …",
    ]
