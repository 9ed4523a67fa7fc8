"""What a run puts out can be read: while it runs, and from any host afterwards."""

from app.domain.job import Phase
from app.ledger.artifacts import LOG
from app.live import LiveTail
from app.queue import open_redis
from tests.stories.test_label_to_pull_request import BETTER


async def test_what_the_agent_and_the_checks_say_is_passed_on_and_kept(story, redis_url):
    story.agent.agent_writes({"clock.py": BETTER}, title="Count the hours too")
    number = await story.hand_over("Count hours")

    job = await story.until_phase(number, Phase.IN_REVIEW)

    writing, checking = f"{job.id}.1", f"{job.id}.2"
    assert {writing, checking} <= set(await story.ledger.artifact_keys(job.id, LOG))
    kept = [(await story.ledger.artifact(job.id, f"{LOG}{run}")).data.decode() for run in (writing, checking)]
    assert "Writing clock.py" in kept[0]
    assert "\u2500\u2500 tests: " in kept[1]
    assert "\u2500\u2500 tests passed: " in kept[1]
    assert str(story.data) not in "".join(kept)
    redis = open_redis(redis_url)
    live = [(await LiveTail(redis).read(run))[0] for run in (writing, checking)]
    await redis.aclose(close_connection_pool=True)
    assert live == kept
    [worker] = await story.ledger.workers()
    assert worker.notes["junior"] == "scripted"
