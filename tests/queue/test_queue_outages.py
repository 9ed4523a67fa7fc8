"""What happens when Redis dies, hangs, forgets everything, or holds what we never put there."""

import asyncio
import logging
import os
import pickle
import signal
import time

import pytest
from redis.asyncio import Redis

from app.embedded.valkey import EmbeddedValkey
from app.queue import Queue
from app.relay import relay


async def killed(valkey):
    os.kill(valkey.pid, signal.SIGKILL)
    await valkey.stop()


async def test_without_redis_a_wake_is_false_and_told_once(tmp_path, caplog):
    caplog.set_level(logging.INFO, logger="app.queue")
    valkey = EmbeddedValkey(tmp_path / "valkey")
    queue = await Queue.connect(valkey.url)

    assert [await queue.wake("run:1") for _ in range(3)] == [False] * 3
    await valkey.start()
    assert await queue.wake("run:1")
    await killed(valkey)
    assert not await queue.wake("run:1")
    await valkey.start()
    assert await queue.wake("run:1")

    await queue.close()
    await valkey.stop()
    down, up, down_again, up_again = caplog.messages
    assert down.startswith("Redis takes no wakes (")
    assert down_again.startswith("Redis takes no wakes (")
    assert {up, up_again} == {"Redis takes wakes again."}


async def test_a_killed_redis_is_listened_to_again_while_the_work_goes_on(valkey, queue, ear, until, caplog):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work(subject):
        if subject == "run:long":
            begun.set()
            await go_on.wait()

    worker = ear(work=work)
    await queue.wake("run:long")
    await begun.wait()

    await killed(valkey)

    async def outage_was_noticed():
        return any("Redis does not answer" in message for message in caplog.messages)

    await until(outage_was_noticed)
    await valkey.start()
    await queue.wake("run:later")
    await worker.hears("run:later")  # although the long one is still there
    assert worker.handled["run:long"] == 0
    go_on.set()
    await worker.hears("run:long")
    assert worker.handled["run:long"] == 1


async def test_a_hanging_redis_is_left_and_found_again(valkey, ear, until, caplog):
    impatient = f"{valkey.url}&socket_timeout=0.3&socket_connect_timeout=0.3"
    worker, queue = ear(url=impatient), await Queue.connect(impatient)
    await queue.wake("run:before")
    await worker.hears("run:before")

    os.kill(valkey.pid, signal.SIGSTOP)
    try:

        async def hang_was_noticed():
            return any("Redis does not answer" in message for message in caplog.messages)

        await until(hang_was_noticed)
        assert not await queue.wake("run:during")
    finally:
        os.kill(valkey.pid, signal.SIGCONT)

    async def wake_was_taken():
        return await queue.wake("run:after")

    await until(wake_was_taken)
    await worker.hears("run:after")
    await queue.close()


async def test_a_redis_that_accepts_but_never_answers_is_not_waited_for_for_ever():
    async def say_nothing(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    queue = await Queue.connect(f"redis://{host}:{port}/0")

    async with asyncio.timeout(30):
        assert not await queue.wake("run:1")

    await queue.close()
    server.close()


async def test_a_worker_may_start_before_redis_and_stop_without_it(tmp_path, ear):
    valkey = EmbeddedValkey(tmp_path / "later")
    worker, lonely = ear(url=valkey.url), ear(url="redis://127.0.0.1:1/0")
    queue = await Queue.connect(valkey.url)
    await valkey.start()
    await queue.wake("run:1")
    await worker.hears("run:1")

    await queue.close()
    await valkey.stop()
    await worker.stop()
    await lonely.stop()


async def test_what_a_flush_forgets_the_relay_wakes_again(valkey, queue, ear, background):
    due = {f"run:{number}" for number in range(60)}
    flushes = 0

    async def work(subject):
        nonlocal flushes
        if flushes < 3 and len(due) < 60 - 10 * flushes:
            flushes += 1
            async with Redis.from_url(valkey.url) as redis:
                await redis.flushall()
        await asyncio.sleep(0.02)
        due.discard(subject)

    async def what_is_due():
        return sorted(due)

    worker = ear(capacity=2, work=work)
    background(
        relay(
            what_is_due,
            queue.wake,
            nudged=asyncio.Event(),
            stopping=asyncio.Event(),
            interval_seconds=0.1,
            redispatch_seconds=0.5,
        )
    )

    for number in range(60):
        await worker.hears(f"run:{number}")
    assert flushes == 3
    assert not due


class Trap:
    """Unpickling one of these makes a folder."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


async def plant(valkey, name, content):
    async with Redis.from_url(valkey.url) as redis:
        await redis.set(b"arq:job:" + name, content)
        await redis.zadd("handoff:wakes", {name: int(time.time() * 1000) - 1000})


async def test_a_foreign_pickle_is_not_executed(valkey, queue, ear, tmp_path, until):
    pickle.loads(pickle.dumps(Trap(tmp_path / "control")))  # noqa: S301 - to see it spring
    assert (tmp_path / "control").exists()  # the trap works

    await plant(valkey, b"foreign", pickle.dumps(Trap(tmp_path / "sprung")))
    worker = ear()
    await queue.wake("run:good")
    await worker.hears("run:good")

    async def was_thrown_away():
        async with Redis.from_url(valkey.url) as redis:
            return not await redis.exists("arq:job:foreign")

    await until(was_thrown_away)
    assert not (tmp_path / "sprung").exists()


async def test_a_queue_that_arq_cannot_read_is_emptied_and_refilled(valkey, queue, ear, background, caplog):
    await plant(valkey, b"\xff\xfe not text", b"{}")
    worker = ear()

    async def what_is_due():
        return ["run:good"]

    background(
        relay(
            what_is_due,
            queue.wake,
            nudged=asyncio.Event(),
            stopping=asyncio.Event(),
            interval_seconds=0.1,
            redispatch_seconds=0.5,
        )
    )
    await worker.hears("run:good")

    assert "The wake-up queue is unreadable and is emptied; the relay refills it." in caplog.messages


@pytest.mark.parametrize(
    "content", [b"[]", b"null", b'{"f": ["wake"], "a": ["run:1"], "k": {}, "t": null, "et": 0}', b"\x80"]
)
async def test_no_content_of_a_job_stops_the_worker(valkey, queue, ear, until, content):
    await plant(valkey, b"odd", content)
    worker = ear()

    async def got_through():
        await queue.wake("run:good")
        return worker.handled["run:good"] > 0

    await until(got_through)


async def test_a_queue_of_the_wrong_type_is_replaced(valkey, queue, ear, until):
    async with Redis.from_url(valkey.url) as redis:
        await redis.set("handoff:wakes", "a string")
    worker = ear()

    async def got_through():
        await queue.wake("run:good")
        return worker.handled["run:good"] > 0

    await until(got_through)
