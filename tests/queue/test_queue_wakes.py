"""What goes into Redis, and what becomes of it when nothing goes wrong."""

import asyncio
import json
import logging

import pytest
from redis.asyncio import Redis

from app.domain.errors import TryAgain
from app.queue import QUEUE_NAME, WAKES_LIMIT


def all_taken(valkey):
    async def nothing_is_queued():
        async with Redis.from_url(valkey.url) as redis:
            return await redis.zcard("handoff:wakes") == 0

    return nothing_is_queued


async def until_told(until, caplog, message):
    async def was_told():
        return message in caplog.messages

    await until(was_told)


async def test_a_wake_reaches_the_handler(queue, ear):
    worker = ear()

    assert await queue.wake("run:01HZX")

    await worker.hears("run:01HZX")


async def test_a_wake_is_json_and_carries_only_the_id(queue, valkey):
    await queue.wake("lane:123:45")

    async with Redis.from_url(valkey.url) as redis:
        (key,) = await redis.keys("arq:job:*")
        job = json.loads(await redis.get(key))

    assert job.pop("et") > 0  # when it was enqueued
    assert job == {"t": None, "f": "wake", "a": ["lane:123:45"], "k": {}}


async def test_the_same_subject_may_wait_twice_because_arq_ids_are_fresh(queue, valkey):
    assert [await queue.wake("effects:J1") for _ in range(2)] == [True, True]

    async with Redis.from_url(valkey.url) as redis:
        assert await redis.zcard("handoff:wakes") == 2


async def test_a_handled_wake_leaves_nothing_behind(queue, ear, valkey, until):
    worker = ear()
    await queue.wake("delivery:GUID")
    await worker.hears("delivery:GUID")

    async def only_the_sign_of_life_is_left():
        async with Redis.from_url(valkey.url) as redis:
            return await redis.keys("*") == [b"handoff:wakes:health-check"]

    await until(only_the_sign_of_life_is_left)


async def test_two_hundred_wakes_are_handled_ten_at_a_time(queue, ear):
    running, most, full = set(), 0, asyncio.Event()

    async def work(subject):
        nonlocal most
        running.add(subject)
        most = max(most, len(running))
        if most == 10:
            full.set()
        await full.wait()
        await asyncio.sleep(0.01)
        running.remove(subject)

    worker = ear(capacity=10, work=work)
    subjects = [f"run:{number}" for number in range(200)]
    assert all([await queue.wake(subject) for subject in subjects])

    for subject in subjects:
        await worker.hears(subject)
    assert most == 10
    assert set(worker.handled.values()) == {1}


async def test_long_runs_do_not_keep_an_intake_waiting(queue, ear):
    async def work(subject):
        if subject.startswith("run:"):
            await asyncio.Event().wait()

    worker = ear(capacity=2, work=work, grace_seconds=0)
    for number in range(5):
        await queue.wake(f"run:{number}")
    await queue.wake("lane:1:7")

    await worker.hears("lane:1:7")


async def test_a_subject_woken_while_it_is_handled_is_handled_once_more(queue, ear, valkey, until):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work(subject):
        if subject == "lane:1:7":
            begun.set()
            await go_on.wait()

    worker = ear(work=work)
    await queue.wake("lane:1:7")
    await begun.wait()
    for _ in range(5):
        await queue.wake("lane:1:7")
    await until(all_taken(valkey))
    go_on.set()

    await worker.hears("lane:1:7", times=2)
    await queue.wake("lane:marker")
    await worker.hears("lane:marker")
    assert worker.handled["lane:1:7"] == 2


async def test_a_failing_handler_is_logged_with_its_traceback_and_the_next_wake_is_handled(
    queue, ear, until, caplog
):
    async def work(subject):
        if subject == "run:bad":
            raise LookupError("no such run")

    worker = ear(work=work)
    await queue.wake("run:bad")
    await until_told(until, caplog, "Handling run:bad failed.")
    await queue.wake("run:good")
    await worker.hears("run:good")

    assert [record.levelname for record in caplog.records if record.levelno >= logging.WARNING] == ["ERROR"]
    assert "no such run" in caplog.text
    assert "Traceback" in caplog.text


async def test_trying_again_later_is_no_error(queue, ear, until, caplog):
    caplog.set_level(logging.INFO)

    async def work(subject):
        if subject == "run:early":
            raise TryAgain("GitHub asks for patience.")

    worker = ear(work=work)
    await queue.wake("run:early")
    await until_told(until, caplog, "run:early is tried again later: GitHub asks for patience.")
    await queue.wake("run:good")
    await worker.hears("run:good")

    assert "Traceback" not in caplog.text


async def test_stopping_waits_for_what_runs(queue, ear):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work(_):
        begun.set()
        await go_on.wait()

    worker = ear(work=work)
    await queue.wake("run:1")
    await begun.wait()

    stop = asyncio.create_task(worker.stop())
    done, _ = await asyncio.wait({stop}, timeout=0.3)
    assert not done
    go_on.set()
    await stop

    assert worker.handled == {"run:1": 1}


async def test_what_outlasts_the_grace_is_cancelled(queue, ear):
    begun, ended = asyncio.Event(), []

    async def work(_):
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    worker = ear(work=work, grace_seconds=0.05)
    await queue.wake("run:1")
    await begun.wait()
    await worker.stop()

    assert ended == ["cancelled"]


async def test_nothing_new_starts_while_stopping(queue, ear, valkey, until):
    begun, go_on = [], asyncio.Event()

    async def work(subject):
        begun.append(subject)
        await go_on.wait()

    worker = ear(capacity=1, work=work)
    await queue.wake("run:first")
    await until(all_taken(valkey))
    await queue.wake("run:first")
    await queue.wake("run:waiting")
    await until(all_taken(valkey))
    worker.stopping.set()
    go_on.set()
    await worker.stop()
    await asyncio.sleep(0.05)  # what would wrongly begin, begins now

    assert begun == ["run:first"]


@pytest.mark.parametrize("arguments", [(), ("run:1", "run:2"), (7,), ({"id": "run:1"},), ("x" * 501,)])
async def test_a_wake_without_a_readable_subject_is_dropped(queue, ear, until, caplog, arguments):
    worker = ear()
    await queue._redis.enqueue_job("wake", *arguments)
    await until_told(until, caplog, "A wake without a readable subject was dropped.")
    await queue.wake("run:good")
    await worker.hears("run:good")

    assert worker.handled == {"run:good": 1}


async def test_a_queue_that_nobody_empties_is_not_filled_without_end(queue, valkey):
    """While workers are away the relay goes on waking; what does not fit waits in the ledger."""
    async with Redis.from_url(valkey.url) as redis:
        await redis.zadd(QUEUE_NAME, {f"stale-{n}": n for n in range(WAKES_LIMIT - 3)})

        taken = [await queue.wake(f"run:{n}") for n in range(10)]
        assert taken == [True] * 3 + [False] * 7

        await redis.delete(QUEUE_NAME)
        assert await queue.wake("run:again")
