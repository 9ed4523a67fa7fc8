"""A process that is killed in the middle of writing has lost nothing that it acknowledged, and leaves a sound file."""

import asyncio
import sys

import pytest

from app.ledger.store import Ledger

WRITER = """
import asyncio, itertools, sys
from datetime import UTC, datetime
from app.ledger.store import Ledger

async def keep_accepting(ledger, numbers):
    for n in numbers:
        assert await ledger.accept(f"g{n}", "issues", b"x" * 5000, {}, datetime.now(UTC))
        print(f"g{n}", flush=True)

async def main():
    ledger = await Ledger.open(sys.argv[1])
    numbers = itertools.count()
    await asyncio.gather(*(keep_accepting(ledger, numbers) for _ in range(20)))

asyncio.run(main())
"""


@pytest.mark.parametrize("acknowledged", [1, 150, 400])
async def test_killed_in_mid_write_every_acknowledged_delivery_is_there(database, acknowledged):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, database, stdout=asyncio.subprocess.PIPE
    )
    told = [await process.stdout.readline() for _ in range(acknowledged)]
    process.kill()
    told += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    promised = {line.decode().strip() for line in told if line.endswith(b"\n")}
    assert len(promised) >= acknowledged

    ledger = await Ledger.open(database)
    kept = {row.guid for row in await ledger.deliveries(limit=100_000)}
    assert promised <= kept
    assert (await ledger.read_delivery("g0")).body == b"x" * 5000
    if database.startswith("sqlite"):
        [sound] = await ledger._write(lambda c: c.exec_driver_sql("PRAGMA integrity_check").all())
        assert tuple(sound) == ("ok",)
    assert await ledger.accept("after", "issues", b"", {}, (await ledger.read_delivery("g0")).received_at)
    await ledger.close()
