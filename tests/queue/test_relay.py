"""When the relay asks, whom it wakes, and that nothing it is told can kill it."""

import asyncio
import logging

import pytest

from app.relay import relay, to_wake

PATIENCE_SECONDS = 30.0


def test_what_is_due_is_woken_once_in_order():
    assert to_wake(["b", "a", "b"], {}, now=100.0, redispatch_seconds=2.0) == ["b", "a"]


def test_what_was_woken_a_moment_ago_is_left_alone():
    woken_at = {"a": 99.0, "b": 98.0, "c": 97.0}

    assert to_wake(["a", "b", "c", "d"], woken_at, now=100.0, redispatch_seconds=2.0) == ["b", "c", "d"]


class World:
    """What is due, and who was woken: the two things a relay is told about."""

    def __init__(self):
        self.due, self.woken, self.asked = [], [], 0
        self.redis_is_there = True
        self.trouble_asking: Exception | None = None
        self.trouble_waking: dict[str, Exception] = {}
        self.nudged, self.stopping = asyncio.Event(), asyncio.Event()
        self._changed = asyncio.Condition()

    async def what_is_due(self):
        async with self._changed:
            self.asked += 1
            self._changed.notify_all()
        if self.trouble_asking:
            raise self.trouble_asking
        return list(self.due)

    async def wake(self, subject):
        if subject in self.trouble_waking:
            raise self.trouble_waking[subject]
        if self.redis_is_there:
            self.woken.append(subject)
        return self.redis_is_there

    async def rounds(self, count=1):
        """Let the relay begin `count` more rounds after the one it is in, so that this one has ended."""
        wanted = self.asked + count
        async with asyncio.timeout(PATIENCE_SECONDS), self._changed:
            await self._changed.wait_for(lambda: self.asked >= wanted)


@pytest.fixture
async def world():
    return World()


@pytest.fixture
async def run(world):
    tasks = []

    async def start(*, interval_seconds=0.01, redispatch_seconds=3600.0):
        tasks.append(
            asyncio.create_task(
                relay(
                    world.what_is_due,
                    world.wake,
                    nudged=world.nudged,
                    stopping=world.stopping,
                    interval_seconds=interval_seconds,
                    redispatch_seconds=redispatch_seconds,
                )
            )
        )
        await world.rounds(1)

    yield start
    world.stopping.set()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*tasks)


async def test_a_due_subject_is_woken_once_within_the_redispatch_time(world, run):
    world.due = ["run:1"]
    await run()
    await world.rounds(5)

    assert world.woken == ["run:1"]


async def test_what_stays_due_is_woken_again(world, run):
    world.due = ["run:1"]
    await run(redispatch_seconds=0.03)
    await world.rounds(20)

    assert world.woken.count("run:1") > 1


async def test_what_was_handled_and_is_due_anew_is_woken_at_once(world, run):
    world.due = ["lane:1:7"]
    await run()
    await world.rounds(2)
    world.due = []
    await world.rounds(2)
    world.due = ["lane:1:7"]
    await world.rounds(2)

    assert world.woken == ["lane:1:7", "lane:1:7"]


async def test_a_nudge_does_not_wait_for_the_interval(world, run):
    await run(interval_seconds=3600.0)
    world.due = ["run:1"]
    world.nudged.set()
    await world.rounds(1)
    world.due = ["run:1", "run:2"]
    world.nudged.set()
    await world.rounds(1)
    world.nudged.set()
    await world.rounds(1)

    assert world.woken == ["run:1", "run:2"]


async def test_a_nudge_is_answered_once(world, run):
    await run(interval_seconds=3600.0)
    world.nudged.set()
    await world.rounds(1)
    asked = world.asked
    await asyncio.sleep(0.2)

    assert world.asked == asked


async def test_what_redis_did_not_take_is_tried_in_the_next_round(world, run):
    world.due, world.redis_is_there = ["run:1", "run:2"], False
    await run()
    await world.rounds(3)
    assert world.woken == []
    world.redis_is_there = True
    await world.rounds(2)

    assert world.woken == ["run:1", "run:2"]


async def test_a_ledger_that_fails_is_asked_again_and_told_once(world, run, caplog):
    caplog.set_level(logging.INFO, logger="app.relay")
    world.due, world.trouble_asking = ["run:1"], OSError("the disk is full")
    await run()
    await world.rounds(4)
    world.trouble_asking = None
    await world.rounds(2)

    assert world.woken == ["run:1"]
    assert caplog.messages == [
        "The relay could not wake what is due; it keeps trying.",
        "The relay works again.",
    ]
    assert "the disk is full" in caplog.text


async def test_one_subject_that_cannot_be_woken_does_not_keep_the_others_asleep(world, run):
    world.due = ["run:1", "run:2", "run:3"]
    world.trouble_waking = {"run:2": RuntimeError("odd")}
    await run()
    await world.rounds(3)
    assert world.woken == ["run:1", "run:3"]
    world.trouble_waking = {}
    await world.rounds(2)

    assert world.woken == ["run:1", "run:3", "run:2"]


async def test_a_relay_that_is_stopped_ends(world, run):
    await run(interval_seconds=3600.0)
    world.stopping.set()  # the fixture waits for its end
