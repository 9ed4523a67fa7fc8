"""A real Valkey as our child: up, down, and up again over whatever the last one left behind."""

import asyncio
import os
import signal
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from redis.asyncio import Redis

from app.domain.errors import BadConfiguration, Conflict, Unreachable
from app.embedded.child import Child
from app.embedded.server import Server
from app.embedded.valkey import EmbeddedValkey


@pytest.fixture
async def embedded():
    """Make embedded servers that end with the test."""
    made = []

    def make(folder, **options):
        made.append(EmbeddedValkey(folder, **options))
        return made[-1]

    yield make
    for one in made:
        await one.stop()


def socket_of(valkey):
    return Path(unquote(urlsplit(valkey.url).path))


async def remembers(valkey, name):
    async with Redis.from_url(valkey.url) as redis:
        return await redis.get(name)


async def remember(valkey, name):
    async with Redis.from_url(valkey.url) as redis:
        await redis.set(name, "yes")


def impostor(folder, script):
    program = folder / "impostor"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return Server(program, "redis")


def sockets_of(pid):
    links = [link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir()]
    return {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:")}


def tcp_sockets():
    tables = [Path("/proc/net", name) for name in ("tcp", "tcp6")]
    lines = [line for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    return {line.split()[9] for line in lines}


async def until_it_answers(valkey, *, expected):
    async with asyncio.timeout(30):
        while await valkey.answers() is not expected:  # noqa: ASYNC110 - a server tells nobody
            await asyncio.sleep(0.01)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


async def test_it_answers_on_a_socket_that_only_we_can_open(embedded, tmp_path):
    valkey = embedded(tmp_path / "v")
    await valkey.start()

    async with Redis.from_url(valkey.url) as redis:
        assert await redis.ping()
        settings = await redis.config_get("*")
    assert {
        name: settings[name] for name in ("port", "appendonly", "appendfsync", "maxmemory-policy", "save")
    } == {
        "port": "0",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
    }
    assert int(settings["maxmemory"]) > 0
    assert (mode(socket_of(valkey)), mode(socket_of(valkey).parent)) == (0o700, 0o700)


async def test_it_is_given_nothing_of_our_environment(embedded, tmp_path):
    os.environ["HANDOFF_TEST_SECRET"] = "hush"
    lines = []
    try:
        with pytest.raises(Unreachable):
            await embedded(tmp_path / "v", server=impostor(tmp_path, "export -p")).start(lines.append)
    finally:
        del os.environ["HANDOFF_TEST_SECRET"]

    assert lines  # a shell exports at least where it is
    assert "hush" not in " ".join(lines)


async def test_a_stop_is_graceful_and_a_start_remembers(embedded, tmp_path):
    lines = []
    valkey = embedded(tmp_path / "v")
    await valkey.start(lines.append)
    await remember(valkey, "kept")
    await valkey.stop()

    assert not await valkey.answers()
    assert not socket_of(valkey).exists()
    assert any("bye bye" in line for line in lines)
    await valkey.start()
    assert await remembers(valkey, "kept") == b"yes"


async def test_a_killed_server_is_started_over_its_stale_socket(embedded, tmp_path):
    valkey = embedded(tmp_path / "v")
    await valkey.start()
    os.kill(valkey.pid, signal.SIGKILL)
    await until_it_answers(valkey, expected=False)
    assert socket_of(valkey).exists()

    await valkey.start()

    assert await valkey.answers()


async def test_a_server_that_hangs_is_stopped_for_certain(embedded, tmp_path):
    valkey = embedded(tmp_path / "v")
    await valkey.start()
    pid = valkey.pid
    os.kill(pid, signal.SIGSTOP)

    await valkey.stop(grace_seconds=0.1)

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_files_that_it_cannot_read_are_thrown_away(embedded, tmp_path):
    valkey = embedded(tmp_path / "v")
    await valkey.start()
    await remember(valkey, "lost")
    await valkey.stop()
    (log,) = (tmp_path / "v" / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(b"*3\r\n$3\r\nnot a log at all" + bytes(range(256)) * 20)

    await valkey.start()

    assert await remembers(valkey, "lost") is None


async def test_a_folder_with_a_long_and_odd_name_works(embedded, tmp_path):
    folder = tmp_path / ("long and odd? name #1 " * 6)
    valkey = embedded(folder)
    await valkey.start()
    await remember(valkey, "kept")

    assert len(os.fsencode(socket_of(valkey))) <= 100
    assert mode(socket_of(valkey).parent) == 0o700
    assert (folder / "appendonlydir").is_dir()
    await valkey.stop()
    assert not socket_of(valkey).parent.exists()
    await valkey.start()
    assert await remembers(valkey, "kept") == b"yes"


async def test_a_short_folder_that_others_can_enter_is_not_used(embedded, tmp_path):
    folder = tmp_path / ("long" * 30)
    trap = socket_of(embedded(folder)).parent
    trap.chmod(0o755)

    chosen = socket_of(embedded(folder)).parent

    assert chosen != trap
    assert mode(chosen) == 0o700
    trap.rmdir()


async def test_a_short_name_in_a_folder_with_odd_characters_works(embedded, tmp_path):
    await embedded(tmp_path / "a b%20c?#").start()


async def test_a_second_handoff_on_the_same_folder_is_refused(embedded, tmp_path):
    first, second = embedded(tmp_path / "v"), embedded(tmp_path / "v")
    await first.start()

    with pytest.raises(Conflict, match=r"Another Handoff already runs its queue in .* REDIS_URL"):
        await second.start()

    assert await first.answers()
    await first.stop()
    await second.start()


async def test_a_server_that_outlived_its_owner_is_replaced(embedded, tmp_path):
    valkey = embedded(tmp_path / "v")
    orphan = await Child.start(valkey.command, {}, lambda _: None)
    await until_it_answers(valkey, expected=True)

    await valkey.start()

    assert await orphan.wait() == 0
    assert await valkey.answers()


async def test_a_program_that_is_no_server_is_unreachable_with_its_last_words(embedded, tmp_path):
    server = impostor(tmp_path, "echo I am no server; exit 3")

    with pytest.raises(Unreachable, match=r"did not start. Its last words: .*I am no server"):
        await embedded(tmp_path / "v", server=server).start()


async def test_a_folder_that_cannot_be_made_is_a_bad_configuration(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(BadConfiguration, match=r"cannot be used"):
        EmbeddedValkey(tmp_path / "file" / "v")


async def test_no_port_is_opened(embedded, tmp_path):
    valkey = embedded(tmp_path / "v")
    await valkey.start()

    ours, tcp = sockets_of(valkey.pid), tcp_sockets()
    assert ours
    assert not ours & tcp
