"""All 329 published examples of GitHub's payloads, signed, through the running web process and a worker's intake.

Most were sent by ordinary webhooks, so those of events that we read go once more as an App's, with an installation.
"""

import asyncio
import gzip
import hashlib
import hmac
import json
import logging
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.github.inbound import EVENTS, UNASKED
from app.ledger.rows import DeliveryRow
from tests.world.setting import SECRET, Story

EXAMPLES = Path(__file__).parents[1] / "contract" / "webhook-examples.json.gz"
AT_ONCE = 32


@pytest.fixture(scope="module")
def examples() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(gzip.decompress(EXAMPLES.read_bytes()))
    return found


async def deliver(story: Story, guid: str, event: str, payload: dict[str, Any]) -> int:
    body = json.dumps(payload).encode()
    headers = {
        "content-type": "application/json",
        "x-github-event": event,
        "x-github-delivery": guid,
        "x-hub-signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
    }
    return (await story.http.post(story.webhook_url, content=body, headers=headers)).status_code


async def settled(story: Story, guids: Collection[str]) -> dict[str, DeliveryRow]:
    """Return what became of these deliveries, once all of them are settled."""

    async def seen() -> dict[str, DeliveryRow] | None:
        rows = [row for state in ("read", "unread") for row in await story.ledger.deliveries(state, 1000)]
        found = {row.guid: row for row in rows if row.guid in guids}
        return found if len(found) == len(guids) else None

    rows: dict[str, DeliveryRow] = await story.until("every delivery to be settled", seen)
    return rows


async def test_every_real_payload_is_settled_with_a_reason_and_none_is_lost(
    story_with: Callable[..., AbstractAsyncContextManager[Story]],
    examples: list[dict[str, Any]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with story_with() as story:
        installation = {"id": (await story.get("/_hub/state"))["installations"][0]["id"]}
        ours = [each for each in examples if each["event"] in EVENTS]
        as_an_apps = [{**each, "payload": each["payload"] | {"installation": installation}} for each in ours]
        sent = {str(uuid4()): (each["event"], each["payload"]) for each in (*examples, *as_an_apps)}
        gate = asyncio.Semaphore(AT_ONCE)

        async def send(guid: str) -> int:
            async with gate:
                return await deliver(story, guid, *sent[guid])

        codes = Counter(await asyncio.gather(*map(send, sent)))
        assert (len(examples), codes) == (329, {202: len(sent)})
        rows = await settled(story, sent)
        await story.nothing_is_left_over()

        assert all(row.because for row in rows.values())
        read = {sent[guid][0] for guid, row in rows.items() if row.state == "read"}
        assert read == EVENTS | UNASKED
        assert await story.ledger.jobs() == []
        assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
