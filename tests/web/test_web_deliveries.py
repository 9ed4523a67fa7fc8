"""What becomes of deliveries that are as they should be."""

import asyncio
import gzip
import json
import socket
import uuid
from pathlib import Path

from redis.asyncio import Redis

from app.embedded.valkey import EmbeddedValkey
from app.queue import QUEUE_NAME
from tests.web.serving import PREVIOUS, StartWeb, Web, served, settings, sign

EXAMPLES = Path(__file__).parents[1] / "contract" / "webhook-examples.json.gz"


async def test_a_delivery_is_on_disk_as_it_came_when_it_is_answered(web: Web):
    body = b'{"action": "labeled",   "text": "caf\xc3\xa9"}'
    answer = await web.deliver(body, x_github_delivery="72d3162e-cc78-11e3-81ab-4c9367dc0958")
    (row,) = web.stored()
    assert (answer.status_code, answer.text) == (202, "Stored.")
    assert (row["guid"], row["event"], row["body"]) == (
        "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "issues",
        body,
    )


async def test_only_the_headers_that_tell_something_are_kept(web: Web):
    await web.deliver({}, authorization="Bearer x", cookie="a=b", x_github_hook_id="7")
    kept = json.loads(web.stored()[0]["headers"])
    assert set(kept) == {
        "content-type",
        "user-agent",
        "x-github-delivery",
        "x-github-event",
        "x-github-hook-id",
    }


async def test_the_same_delivery_five_times_at_once_is_one_row_and_five_times_202(web: Web):
    guid = str(uuid.uuid4())
    answers = await asyncio.gather(*(web.deliver({"n": 1}, x_github_delivery=guid) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [202] * 5
    assert [row["guid"] for row in web.stored()] == [guid]


async def test_the_previous_secret_is_accepted_while_it_is_replaced(web: Web):
    body = b"{}"
    answer = await web.deliver(body, x_hub_signature_256=sign(body, PREVIOUS))
    assert answer.status_code == 202


async def test_what_is_signed_is_stored_even_if_nobody_can_read_it(web: Web):
    answers = [
        await web.deliver(b"not json"),
        await web.deliver(b""),
        await web.deliver({}, x_github_event="brand_new"),
    ]
    assert [answer.status_code for answer in answers] == [202] * 3
    assert [row["body"] for row in web.stored()] == [b"not json", b"", b"{}"]


async def test_a_body_of_exactly_the_limit_is_stored(tmp_path: Path):
    async with served(settings(tmp_path, webhook_body_bytes=2048)) as web:
        assert (await web.deliver(b" " * 2048)).status_code == 202


async def test_every_published_example_of_github_is_stored(web: Web):
    examples = json.loads(gzip.decompress(EXAMPLES.read_bytes()))
    answers = await asyncio.gather(
        *(web.deliver(example["payload"], x_github_event=example["event"]) for example in examples)
    )
    assert {answer.status_code for answer in answers} == {202}
    assert len(web.stored()) == len(examples) == 329


async def test_a_delivery_wakes_a_worker_at_once(tmp_path: Path):
    valkey = EmbeddedValkey(tmp_path / "queue")
    await valkey.start()
    try:
        async with (
            served(settings(tmp_path, redis_url=valkey.url)) as web,
            Redis.from_url(valkey.url) as redis,
        ):
            guid = str(uuid.uuid4())
            await web.deliver({}, x_github_delivery=guid)
            (job, _) = (await redis.bzpopmin(QUEUE_NAME, timeout=10))[1:]
            woken = json.loads(await redis.get(b"arq:job:" + job))
            assert f"delivery:{guid}" in woken["a"]
    finally:
        await valkey.stop()


async def test_a_redis_that_never_answers_keeps_no_delivery_waiting(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"redis://127.0.0.1:{mute.getsockname()[1]}/0"
        async with served(settings(tmp_path, redis_url=url)) as web, asyncio.timeout(4):  # Redis would get 5
            answers = await asyncio.gather(*(web.deliver({}) for _ in range(20)))
            assert {answer.status_code for answer in answers} == {202}


async def test_what_was_answered_202_survives_kill_9(start_web: StartWeb):
    web = start_web()
    assert web.process is not None
    answers = await asyncio.gather(*(web.deliver({"n": n}) for n in range(50)))
    web.process.kill()
    web.process.wait()
    assert len(web.stored()) == sum(answer.status_code == 202 for answer in answers) == 50
