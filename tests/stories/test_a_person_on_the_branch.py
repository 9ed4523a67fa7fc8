"""A person works on the branch too, or changes what is theirs to change: each has its row and its sentence."""

import pytest

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


async def test_a_merge_conflict_becomes_a_run_that_brings_both_together(story):
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


@pytest.mark.parametrize(
    ("act", "what", "sentence"),
    [
        ("convert_to_draft", {}, "turned the pull request into a draft"),
        ("change_base", {"base": "other"}, "aimed the pull request at `other`"),
    ],
)
async def test_what_is_theirs_to_change_is_noted_and_left(
    story, act: str, what: dict[str, str], sentence: str
):
    number, pull = await ready(story)
    await story.act("push", branch="other", base="main", files={"x": "y\n"}, message="Another branch")

    await story.act(act, number=pull, **what)

    async def noted():
        job = await story.job(number)
        return job if sentence in job.because else None

    assert (await story.until("it to be noted", noted)).phase is Phase.IN_REVIEW


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
