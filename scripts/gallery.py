"""`docs/voice.md`: everything we say, in one place, so that it can be read as prose. Built from the code that says it."""

from dataclasses import replace
from datetime import UTC, datetime

from app.domain.agenda import Ending, Tier
from app.domain.blockers import Tried
from app.domain.conversation import Disposition, Item, Question
from app.domain.critique import Finding, ReviewPlan, Severity
from app.domain.decide import decide, open_job
from app.domain.effects import SayAnswerTaken, SayNeedsYou, SayRevised, SayWords
from app.domain.events import Event, JobRequested, ReviewPosted, RunEnded, RunStarted, Settled, Stopped
from app.domain.ids import NO_ISSUE, Actor, Repository
from app.domain.job import CheckResult, Close, Job, Kind, Proof, PullRequest, Report, Snapshot
from app.domain.offer import Offer
from app.domain.policy import Policy
from app.voice import comments, endings, onboarding, pull_request, review, revision
from app.voice.configuration import configuration

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ADA = Actor(login="ada", id=1)
GREEN = CheckResult(name="tests", command="pytest -q", passed=True, seconds=31, summary="212 passed")
RED = CheckResult(
    name="tests",
    command="pytest -q",
    passed=False,
    seconds=29,
    summary="211 passed, 1 failed",
    tail="E   AssertionError: assert 91 == 90\nFAILED tests/test_dates.py::test_utc",
    blocker="tests:test_utc",
)
HIGH = Finding(
    title="A date without a zone is still local in `parse_range`",
    body="`parse_range('2024-03-04')` gives local midnight. Use `parse` there too.",
    severity=Severity.HIGH,
    path="dates.py",
    line=52,
)
LOW = replace(HIGH, title="The docstring still says local time", severity=Severity.LOW, line=None)
ASKED = Question(
    text="Should dates that are stored already be converted?",
    options=("Leave them as they are", "Convert them once, at start-up"),
    recommended="Leave them as they are",
    because="converting cannot be undone, and the issue speaks of parsing only.",
)
ITEMS = (
    Item(
        id="1", where="`dates.py`:41", disposition=Disposition.FIXED, note="Renamed to `as_utc`.", comment=1
    ),
    Item(
        id="2",
        where="`dates.py`:44",
        disposition=Disposition.DECLINED,
        note="Python 3.11 lacks it.",
        comment=2,
    ),
    Item(id="3", where="`dates.py`:50", disposition=Disposition.ASKED, note="Also for durations?", comment=3),
)
SHA = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334"


def _new() -> Job:
    snapshot = Snapshot(
        title="Dates are parsed in local time", body="…", author=ADA, asked_by=ADA, asked_at=AT, private=True,
        default_branch="main",
    )  # fmt: skip
    repository = Repository(id=1, owner="acme", name="clock", installation_id=1)
    return open_job(
        JobRequested(
            at=AT,
            job="jexample",
            kind=Kind.BUILD,
            repository=repository,
            number=12,
            snapshot=snapshot,
            policy=Policy(),
            branch="handoff/12-dates-are-parsed-in-local-time",
        )
    ).job


TRIED = (
    replace(GREEN, name="setup 1", command='python3 -m venv "$HOME/venv"', summary="it said nothing", seconds=4, exit_code=0),
    replace(GREEN, name="setup 2", command='"$HOME/venv/bin/python" -m pip install -e ".[test]"', seconds=10, exit_code=0,
            summary="Successfully installed clock-1.0 pytest-9.0"),
    replace(RED, command='"$HOME/venv/bin/python" -m pytest', seconds=31, summary="3 failed, 209 passed", counted=True, exit_code=1,
            blocker=None, failed_tests=tuple(f"tests/test_dates.py::test_{name}" for name in ("utc", "range", "leap"))),
    replace(RED, name="node tests", command="npm test", seconds=0.1, summary="a program was not found (exit code 127)",
            exit_code=127, blocker=None, failed_tests=()),
)  # fmt: skip
WHY = ("`pyproject.toml` configures pytest.", "`package.json` has a `test` script.")


def _offered() -> Job:
    snapshot = replace(_new().snapshot, title=onboarding.title(), body="")
    asked = JobRequested(
        at=AT, job="joffer", kind=Kind.CONFIGURE, repository=_new().repository, number=NO_ISSUE, snapshot=snapshot,
        policy=Policy(), branch="handoff/configure",
    )  # fmt: skip
    job = _ended(open_job(asked).job, base_sha=SHA, head_sha=SHA, checks=TRIED, detected=WHY)
    return _ended(
        job, pull_request=PullRequest(number=1, url="https://github.com/acme/clock/pull/1", node_id="PR")
    )


def _after(job: Job, *events: Event) -> Job:
    for event in events:
        job = decide(job, event).job
    return job


def _ended(job: Job, **report: object) -> Job:
    assert job.run is not None, "told of a run that is under way"
    told = Report(**{"ending": Ending.SUCCEEDED, "because": "it is done", **report})  # type: ignore[arg-type] # by name
    return _after(job, RunStarted(at=AT, run=job.run.id), RunEnded(at=AT, run=job.run.id, report=told))


