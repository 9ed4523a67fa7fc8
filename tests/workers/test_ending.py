"""A task is ended for certain, also one that swallows what should end it."""

import asyncio
from contextlib import suppress

from app.ending import end


async def test_a_task_that_swallows_its_cancellation_is_cancelled_again():
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        for _ in range(2):
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(3600)
            swallowed += 1
        await asyncio.sleep(3600)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await asyncio.wait_for(end(task), 30)
    assert (task.cancelled(), swallowed) == (True, 2)


async def test_what_it_raised_is_dropped():
    async def broken() -> None:
        raise OSError("gone")

    task = asyncio.create_task(broken())
    await asyncio.sleep(0)
    await end(task)
    assert task.done()
