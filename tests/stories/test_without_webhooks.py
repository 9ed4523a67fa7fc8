"""Nobody can reach us, or not always: what people do is found by asking, and counts once however it arrives."""

from app.domain.facts import IssueLabeled
from app.domain.job import Close, Phase
from tests.stories.test_revision import BETTER, inline, ready, revised

ASKING = {"webhooks": False, "pull": "on", "pull_seconds": 1}
BOTH = {"pull": "on", "pull_seconds": 1}


async def test_from_a_label_over_a_review_to_the_merge_without_a_single_webhook(story_with):
    async with story_with(**ASKING) as story:
        number, pull = await ready(story)
        story.agent.agent_revises(
            {"clock.py": BETTER.replace("DAY", "HOURS_A_DAY")},
            ("thread-1", "fixed", "Renamed."), ("thread-2", "answered", "So it is."),
        )  # fmt: skip
        comments = [inline(11, "Say what of."), inline(12, "Why seven?")]
        await story.act("review", number=pull, state="COMMENT", body="", comments=comments)
        await revised(story, number)

        await story.act("merge", number=pull)

        job = await story.until_phase(number, Phase.ENDED)
        assert job.close is Close.MERGED
        assert [await story.ledger.deliveries(state) for state in ("waiting", "read", "unread")] == [
            [],
            [],
            [],
        ]
        rows = await story.ledger.inbox_of(story.repository, number, 50)
        assert {row.source for row in rows if not row.fact.by.is_bot} == {"poll"}


async def test_the_same_acts_by_webhook_and_by_asking_count_once(story_with):
    async with story_with(**BOTH) as story:
        number, pull = await ready(story)
        story.agent.agent_revises(
            {"clock.py": BETTER.replace("DAY", "HOURS_A_DAY")}, ("words-1", "fixed", "Clearer.")
        )
        await story.act("comment", number=number, body="/handoff why")
        await story.act("review", number=pull, state="COMMENT", body="Please say more.")
        await revised(story, number)
        await asked_again(story)
        await story.quiet()

        assert (await story.job(number)).revisions == 1
        assert len(await story.ledger.jobs()) == 1
        answers = [each for each in await story.comments(number) if each.startswith("@ada, this is ")]
        assert len(answers) == 2, "that it is ready, and why, each once"
        rows = await story.ledger.inbox_of(story.repository, number, 50)
        [labeled] = [row for row in rows if isinstance(row.fact, IssueLabeled) and row.state == "done"]
        assert labeled.source == "webhook and poll"


async def asked_again(story) -> None:
    """Wait until GitHub was asked twice more for what happened and what was said."""

    async def questions() -> int:
        return len([each for each in await story.log() if each["path"].endswith("/issues/comments")])

    before = await questions()

    async def asked() -> bool:
        return await questions() >= before + 2

    await story.until("two more questions", asked)


async def test_what_could_not_be_delivered_is_found_in_githubs_list_and_taken_in(story_with):
    async with story_with(reconcile_seconds=1) as story:
        await story.post("/_hub/faults", {"kind": "drop_delivery", "times": 100})
        number = await story.open_issue("Count hours")
        await story.act("comment", number=number, body="/handoff stop")

        async def answered() -> list[str]:
            return (await story.comments(number))[1:]

        [answer] = await story.until("an answer", answered)
        assert answer.startswith("@ada, there is no open job here")
        rows = await story.ledger.inbox_of(story.repository, number, 50)
        assert {row.source for row in rows if not row.fact.by.is_bot} == {"webhook"}