def _reviewed() -> Job:
    job = _ended(
        _new(), title="Read dates as UTC", summary="Dates without a zone are UTC.", why="They were local.",
        how_checked="I ran the tests.", base_sha="b", head_sha=SHA, agent="claude", cost_dollars=0.84,
    )  # fmt: skip
    proof = Proof(
        tests=("tests/test_dates.py",),
        red_on_base=True,
        green_on_head=True,
        red_reversed=True,
        names=("test_utc",),
    )
    job = _ended(job, checks=(GREEN,), proof=proof)
    pull = PullRequest(number=40, url="https://github.com/acme/clock/pull/40", node_id="PR")
    job = _ended(job, pull_request=pull, check_run_id=5)
    return _after(
        _ended(job, findings=(HIGH,), head_sha=SHA), ReviewPosted(at=AT, because="the review is posted")
    )


def voice_page() -> str:
    """The gallery: a heading for each occasion, and what is said then."""
    said = [("# Everything Handoff says", _PREFACE)]
    said += [(f"## {occasion}", _quoted(words)) for occasion, words in _occasions()]
    said.append(("## How a run can end", _endings()))
    return "\n\n".join(f"{heading}\n\n{words}" for heading, words in said) + "\n"


_PREFACE = (
    "_Generated from `app/voice` by `make docs`; do not edit._\n\n"
    "One status comment is edited as things change. A new comment is written only when somebody is needed, when the "
    "work is ready, or in answer to somebody who spoke to us."
)


def _occasions() -> list[tuple[str, str]]:
    new, done = _new(), _reviewed()
    working = _after(new, RunStarted(at=AT, run="jexample.1"))
    red = SayNeedsYou(
        because="the run of the checks found something that must be mended first: `tests` failed on the commit",
        checks=(RED,),
        tried=(
            Tried(blocker="t", name="`tests`", tier=Tier.JUNIOR),
            Tried(blocker="t", name="`tests`", tier=Tier.SENIOR),
        ),
    )
    question = SayNeedsYou(
        because=f"the work on the change came to a decision that is yours to make: {ASKED.text}",
        question=ASKED,
    )
    plan = ReviewPlan(inline=(HIGH,), in_body=(LOW,))
    return [
        ("Queued", comments.status(new, label="handoff")),
        ("Paused by the spike guard", comments.status(new, label="handoff", paused=True)),
        ("Working", comments.status(working, label="handoff")),
        ("Ready, in the status comment", comments.status(done, label="handoff")),
        (
            "Merged",
            comments.status(_after(done, Settled(at=AT, by=ADA, close=Close.MERGED)), label="handoff"),
        ),
        (
            "Stopped",
            comments.status(
                _after(done, Stopped(at=AT, by=ADA, how="said `/handoff stop`")), label="handoff"
            ),
        ),
        ("Ready, the one new comment", comments.ready(done)),
        ("Somebody is needed: red checks", comments.needs_you(new, red, label="handoff")),
        ("Somebody is needed: a question", comments.needs_you(new, question, label="handoff")),
        (
            "Nobody answered in time",
            comments.answer_taken(SayAnswerTaken(question=ASKED.text, answer=ASKED.options[0])),
        ),
        ("`/handoff why`", comments.words(new, SayWords(what="why", key="1", login="ada"), label="handoff")),
        (
            "`/handoff help`",
            comments.words(new, SayWords(what="help", key="1", login="ada"), label="handoff"),
        ),
        ("The pull request", f"**{pull_request.title(done)}**\n\n{pull_request.body(done)}"),
        (
            "The commit",
            pull_request.commit_message(
                done, subject="Read dates as UTC", summary="They were local.", agent="claude"
            ),
        ),
        ("The review", review.body(plan, "The fix is right for `parse`. One caller is left.")),
        ("Beside the code", review.inline(HIGH)),
        ("The check run", review.check_summary(done, "the checks passed and the review found nothing grave")),
        *_onboarding(),
        ("A reply in a thread", "\n\n".join(revision.reply(item, SHA) for item in ITEMS)),
        ("After a revision", revision.closing(SayRevised(items=ITEMS, sha=SHA, login="ada"))),
    ]


def _onboarding() -> list[tuple[str, str]]:
    offered = _offered()
    by_hand = SayWords(what="by-hand", key="by-hand", login="ada")
    return [
        (
            "On a new repository, a pull request",
            f"**{onboarding.title()}**\n\n{onboarding.body(offered, label='handoff')}",
        ),
        ("The file in it", f"```yaml\n{configuration(Offer.of(TRIED), WHY)}```"),
        ("Somebody asks for a change of it", comments.words(offered, by_hand, label="handoff")),
    ]


def _quoted(words: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in words.splitlines())


def _endings() -> str:
    return "\n".join(f"- {endings.sentence(ending, 'work on the change')}" for ending in Ending)
