"""The streams that keep pages fresh: when they speak, what they pass on, and how they end."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.domain.credentials import owner_session
from app.embedded.valkey import EmbeddedValkey
from app.ledger.reading import Reading
from app.ledger.rows import Glance, Touched
from app.ledger.store import Ledger
from app.live import ENTRIES_MAX, ENTRY_CHARACTERS_MAX, LiveTail
from app.queue import open_redis
from app.web.pages.streams import event
from app.web.pages.watch import Watch, Watcher, changed
from tests.cli.house import House
from tests.pages.front import Front, stream, until
from tests.web import serving


async def newest(front: Front) -> int:
    return (await front.house.ledger.glance(0)).newest


async def test_a_page_is_told_to_look_again_when_something_happens(front: Front):
    job = await front.job()
    async with (
        stream(front.ada, f"/stream?seen={await newest(front)}") as desk,
        stream(front.ada, f"/jobs/jabc/stream?seen={await newest(front)}") as page,
    ):
        await front.begin(job)
        await until(desk, "event: desk")
        await until(page, "event: job")


async def test_a_page_that_missed_something_is_told_at_once(front: Front):
    await front.job()
    for seen in ("0", "", "many", "9" * 40):
        async with stream(front.ada, f"/stream?seen={seen}") as lines:
            assert (await until(lines, "data"))[0] == "event: desk"


async def test_the_browsers_own_memory_counts_over_the_address(front: Front):
    job = await front.job()
    async with stream(front.ada, "/stream?seen=0", **{"Last-Event-ID": str(await newest(front))}) as lines:
        await front.begin(job)
        heard = await until(lines, "id: ")
    assert heard[-1] == f"id: {await newest(front)}"


async def test_a_change_of_the_machinery_is_a_reason_to_look_again(front: Front):
    async with stream(front.ada, f"/stream?seen={await newest(front)}") as lines:
        await front.alive()
        await until(lines, "event: desk")


async def test_a_stranger_gets_no_stream(front: Front):
    stranger = httpx.AsyncClient(base_url=front.web.url, trust_env=False)
    async with stranger:
        answer = await stranger.get("/stream", headers={"Accept": "text/event-stream"})
    assert answer.status_code == 401


# Watching


class Counted(Reading):
    """The ledger, and how often it was glanced at. `enough` is set at the third time."""

    looks = 0

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger._database)
        self.enough = asyncio.Event()

    async def glance(self, since: int) -> Glance:
        self.looks += 1
        if self.looks == 3:
            self.enough.set()
        return await super().glance(since)


async def machine() -> str:
    return "well"


@pytest.fixture
async def counted(tmp_path: Path) -> AsyncIterator[Counted]:
    ledger = await Ledger.open(f"sqlite:///{tmp_path}/handoff.db")
    yield Counted(ledger)
    await ledger.close()


async def test_nobody_looks_while_nobody_watches_and_one_looks_for_all(counted: Counted):
    watch = Watch(counted, machine, look_seconds=0.01)
    looking = asyncio.create_task(watch.look_out())
    await asyncio.sleep(0.1)
    assert counted.looks == 0
    with contextlib.ExitStack() as here:
        for _ in range(50):
            here.enter_context(watch.joined(Watcher()))
        await counted.enough.wait()
        assert counted.looks < 50
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)


async def test_when_it_is_crowded_one_more_is_asked_to_come_later(counted: Counted):
    watch = Watch(counted, machine, watchers_max=2)
    with watch.joined(Watcher()):
        assert not watch.crowded
        with watch.joined(Watcher()):
            assert watch.crowded
        assert not watch.crowded


def test_a_run_that_comes_goes_or_waits_for_another_reason_is_a_change():
    here = Touched("j1", 7)

    def seen(**live: tuple[str, str | None]) -> Glance:
        return Glance(
            newest=1, happened=frozenset(), live={run: (here, *state) for run, state in live.items()}
        )

    waiting, full, claimed = seen(r=("waiting", None)), seen(r=("waiting", "full")), seen(r=("claimed", None))
    assert changed(waiting, waiting) == frozenset()
    for before, now in ((waiting, full), (full, claimed), (claimed, seen()), (seen(), waiting)):
        assert changed(before, now) == {here}


def test_an_event_of_many_lines_arrives_as_it_was_sent():
    assert event("log", "one\ntwo\r\n", position=3) == "event: log\nid: 3\ndata: one\ndata: two\ndata: \n\n"


# The live output


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path / "valkey")
    await server.start()
    yield server
    await server.stop()


@contextlib.asynccontextmanager
async def tail_at(url: str) -> AsyncIterator[LiveTail]:
    redis = open_redis(url)
    yield LiveTail(redis)
    await redis.aclose(close_connection_pool=True)


async def test_a_tail_is_read_from_where_one_was_and_never_grows_beyond_its_bounds(valkey: EmbeddedValkey):
    async with tail_at(valkey.url) as tail:
        await tail.add("j.1", "one\n")
        text, position = await tail.read("j.1")
        await tail.add("j.1", "two\n")
        assert (text, await tail.read("j.1", position)) == ("one\n", ("two\n", (await tail.read("j.1"))[1]))
        assert await tail.read("j.1", (await tail.read("j.1"))[1]) == ("", (await tail.read("j.1"))[1])
        for number in range(ENTRIES_MAX + 5):
            await tail.add("j.2", f"{number}" + "x" * 2 * ENTRY_CHARACTERS_MAX)
        whole, _ = await tail.read("j.2")
        assert len(whole) == ENTRIES_MAX * ENTRY_CHARACTERS_MAX


async def test_the_output_of_a_run_is_passed_on_while_it_runs_and_is_text(
    tmp_path: Path, valkey: EmbeddedValkey
):
    chosen = serving.settings(tmp_path, redis_url=valkey.url)
    async with serving.served(chosen) as web, contextlib.AsyncExitStack() as ends:
        assert web.ledger is not None
        ada = await web.log_in()
        ends.push_async_callback(ada.aclose)
        front = Front(web=web, house=House(chosen, web.ledger), ada=ada, ends=ends)
        await front.begin(await front.job())
        tail = await ends.enter_async_context(tail_at(valkey.url))
        await tail.add("jabc.1", "Reading <dates.py>\n")
        assert "Reading &lt;dates.py&gt;" in (await ada.get("/jobs/jabc")).text
        async with stream(ada, f"/jobs/jabc/stream?seen={await newest(front)}") as lines:
            whole = await until(lines, "data: </code>")
            assert "event: log-all" in whole
            assert any("Reading &lt;dates.py&gt;" in line for line in whole)
            await tail.add("jabc.1", "Writing it\n")
            assert await until(lines, "data: Writing it") == ["event: log", "data: Writing it"]


# The end


async def test_open_streams_do_not_hold_the_process_up(tmp_path: Path):
    async with contextlib.AsyncExitStack() as ends:
        web = serving.start_web(tmp_path, ends)
        ledger = await Ledger.open(f"sqlite:///{web.database}")
        session = await ledger.grant(owner_session("ada"))
        await ledger.close()
        assert web.process is not None
        assert web.log is not None
        web.client.cookies["handoff-0"] = session
        async with stream(web.client, "/stream?seen=x") as lines:
            await until(lines, "data")
            web.process.send_signal(signal.SIGTERM)
            assert [line async for line in lines] == []
        assert web.process.wait(20) == 0
        assert "Traceback" not in web.log.read_text()
        assert "timeout" not in web.log.read_text()
