"""The same acts by webhook and by asking: each counts once, whichever road comes first."""

from dataclasses import replace

import pytest

from app.domain.facts import CommandGiven
from tests.reconcile.asking import a_second, ask, with_pull


async def people_do_everything(world, issue: int, pull: int, job) -> None:
    """Every act that both roads tell, and a question in the middle."""
    await world.label(issue)
    await world.act("comment", number=issue, body="/handoff why")
    await world.act("review", number=pull, by="ada", state="REQUEST_CHANGES", body="Say what of.")
    await world.act("convert_to_draft", number=pull)
    await world.act("push", branch="other", files={"b.txt": "b\n"})
    await world.act("push", branch=job.work.branch, files={"a.txt": "a\n"})
    await a_second()
    await world.unlabel(issue)
    await world.act("ready", number=pull)
    await world.act("change_base", number=pull, base="other")
    await ask(world, job)
    await world.act("close_pull", number=pull)
    await world.label(issue)
    await a_second()
    await world.act("reopen_pull", number=pull)
    await world.act("close_issue", number=issue)


@pytest.mark.parametrize("webhooks_first", [True, False])
async def test_every_act_counts_once(world, webhooks_first):
    job, pull = await with_pull(world)
    issue = await world.open_issue("Dates")
    job = replace(job, number=issue)
    await ask(world, job)
    await people_do_everything(world, issue, pull, job)

    if not webhooks_first:
        await ask(world, job)
    for fact in await world.told():
        await world.ledger.hear(fact, "webhook")
    await ask(world, job)

    assert await counted(world, issue) == [
        "CommentWritten", "IssueClosed", "IssueLabeled", "IssueLabeled", "IssueUnlabeled",
    ]  # fmt: skip
    assert await counted(world, pull) == [
        "BaseChanged", "BranchPushed", "PullRequestClosed", "PullRequestDrafted", "PullRequestReadied",
        "PullRequestReopened", "ReviewSubmitted",
    ]  # fmt: skip
    rows = await world.ledger.inbox_of(world.repository, pull, 100)
    assert {row.source for row in rows} <= {"webhook", "poll", "webhook and poll"}


async def counted(world, number: int) -> list[str]:
    facts = [fact for fact in await world.heard(number) if not isinstance(fact, CommandGiven)]
    return sorted(type(fact).__name__ for fact in facts)
