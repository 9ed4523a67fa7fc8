"""A person works on the branch too, or changes what is theirs to change: each has its row and its sentence."""

from app.domain.agenda import Stage
from app.domain.job import Phase
from tests.stories.test_revision import BETTER, ready, revised
from tests.world.repository import CLOCK


async def test_ordinary_commits_are_taken_in(story):
    number, pull = await ready(story)
    await story.act(
        "push", branch="handoff/1-count-hours", files={"HELLO.md": "from ada\n"}, message="Say hello"
    )

    async def moved():
        job = await story.job(number)
        return job if "pushed to the branch" in job.because else None

    await story.until("the push to be heard", moved)
    story.agent.agent_revises({"clock.py": BETTER + "# mine\n"}, ("words-1", "fixed", "Done."))
    await story.act("review", number=pull, state="COMMENT", body="Go on from there.")

    job = await revised(story, number)
    assert any("Say hello" in commit for commit in await story.commits(job))
    assert len(await story.commits(job)) == 3


async def test_a_force_push_stops_us_with_a_sentence(story):
    number, _ = await ready(story)
    await story.act(
        "push",
        branch="handoff/1-count-hours",
        base="main",
        files={"clock.py": CLOCK + "# other\n"},
        message="Anew",
        force=True,
    )

    await story.until_held(number)

    assert "force-pushed the branch, so what I built on is gone from it" in (await story.comments(number))[-1]


async def test_a_merge_conflict_becomes_a_run_that_brings_both_together(story_with):
    async with story_with(reconcile_seconds=2) as story:
        await _brought_together(story)


async def _brought_together(story):
    number, _ = await ready(story)
    story.agent.agent_merges({"clock.py": BETTER.replace("DAY = 24", "DAY = 24  # hours")})

    await story.act(
        "push", branch="main", files={"clock.py": CLOCK + "\n\nDAY = 24  # hours\n"}, message="Name it"
    )

    async def merged():
        job = await story.job(number)
        stages = [run.stage for run in await story.ledger.runs(job.id)]
        done = Stage.REBASE in stages and job.phase is Phase.IN_REVIEW
        return job if done and not await story.undone(job) else None

    job = await story.until("the conflict to be resolved", merged)
    pull = await story.pull_of(job)
    assert pull["mergeable"] is True
    assert "<<<<<<<" not in str(await story.commits(job))


async def test_what_is_theirs_to_change_is_noted_and_left(story):
    number, pull = await ready(story)
    await story.act("push", branch="other", base="main", files={"x": "y\n"}, message="Another branch")
    before = await story.comments(number)
    review = await story.act("review", by="lin", number=pull, state="APPROVE", body="")

    async def noted(sentence: str) -> None:
        async def seen():
            events = await story.ledger.events((await story.job(number)).id)
            return any(sentence in event.because for event in events)

        await story.until(f"{sentence!r} to be noted", seen)

    for act, what, sentence in (
        ("convert_to_draft", {}, "@ada turned the pull request into a draft"),
        ("ready", {}, "@ada made the pull request ready for review"),
        ("dismiss_review", {"review_id": review["id"], "message": "Stale."}, "@ada dismissed a review"),
        ("change_base", {"base": "other"}, "@ada aimed the pull request at `other`"),
    ):
        await story.act(act, number=pull, **what)
        await noted(sentence)
    assert (await story.job(number)).phase is Phase.IN_REVIEW
    assert await story.comments(number) == before, "nobody has to be told what they did themselves"


async def test_a_pull_request_that_is_opened_again_stays_theirs(story):
    number, pull = await ready(story)
    await story.act("close_pull", number=pull)
    await story.until_phase(number, Phase.ENDED)

    await story.act("reopen_pull", number=pull)
    await story.quiet()

    rows = await story.ledger.inbox_of(story.repository, pull, 50)
    assert "there is no open job here" in [row.because for row in rows if row.state == "ignored"]
    assert (await story.job(number)).phase is Phase.ENDED


async def test_a_branch_that_takes_only_signed_commits_gets_them(story):
    await story.act("require_signatures")
    number = await story.hand_over()

    job = await story.until_phase(number, Phase.IN_REVIEW)

    pushes = [entry for entry in await story.log() if entry["path"].endswith("git-receive-pack")]
    assert pushes == []
    assert (await story.pull_of(job))["head"]["sha"] == job.work.head_sha
    assert len(await story.commits(job)) == 1


async def test_deleting_the_branch_ends_the_job(story):
    number, _ = await ready(story)

    await story.act("delete_branch", branch="handoff/1-count-hours")

    await story.until_phase(number, Phase.ENDED)
