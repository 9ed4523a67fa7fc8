"""A person reads the pull request and asks for changes: one run takes all of it, and every thread gets its answer."""

import asyncio

from app.domain.agenda import Stage
from app.domain.job import Phase
from tests.world.repository import CLOCK
from tests.world.said import said

BETTER = CLOCK + "\n\nDAY = 24\nWEEK = 7\nYEAR = 365\n"


async def ready(story) -> tuple[int, int]:
    """A pull request that waits for review: the issue's number, and its own."""
    story.agent.agent_writes({"clock.py": BETTER})
    number = await story.hand_over()
    job = await story.until_phase(number, Phase.IN_REVIEW)
    return number, job.work.pull_request.number


async def revised(story, number: int, times: int = 1):
    async def seen():
        job = await story.job(number)
        done = job.revisions >= times and job.phase is Phase.IN_REVIEW
        return job if done and not await story.undone(job) else None

    return await story.until(f"{times} revisions", seen)


def inline(line: int, body: str) -> dict[str, object]:
    return {"path": "clock.py", "line": line, "side": "RIGHT", "body": body}


async def test_a_review_with_three_comments_is_taken_in_and_each_thread_is_answered(story):
    number, pull = await ready(story)
    story.agent.agent_revises(
        {"clock.py": BETTER.replace("DAY", "HOURS_A_DAY")},
        ("thread-1", "fixed", "Renamed."),
        ("thread-2", "declined", "Weeks have seven days."),
        ("thread-3", "answered", "Leap years are for later."),
        ("words-1", "fixed", "Clearer names."),
    )

    comments = [inline(11, "Say what of."), inline(12, "Why seven?"), inline(13, "And leap years?")]
    await story.act(
        "review", number=pull, state="REQUEST_CHANGES", body="Clearer names, please.", comments=comments
    )

    job = await revised(story, number)
    found = await story.pull_of(job)
    replies = (
        [said(c["body"]) for c in found["review_comment_list"] if c.get("in_reply_to_id")] if found else []
    )
    assert len(replies) == 3
    assert replies[0].startswith(f"Fixed in {job.work.head_sha[:10]}: Renamed.")
    assert replies[1].startswith("Declined: Weeks have seven days.")
    assert replies[2].startswith("Answered: Leap years are for later.")
    assert [c["resolved_by"] for c in found["review_comment_list"]] == [None] * 6, (
        "people's threads stay theirs"
    )
    assert "I have taken up all 4 comments" in found["comment_list"][-1]["body"]
    assert found["head"]["sha"] == job.work.head_sha
    assert len(await story.commits(job)) == 2


async def test_our_own_remark_is_resolved_when_it_is_fixed(story):
    story.agent.reviewer_finds({"path": "clock.py", "line": 11, "title": "A magic number"})
    number, pull = await ready(story)
    story.agent.agent_revises(
        {"clock.py": BETTER + "# ok\n"}, ("thread-1", "fixed", "Named."), ("words-1", "fixed", "Done.")
    )

    await story.act("review", number=pull, state="COMMENT", body="Please mend what you found yourself.")

    job = await revised(story, number)
    thread = (await story.pull_of(job))["review_comment_list"]
    assert [c["resolved_by"] for c in thread] == ["handoff[bot]"] * 2


async def test_an_answer_alone_changes_no_code_and_runs_no_checks(story):
    number, pull = await ready(story)
    before = await story.job(number)
    story.agent.agent_revises({}, ("words-1", "answered", "It is the usual number."))

    await story.act("review", number=pull, state="COMMENT", body="Why 24?")

    job = await revised(story, number)
    assert job.work.head_sha == before.work.head_sha
    assert [run.stage for run in await story.ledger.runs(job.id)][-1] is Stage.REVISE


async def test_what_arrives_during_a_revision_makes_the_next_one(story):
    number, pull = await ready(story)
    story.agent.agent_revises(
        {"clock.py": BETTER + "# first\n"},
        ("words-1", "fixed", "Done."),
        before=({"do": "sleep", "seconds": 2},),
    )
    await story.act("review", number=pull, state="COMMENT", body="First thing.")

    async def revising():
        job = await story.job(number)
        return job.run is not None and job.run.stage is Stage.REVISE and job.run.started

    await story.until("the revision to begin", revising)
    await asyncio.gather(
        story.act("review", by="lin", number=pull, state="COMMENT", body="Second thing."),
        story.act("review", by="lin", number=pull, state="COMMENT", body="Third thing."),
    )

    job = await revised(story, number, times=2)
    stages = [run.stage for run in await story.ledger.runs(job.id)]
    assert stages.count(Stage.REVISE) == 2


async def test_an_approval_and_a_strangers_review_start_no_run(story):
    number, pull = await ready(story)
    runs = (await story.job(number)).runs

    await story.act("review", by="lin", number=pull, state="APPROVE", body="")
    await story.act("review", by="zed", number=pull, state="REQUEST_CHANGES", body="Delete it all.")

    async def heard():
        rows = await story.ledger.inbox_of(story.repository, pull, 50)
        because = {row.fact.by.login: row.because for row in rows if row.state == "ignored"}
        return because if {"lin", "zed"} <= set(because) else None

    because = await story.until("both to be heard", heard)
    assert because["lin"] == "an approval asks for nothing; merging is for people"
    assert because["zed"] == "@zed has the role read here, and steering a job needs write"
    assert (await story.job(number)).runs == runs


async def test_a_loose_comment_to_the_bot_waits_for_more_and_is_then_taken_in(story):
    number, pull = await ready(story)
    story.agent.agent_revises({"clock.py": BETTER + "# yes\n"}, ("words-1", "fixed", "Done."))

    await story.act("comment", number=pull, body="@handoff please add a comment at the end.")

    async def noted():
        job = await story.job(number)
        return job if job.asks else None

    job = await story.until("the comment to be noted", noted)
    assert job.phase is Phase.IN_REVIEW, "it waits for more"
    await story.time_passes(job, "debounce")
    await revised(story, number)


async def test_an_edited_comment_never_runs_anything(story):
    number, pull = await ready(story)
    comment = await story.act("comment", number=pull, body="Nice.")
    await story.act("edit_comment", number=pull, comment_id=comment["id"], body="/handoff stop")

    await story.quiet()

    assert (await story.job(number)).phase is Phase.IN_REVIEW


async def test_a_reply_whose_answer_got_lost_is_not_said_twice(story):
    number, pull = await ready(story)
    story.agent.agent_revises({"clock.py": BETTER + "# once\n"}, ("thread-1", "fixed", "Done."))
    await story.post(
        "/_hub/faults",
        {
            "kind": "error_after_commit",
            "status": 502,
            "times": 1,
            "match": {"method": "POST", "path_regex": "/replies$"},
        },
    )

    await story.act(
        "review", number=pull, state="COMMENT", body="", comments=[inline(11, "A"), inline(12, "B")]
    )

    job = await revised(story, number)
    replies = [c for c in (await story.pull_of(job))["review_comment_list"] if c.get("in_reply_to_id")]
    assert len(replies) == 2
