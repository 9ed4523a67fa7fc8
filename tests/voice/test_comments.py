"""What we say on a thread, whole; and what no comment of ours may ever do."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from app.domain.agenda import Ending
from app.domain.decide import decide, open_job
from app.domain.effects import SayNeedsYou
from app.domain.events import ReviewPosted, RunStarted, Settled, Stopped
from app.domain.job import CheckResult, Close, Job
from app.voice import comments, endings
from tests.builders import ADA, AT, published, requested, run_ends

RED = CheckResult(
    name="tests",
    command="pytest -q",
    passed=False,
    seconds=3,
    summary="1 failed, 11 passed",
    tail="E  assert 91 == 90",
)


def new() -> Job:
    return open_job(requested()).job


def status(job: Job) -> str:
    return comments.status(job, label="handoff")


def test_queued():
    assert status(new()) == snapshot("""\
**Queued.** @ada handed this over to me, and I begin as soon as a place is free.

- [ ] **writing the change**
- [ ] running the checks on it
- [ ] bringing it to the pull request
- [ ] reviewing it with fresh eyes

Started 2026-11-20 12:00 UTC · 1 run · cost not reported by this agent

_Next: I go on by myself and write to you when it is ready. To stop me, take the label `handoff` off._\
""")


def test_working():
    assert status(decide(new(), RunStarted(at=AT, run="jabc.1")).job) == snapshot("""\
**Working.** I am writing the change.

- [ ] **writing the change**
- [ ] running the checks on it
- [ ] bringing it to the pull request
- [ ] reviewing it with fresh eyes

Started 2026-11-20 12:00 UTC · 1 run · cost not reported by this agent

_Next: I go on by myself and write to you when it is ready. To stop me, take the label `handoff` off._\
""")


def test_trying_again():
    assert status(run_ends(new(), Ending.CRASHED).job) == snapshot("""\
**Waiting.** It crashed.

- [ ] **writing the change** (attempt 2)
- [ ] running the checks on it
- [ ] bringing it to the pull request
- [ ] reviewing it with fresh eyes

Started 2026-11-20 12:00 UTC · 1 run · cost not reported by this agent

_Next: I go on by myself and write to you when it is ready. To stop me, take the label `handoff` off._\
""")


def test_waiting_for_a_person():
    job = run_ends(run_ends(new()).job, Ending.BLOCKED, because="the tests failed").job
    assert status(job) == snapshot("""\
**Waiting.** The tests failed.

- [x] writing the change
- [ ] **running the checks on it**
- [ ] bringing it to the pull request
- [ ] reviewing it with fresh eyes

Started 2026-11-20 12:00 UTC · 2 runs · cost not reported by this agent

_Next: this waits for a person, at no cost. Answer here, or take the label `handoff` off to end it._\
""")


def test_ready_and_merged_and_stopped():
    job = decide(
        run_ends(published(new()), findings=(), cost_dollars=1.5).job, ReviewPosted(at=AT, because="posted")
    ).job
    assert status(job) == snapshot("""\
**Ready.** Pull request #40 waits for your review.

- [x] writing the change
- [x] running the checks on it
- [x] bringing it to the pull request
- [x] reviewing it with fresh eyes

Started 2026-11-20 12:00 UTC · 4 runs · $1.50 so far · pull request #40

_Next: please review the pull request, then merge it or close it._\
""")
    assert status(decide(job, Settled(at=AT, by=ADA, close=Close.MERGED)).job) == snapshot("""\
**Merged.** @ada merged the pull request. Thank you for reading it.

- [x] writing the change
- [x] running the checks on it
- [x] bringing it to the pull request
- [x] reviewing it with fresh eyes

Started 2026-11-20 12:00 UTC · 4 runs · $1.50 so far · pull request #40

_Next: nothing, this one is done._\
""")
    assert status(decide(job, Stopped(at=AT, by=ADA, how="asked me to stop")).job) == snapshot("""\
**Stopped.** @ada asked me to stop. Nothing runs any more.

- [x] writing the change
- [x] running the checks on it
- [x] bringing it to the pull request
- [x] reviewing it with fresh eyes

Started 2026-11-20 12:00 UTC · 4 runs · $1.50 so far · pull request #40

_Next: put the label `handoff` on again whenever you want a fresh start._\
""")


def test_ready_is_one_short_comment():
    job = replace(published(new()))
    assert comments.ready(run_ends(job, findings=()).job) == snapshot("""\
@ada, this is ready for you: no checks are configured, so none were run, and the review has no remarks.

Please read it, then merge it or close it. I never merge by myself.\
""")


def test_needs_you_shows_what_was_seen_and_what_can_be_done():
    effect = SayNeedsYou(because="the tests failed", checks=(RED,))
    assert comments.needs_you(new(), effect, label="handoff") == snapshot("""\
@ada, I need you here: The tests failed.

<details>
<summary><code>pytest -q</code>: 1 failed, 11 passed</summary>

```
E  assert 91 == 90
```

</details>

You can
1. tell me here what to do about it, in your own words: the agent gets them as they are;
2. write `/handoff retry`: I try the same step once more;
3. write `/handoff stop` or take the label `handoff` off: I stop.

Until then this job waits and costs nothing.\
""")


def test_on_a_public_repository_no_money_is_named():
    job = replace(
        new(), snapshot=replace(new().snapshot, private=False), work=replace(new().work, cost_dollars=2.0)
    )
    assert "$" not in status(job)
    assert "cost" not in status(job).split("_Next")[0]


def test_no_cage_is_said_loudly_everywhere():
    job = replace(new(), work=replace(new().work, cages=("none",)))
    for words in (
        status(job),
        comments.ready(job),
        comments.needs_you(job, SayNeedsYou(because="x"), label="l"),
    ):
        assert "**without a cage**" in words


@pytest.mark.parametrize("ending", list(Ending))
def test_every_ending_has_a_sentence(ending: Ending):
    said = endings.sentence(ending, "review", "it rained")
    assert said.startswith("the ")
    assert said.endswith(": it rained")


@given(st.text(max_size=300), st.text(max_size=300))
def test_nobodys_words_can_close_our_blocks_or_call_people(because: str, tail: str):
    effect = SayNeedsYou(because="it failed", checks=(replace(RED, tail=tail, summary=because),))

    words = comments.needs_you(new(), effect, label="handoff")

    assert words.count("<details>") >= words.count("</details>") or "</details>" in tail
    assert "<!--" not in words.split("```")[0]


def test_a_giant_output_still_fits_into_a_comment():
    effect = SayNeedsYou(
        because="it failed", checks=tuple(replace(RED, tail="```\n" + "x\n" * 30_000) for _ in range(4))
    )

    words = comments.needs_you(new(), effect, label="handoff")

    assert len(words) < 65_536
    assert words.count("<details>") == words.count("</details>")


def test_the_wait_before_another_try_is_bounded():
    job = run_ends(new(), Ending.CRASHED).job
    assert job.holds[0].until - AT <= timedelta(minutes=1)
