"""Deliveries: kept before they are answered for, once each, and settled with a fact or a reason."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.errors import Defect, TryAgain
from app.ledger.rows import Delivery
from app.ledger.store import Ledger

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


async def accept(ledger, guid, body=b"{}"):
    return await ledger.accept(guid, "issues", body, {"x-github-event": "issues"}, NOON)


@pytest.fixture
async def sqlite(tmp_path):
    ledger = await Ledger.open(f"sqlite:///{tmp_path}/ledger.db")
    yield ledger
    await ledger.close()


async def test_a_delivery_is_kept_byte_for_byte(ledger):
    body = bytes(range(256))
    assert await ledger.accept("g1", "issues", body, {"x-github-event": "issues"}, NOON)
    assert await ledger.read_delivery("g1") == Delivery(
        guid="g1",
        event="issues",
        headers={"x-github-event": "issues"},
        body=body,
        received_at=NOON,
        attempts=0,
    )


async def test_the_same_delivery_fifty_times_at_once_is_new_once(ledger):
    news = await asyncio.gather(*(accept(ledger, "g1", str(n).encode()) for n in range(50)))
    assert news.count(True) == 1
    assert (await ledger.backlog()).deliveries == 1


async def test_fifty_deliveries_at_once_are_all_kept(ledger):
    assert all(await asyncio.gather(*(accept(ledger, f"g{n}") for n in range(50))))
    assert len(await ledger.deliveries()) == 50


async def test_an_unknown_delivery_is_none(ledger):
    assert await ledger.read_delivery("nothing") is None


async def test_a_delivery_becomes_a_fact_in_the_inbox(ledger, story):
    await accept(ledger, "g1")
    fact = story.labeled()
    assert await ledger.settle_delivery("g1", fact, "an issue was labelled")
    assert await ledger.read_delivery("g1") is None
    letter = await ledger.next_in_lane("1:12", NOON)
    assert (letter.fact, letter.source) == (fact, "webhook")
    [row] = await ledger.deliveries("read")
    assert (row.guid, row.because) == ("g1", "an issue was labelled")


async def test_the_same_act_in_two_deliveries_is_heard_once_and_the_second_says_so(ledger, story):
    fact = story.labeled()
    for guid in ("g1", "g2"):
        await accept(ledger, guid)
    assert await ledger.settle_delivery("g1", fact, "an issue was labelled")
    assert not await ledger.settle_delivery("g2", fact, "an issue was labelled")
    assert (await ledger.backlog()).letters == 1
    [second] = [row for row in await ledger.deliveries("read") if row.guid == "g2"]
    assert second.because == "an issue was labelled (heard before as label:1)"


async def test_two_readers_of_one_delivery_settle_it_once(ledger, story):
    await accept(ledger, "g1")
    facts = [story.labeled(), story.labeled()]
    news = await asyncio.gather(*(ledger.settle_delivery("g1", fact, "read") for fact in facts))
    assert sorted(news) == [False, True]
    assert (await ledger.backlog()).letters == 1


async def test_a_delivery_that_means_nothing_keeps_its_reason(ledger):
    await accept(ledger, "g1")
    assert not await ledger.settle_delivery("g1", None, "`star` events mean nothing to me")
    [row] = await ledger.deliveries("unread")
    assert (row.guid, row.because) == ("g1", "`star` events mean nothing to me")


async def test_a_delivery_cannot_be_left_unread_without_a_reason(ledger):
    await accept(ledger, "g1")
    with pytest.raises(Defect, match="reason"):
        await ledger.settle_delivery("g1", None, "")
    assert (await ledger.read_delivery("g1")).guid == "g1"


async def test_a_postponed_delivery_waits_for_its_time(ledger):
    await accept(ledger, "g1")
    await ledger.postpone_delivery("g1", NOON + timedelta(minutes=5), "the inbox stumbled")
    assert await ledger.due(NOON) == []
    assert await ledger.due(NOON + timedelta(minutes=5)) == ["delivery:g1"]
    assert (await ledger.read_delivery("g1")).attempts == 1


async def test_an_instant_without_a_timezone_is_refused(ledger):
    with pytest.raises(Exception, match="no timezone"):
        await ledger.accept("g1", "issues", b"", {}, datetime(2026, 5, 4, 12, 0))  # noqa: DTZ001 (the point)
    assert await accept(ledger, "g1")


async def test_a_failing_unit_leaves_the_rest_of_its_batch_alone(ledger):
    def fail(connection):
        connection.exec_driver_sql("DELETE FROM deliveries")
        raise LookupError("this unit fails after it wrote")

    units = [accept(ledger, "before"), ledger._write(fail), accept(ledger, "after")]
    assert [str(answer) for answer in await asyncio.gather(*units, return_exceptions=True)] == [
        "True",
        "this unit fails after it wrote",
        "True",
    ]
    assert {row.guid for row in await ledger.deliveries()} == {"before", "after"}


async def test_a_refused_row_is_not_quoted_in_the_error(ledger):
    with pytest.raises(Defect) as refused:
        await ledger.accept("g1", None, b"hunter2", {"token": "hunter2"}, NOON)
    assert "event" in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert b"hunter2".hex() not in str(refused.value)


async def test_a_wrong_statement_is_our_defect_and_not_tried_again(ledger):
    with pytest.raises(Defect, match="nowhere"):
        await ledger._write(lambda connection: connection.exec_driver_sql("SELECT 1 FROM nowhere"))


async def in_one_batch(ledger, *units):
    """Keep the writer busy with another batch until all units wait for it."""
    gate, begun = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def keep_busy(_connection):
        loop.call_soon_threadsafe(begun.set)
        gate.wait(10)

    busy = asyncio.ensure_future(ledger._write(keep_busy))
    await begun.wait()
    waiting = [asyncio.ensure_future(unit) for unit in units]
    await asyncio.sleep(0)
    gate.set()
    await busy
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_commit_that_fails_fails_all_of_its_batch_and_nothing_after(sqlite):
    def break_the_commit(connection):
        # A constraint that is only looked at by COMMIT: every statement succeeds, and then the commit does not.
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.exec_driver_sql("INSERT INTO timers (job_id, key, due_at) VALUES ('nobody', 'k', 't')")

    answers = await in_one_batch(
        sqlite, accept(sqlite, "g1"), sqlite._write(break_the_commit), accept(sqlite, "g2")
    )
    assert [type(answer) for answer in answers] == [Defect, Defect, Defect]
    assert await sqlite.deliveries() == []
    assert await accept(sqlite, "g1")


async def test_a_full_disk_loses_nothing_that_was_acknowledged(sqlite):
    pages = await sqlite._read(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar())
    await sqlite._write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {pages + 40}").scalar())
    guids = [f"g{n}" for n in range(60)]
    answers = await asyncio.gather(*(accept(sqlite, g, b"x" * 8000) for g in guids), return_exceptions=True)
    refused = [answer for answer in answers if answer is not True]
    assert refused
    assert all(isinstance(answer, TryAgain) and "full" in str(answer) for answer in refused)
    kept = {row.guid for row in await sqlite.deliveries()}
    assert kept == {guid for guid, answer in zip(guids, answers, strict=True) if answer is True}
    await sqlite._write(lambda c: c.exec_driver_sql("PRAGMA max_page_count = 100000").scalar())
    assert all(await asyncio.gather(*(accept(sqlite, g, b"x" * 8000) for g in guids if g not in kept)))


async def test_a_file_that_another_process_keeps_locked_is_tried_again_later(tmp_path):
    address = f"sqlite:///{tmp_path}/ledger.db"
    ledger, other = await Ledger.open(address), await Ledger.open(address)
    await ledger._write(lambda c: c.exec_driver_sql("PRAGMA busy_timeout = 10").scalar())
    gate, begun = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def keep(_connection):
        loop.call_soon_threadsafe(begun.set)
        gate.wait(10)

    held = asyncio.ensure_future(other._write(keep))
    await begun.wait()
    with pytest.raises(TryAgain, match="locked"):
        await accept(ledger, "g1")
    gate.set()
    await held
    assert await accept(ledger, "g1")
    await ledger.close()
    await other.close()
