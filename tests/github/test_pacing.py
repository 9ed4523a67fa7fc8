import asyncio
import itertools
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from app.domain.errors import RateLimited
from app.embedded.valkey import EmbeddedValkey
from app.github.buckets import TAKE_SCRIPT, Limit, take
from app.github.pacing import Kind, Pacing, Rates

# A minute between writes, so that a machine that stalls for seconds changes no verdict; nobody really waits.
SLOW = Rates(writes_per_minute=1, wait_seconds_max=120)


class Waiting:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []

    def seconds(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@asynccontextmanager
async def serving(folder):
    server = EmbeddedValkey(folder)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@pytest.fixture
async def valkey(tmp_path):
    async with serving(tmp_path / "valkey") as server:
        yield server


@pytest.fixture(params=["shared through Valkey", "in one process"])
async def pacing(request, waiting, tmp_path):
    if request.param == "in one process":
        yield Pacing(None, SLOW, seconds=waiting.seconds, sleep=waiting.sleep)
        return
    async with serving(tmp_path / "valkey") as server, Redis.from_url(server.url) as redis:
        yield Pacing(redis, SLOW, seconds=waiting.seconds, sleep=waiting.sleep)


async def test_writes_go_apart_and_a_longer_wait_is_the_queues(pacing, waiting):
    for _ in range(3):
        await pacing.turn("7", Kind.WRITE)
    with pytest.raises(RateLimited) as caught:
        await pacing.turn("7", Kind.WRITE)
    assert 30 < waiting.slept[0] <= 60 < waiting.slept[1] <= 120 < caught.value.after_seconds <= 180


async def test_a_refused_turn_is_not_taken(pacing):
    waits = []
    for _ in range(8):
        try:
            await pacing.turn("7", Kind.WRITE)
        except RateLimited as limited:
            waits.append(limited.after_seconds)
    assert len(waits) == 5
    assert all(120 < wait <= 180 for wait in waits)


async def test_reads_tokens_and_other_installations_do_not_wait(pacing, waiting):
    await pacing.turn("7", Kind.WRITE)
    await pacing.turn("8", Kind.WRITE)
    for _ in range(50):
        await pacing.turn("7", Kind.READ)
        await pacing.turn("7", Kind.MINT)
    assert waiting.slept == []


async def test_a_hold_stops_reads_too(pacing):
    await pacing.hold("7", 3000)
    with pytest.raises(RateLimited) as caught:
        await pacing.turn("7", Kind.READ)
    assert 120 < caught.value.after_seconds <= 3000
    await pacing.turn("8", Kind.READ)


async def test_a_spent_budget_is_a_hold_until_its_reset(pacing):
    await pacing.observe("7", {"x-ratelimit-remaining": "1", "x-ratelimit-reset": "3100"}, now_seconds=100)
    await pacing.turn("7", Kind.READ)
    await pacing.observe("7", {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "3100"}, now_seconds=100)
    with pytest.raises(RateLimited) as caught:
        await pacing.turn("7", Kind.READ)
    assert 120 < caught.value.after_seconds <= 3000


async def test_headers_that_are_missing_or_odd_hold_nobody(pacing):
    for headers in (
        {},
        {"x-ratelimit-remaining": "0"},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"},
    ):
        await pacing.observe("7", headers, now_seconds=100)
    await pacing.observe("7", {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "50"}, now_seconds=100)
    await pacing.turn("7", Kind.READ)


async def test_two_processes_share_one_pace(valkey, waiting):
    async with Redis.from_url(valkey.url) as one, Redis.from_url(valkey.url) as two:
        mine, yours = (Pacing(r, SLOW, seconds=waiting.seconds, sleep=waiting.sleep) for r in (one, two))
        await mine.turn("7", Kind.WRITE)
        await yours.turn("7", Kind.WRITE)
        assert waiting.slept
        await mine.hold("7", 3000)
        with pytest.raises(RateLimited):
            await yours.turn("7", Kind.READ)


async def test_when_the_server_goes_away_the_process_keeps_the_pace_itself(valkey, waiting):
    async with Redis.from_url(valkey.url) as redis:
        pacing = Pacing(redis, SLOW, seconds=waiting.seconds, sleep=waiting.sleep)
        await pacing.turn("7", Kind.WRITE)
        await pacing.hold("8", 3000)
        await valkey.stop()
        for _ in range(3):
            await pacing.turn("7", Kind.WRITE)
        with pytest.raises(RateLimited):
            await pacing.turn("7", Kind.WRITE)
        with pytest.raises(RateLimited):
            await pacing.turn("8", Kind.READ)


async def test_a_server_that_accepts_and_never_answers_blocks_nobody(waiting, tmp_path):
    async def say_nothing(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_unix_server(say_nothing, tmp_path / "silent.sock")
    async with server, Redis(unix_socket_path=str(tmp_path / "silent.sock")) as redis:
        pacing = Pacing(redis, SLOW, seconds=waiting.seconds, sleep=waiting.sleep)
        async with asyncio.timeout(20):
            await pacing.turn("7", Kind.WRITE)
            await pacing.turn("7", Kind.WRITE)
    assert waiting.slept == [60.0]


async def test_the_script_keeps_nothing_for_ever(valkey, waiting):
    async with Redis.from_url(valkey.url) as redis:
        await Pacing(redis, SLOW, seconds=waiting.seconds, sleep=waiting.sleep).turn("7", Kind.CREATE)
        assert [await redis.ttl(key) > 0 for key in await redis.keys()] == [True] * 3


@given(
    count=st.integers(1, 60),
    burst=st.integers(1, 40),
    gaps=st.lists(st.floats(0, 40_000, allow_nan=False), min_size=1, max_size=200),
)
def test_no_window_ever_holds_more_than_the_limit(count, burst, gaps):
    limit = Limit.of("x", count, per_seconds=60, burst=burst)
    state, taken = {}, []
    for now in itertools.accumulate(gaps):
        wait = take(state, ["hold", "x"], [limit], now=now, longest=2000)
        if wait <= 2000:
            taken.append(now + wait)
    for start in taken:
        assert sum(start <= at < start + 60_000 - 0.001 for at in taken) <= count


async def test_the_script_and_the_function_agree(valkey):
    hour, longest = 3_600_000, 20_000_000
    limits = [
        Limit.of("a", 6, per_seconds=6 * 10_000, burst=3),
        Limit.of("b", 4, per_seconds=4 * 10_000, burst=1),
    ]
    keys = ["hold", *(limit.name for limit in limits)]
    bounds = [longest, *(value for limit in limits for value in (limit.interval, limit.tolerance))]
    state = {}
    async with Redis.from_url(valkey.url) as redis:
        for _ in range(8):
            ours = take(state, keys, limits, now=1_000_000, longest=longest)
            theirs = float(await redis.eval(TAKE_SCRIPT, len(keys), *keys, *map(str, bounds)))
            assert abs(ours - theirs) < hour
    assert ours > longest
