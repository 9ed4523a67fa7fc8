"""What the world throws at us: each a clear error, a hold or a stored reason, and nothing is lost."""

import asyncio
import hashlib
import hmac
import json
from datetime import timedelta
from uuid import uuid4

from app.domain.job import Phase
from tests.world.setting import SECRET


async def deliver(story, body: bytes, *, event: str = "issues", guid: str | None = None) -> int:
    answer = await story.http.post(
        story.webhook_url,
        content=body,
        headers={
            "content-type": "application/json",
            "x-github-event": event,
            "x-github-delivery": guid or str(uuid4()),
            "x-hub-signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
        },
    )
    return answer.status_code


async def unread(story, guid: str) -> str:
    async def seen():
        return next(
            (row.because for row in await story.ledger.deliveries("unread") if row.guid == guid), None
        )

    return await story.until("the delivery to be read", seen)


async def test_the_same_delivery_five_times_at_once_is_one_job(story):
    number = await story.open_issue("Count hours")
    await story.post(
        "/_hub/faults", {"kind": "drop_delivery", "match": {"event": "issues", "action": "labeled"}}
    )
    await story.label(number)
    body, guid = json.dumps(await labeled(story, number)).encode(), str(uuid4())

    codes = await asyncio.gather(*(deliver(story, body, guid=guid) for _ in range(5)))

    assert codes == [202] * 5
    await story.until_phase(number, Phase.IN_REVIEW)
    assert len(await story.ledger.jobs()) == 1
    assert len(await story.pulls()) == 1


async def labeled(story, number: int) -> dict[str, object]:
    """The payload that GitHub would have sent for our label."""
    home, issue = await story.state(), await story.issue(number)
    installation = (await story.get("/_hub/state"))["installations"][0]["id"]
    return {
        "action": "labeled",
        "installation": {"id": installation},
        "repository": {
            "id": home["id"],
            "name": "clock",
            "full_name": "acme/clock",
            "owner": issue["user"] | {"login": "acme"},
        },
        "sender": issue["user"],
        "label": {"name": "handoff"},
        "issue": issue,
    }


async def test_every_delivery_twice_and_out_of_order_is_still_one_of_everything(story):
    for kind in ("duplicate_delivery", "reorder_deliveries"):
        await story.post("/_hub/faults", {"kind": kind, "times": 500})
    number = await story.hand_over()

    job = await story.until_phase(number, Phase.IN_REVIEW)

    assert len(await story.pulls()) == 1
    assert len(await story.comments(number)) == 2
    assert len((await story.pull_of(job))["reviews"]) == 1


async def test_signed_nonsense_is_kept_with_its_reason(story):
    guid = str(uuid4())

    assert await deliver(story, b"this is not JSON", guid=guid) == 202

    assert "not a JSON object" in await unread(story, guid)


async def test_an_unknown_event_is_kept_with_its_reason(story):
    guid = str(uuid4())

    assert await deliver(story, b'{"action": "brewed"}', event="coffee", guid=guid) == 202

    assert "coffee" in await unread(story, guid)


async def test_an_unknown_repository_is_kept_with_its_reason(story):
    body = json.dumps(labeled_elsewhere()).encode()

    assert await deliver(story, body) == 202

    async def heard():
        rows = await story.ledger.inbox_of("nobody/nowhere", 5, 10)
        return rows[0] if rows and rows[0].state == "ignored" else None

    assert (await story.until("it to be refused", heard)).because
    assert await story.ledger.jobs() == []


def labeled_elsewhere() -> dict[str, object]:
    someone = {"login": "eve", "id": 999, "type": "User"}
    return {
        "action": "labeled",
        "installation": {"id": 4242},
        "repository": {"id": 77, "name": "nowhere", "full_name": "nobody/nowhere", "owner": {"login": "nobody", "id": 1}},
        "sender": someone,
        "label": {"name": "handoff"},
        "issue": {
            "number": 5, "title": "t", "body": "b", "user": someone, "state": "open",
            "labels": [{"name": "handoff"}], "updated_at": "2026-11-20T12:00:00Z",
        },
    }  # fmt: skip


async def test_a_deleted_issue_is_a_reason_and_no_error(story):
    await story.post(
        "/_hub/faults", {"kind": "delay_delivery", "seconds": 1.0, "times": 2, "match": {"event": "issues"}}
    )
    number = await story.hand_over()
    await story.act("delete_issue", number=number)

    assert await story.until_ignored(number)
    assert await story.job(number) is None


async def test_an_empty_repository_is_told_kindly(story_with):
    async with story_with(None, empty=True) as story:
        number = await story.hand_over()

        assert (
            await story.until_ignored(number) == "the repository is empty, so there is nothing to branch from"
        )
        assert "Please push a first commit" in (await story.comments(number))[0]


async def test_a_broken_configuration_is_told_with_its_line_and_key(story_with):
    async with story_with({".github/handoff.yml": "preset: cautious\ncheks: []\n"}) as story:
        number = await story.hand_over()

        await story.until_ignored(number)

        told = (await story.comments(number))[0]
        assert told.startswith(
            "@ada, I could not start: `.github/handoff.yml`, line 2: `cheks` is no key that I know. "
            "Did you mean `checks`?"
        )


async def test_github_away_for_a_while_loses_nothing(story):
    number = await story.open_issue("Count hours")
    await story.post(
        "/_hub/faults",
        {"kind": "error_before", "status": 503, "times": 4, "match": {"path_regex": "/repos/.*"}},
    )
    await story.label(number)

    job = await story.until_phase(number, Phase.IN_REVIEW)

    assert len(await story.pulls()) == 1
    assert job.work.pull_request is not None


async def test_an_answer_lost_after_every_write_is_still_one_of_everything(story):
    """GitHub answers 502 after it has done what was asked, for each kind of write."""
    for path in (
        "/comments$",
        "/pulls$",
        "/reviews$",
        "/check-runs$",
        "/requested_reviewers$",
        "/graphql$",
        "/reactions$",
    ):
        await story.post(
            "/_hub/faults",
            {
                "kind": "error_after_commit",
                "status": 502,
                "times": 1,
                "match": {"method": "POST", "path_regex": path},
            },
        )
    number = await story.hand_over()

    job = await story.until_phase(number, Phase.IN_REVIEW)

    assert len(await story.pulls()) == 1
    assert len(await story.comments(number)) == 2
    assert len((await story.pull_of(job))["reviews"]) == 1
    assert len((await story.state())["check_runs"]) == 1


async def test_a_rate_limit_is_waited_out(story):
    number = await story.open_issue("Count hours")
    await story.post(
        "/_hub/faults",
        {"kind": "rate_limit", "limit": "secondary", "headers": True, "retry_after": "1", "times": 1,
         "match": {"method": "POST", "path_regex": "/pulls$"}},
    )  # fmt: skip
    await story.label(number)

    await story.until_phase(number, Phase.IN_REVIEW)

    assert len(await story.pulls()) == 1


async def test_a_clock_that_is_ahead_is_named(story_with):
    """GitHub refuses a JWT from the future; that is for whoever runs us to mend, and the label is not lost."""
    async with story_with(None, clock=timedelta(hours=1)) as story:
        number = await story.hand_over()

        async def told():
            rows = await story.ledger.inbox_of(story.repository, number, 10)
            return next((row.because for row in rows if row.because), None)

        assert await story.until("a reason", told)
        assert await story.pulls() == []
