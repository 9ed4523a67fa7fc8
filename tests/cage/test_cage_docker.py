"""The container sandbox on real engines: whichever of Docker and Podman answers here."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import BadConfiguration
from tests.cage.containers import Found, found
from workers.cage.engine.leftovers import remove_leftovers
from workers.cage.engine.sandbox import sandbox_of
from workers.cage.execute import execute
from workers.cage.probe import choose
from workers.cage.sandbox import Sandbox
from workers.cage.spec import MIB, CageSpec, Forward, How, Identity, Network

pytestmark = pytest.mark.xdist_group("containers")

ME = Identity() if os.geteuid() == 0 else None


@pytest.fixture(scope="module", params=["docker", "podman"])
def engine(request: pytest.FixtureRequest) -> Iterator[Found]:
    there = asyncio.run(found(request.param))
    if isinstance(there, str):
        pytest.skip(there)
    yield there
    there.ask("rmi", "--force", there.image)


@pytest.fixture
def containers(engine: Found) -> Sandbox:
    return sandbox_of(engine.engine, engine.image, ME)


@pytest.fixture
def left(engine: Found, folder: Path) -> Callable[[], list[str]]:
    """The containers of this test that are there: the name and the records of each."""
    row = '{{.Name}} {{index .Config.Labels "handoff.records"}}'

    def there() -> list[str]:
        listed = engine.ask("ps", "--all", "--quiet", "--filter", "label=handoff.records").split()
        rows = [engine.run("inspect", "--format", row, each).stdout.strip().lstrip("/") for each in listed]
        return [each for each in rows if str(folder) in each]

    return there


async def test_it_is_taken_by_name_and_says_why(engine, monkeypatch):
    monkeypatch.setenv("CONTAINERS_CONF", engine.engine.environment.get("CONTAINERS_CONF", ""))
    program = engine.engine.program
    sandbox = await choose("docker", engine=program, image=engine.image)
    assert sandbox.because.startswith(
        f"HANDOFF_CAGE is docker; {program} runs containers of {engine.image} here, as "
    )
    assert (sandbox.contains, sandbox.reduced) == (True, False)
    with pytest.raises(BadConfiguration, match=f"Run `{program} pull handoff-test:absent`"):
        await choose("docker", engine=program, image="handoff-test:absent")


async def test_a_command_runs_as_nobody_and_what_it_writes_is_the_cages(containers, spec, folder, left):
    asked = replace(
        spec("id -u; pwd; echo; cat; echo $SAID; touch made $HOME/made; exit 7"),
        environment={"SAID": 'it\'s\n "$HOME" `id`\\n', "EMPTY": ""},
    )
    ended = await execute(asked, containers)
    uid = 65534 if ME else os.geteuid()
    told = ended.output_tail.decode()
    assert (ended.how, ended.code) == (How.EXITED, 7), told
    assert told.startswith(f'{uid}\n{folder}/workspace\n\nit\'s "$HOME" `id`')
    assert {path.stat().st_uid for path in (folder / "workspace/made", folder / "home/made")} == {uid}
    assert left() == []


async def test_variables_arrive_whole_and_are_seen_by_nobody_else(containers, spec, engine, left):
    secret = 'line one\nit\'s "two" $(id)\n\n'
    asked = replace(spec('echo "[$SECRET]"; sleep 60'), environment={"SECRET": secret})
    async with going(asked, containers) as output:
        await output(f"[{secret}]")
        (name,) = (line.split()[0] for line in left())
        assert "line one" not in engine.ask("inspect", name)
        assert not any("line one" in words for words in command_lines())


async def test_nothing_is_there_but_the_image_and_what_was_given(containers, spec, folder, monkeypatch):
    monkeypatch.setenv("WORKER_TOKEN", "the-workers-secret-3f9c")
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://the-workers-secret-3f9c@proxy:1")
    (folder / "secret").write_text("the-workers-secret-3f9c")
    script = (
        f"cat {folder}/secret; env; cat /proc/*/environ; touch /here /etc/here; grep -v lo: /proc/net/dev;"
        " grep -E 'Cap(Prm|Eff|Bnd)|NoNewPrivs' /proc/self/status; touch /tmp/t /dev/shm/t && echo scratch"
    )
    told = (await execute(spec(script), containers)).output_tail.decode(errors="replace")
    assert "the-workers-secret-3f9c" not in told
    assert told.count("Read-only file system") == 2
    assert (
        ":" not in told[told.index("Inter-|") : told.index("CapPrm")].replace("face |", "").partition("\n")[2]
    )
    assert told.count("\t0000000000000000") == 3
    assert "NoNewPrivs:\t1" in told
    assert told.endswith("scratch\n")


async def test_processes_and_memory_are_limited(containers, spec):
    bomb = "for i in $(seq 200); do sleep 30 & echo $i; done"
    ended = await execute(spec(bomb, processes=40), containers)
    assert b"fork" in ended.output_tail
    assert b"\n40\n" not in ended.output_tail
    hog = await execute(spec("tail /dev/zero", memory_bytes=64 * MIB), containers)
    assert hog.code == 137 or b"Killed" in hog.output_tail
    filled = await execute(
        spec("dd if=/dev/zero of=/dev/shm/x bs=1M count=64", scratch_bytes=8 * MIB), containers
    )
    assert b"No space left" in filled.output_tail
    large = await execute(spec("dd if=/dev/zero of=x bs=1M count=64", file_bytes=8 * MIB), containers)
    assert large.code != 0
    assert (large.output_path.parents[1] / "workspace/x").stat().st_size == 8 * MIB


async def test_the_images_own_volume_is_memory_and_leaves_nothing(containers, spec, engine):
    before = engine.ask("volume", "ls", "-q")
    filled = await execute(
        spec("dd if=/dev/zero of=/grown/x bs=1M count=64", scratch_bytes=8 * MIB), containers
    )
    assert b"No space left" in filled.output_tail
    assert engine.ask("volume", "ls", "-q") == before


async def test_a_command_that_is_asked_to_end_saves_its_work(containers, spec, folder, left):
    script = "trap 'echo saved > saved; exit 3' TERM; echo up; sleep 60 & wait"
    ended = await execute(spec(script, timeout_seconds=1, grace_seconds=30), containers)
    assert (ended.how, ended.code) == (How.TIMED_OUT, 3)
    assert (folder / "workspace/saved").read_text() == "saved\n"
    assert left() == []


async def test_a_command_that_will_not_end_is_dead_with_all_it_started(containers, spec, marked, left):
    script = f"trap '' TERM; setsid sleep {marked.seconds} & sleep {marked.seconds}; sleep {marked.seconds}"
    ended = await execute(spec(script, timeout_seconds=1, grace_seconds=0.2), containers)
    assert (ended.how, marked.alive(), left()) == (How.TIMED_OUT, [], [])


async def test_a_command_that_is_not_there_is_not_found(containers, spec):
    ended = await execute(replace(spec(""), command=("nowhere", "--x")), containers)
    assert (ended.how, ended.code) == (How.EXITED, 127)
    assert b"nowhere" in ended.output_tail


async def test_an_image_that_is_not_there_is_said(engine, spec, left):
    ended = await execute(spec("true"), sandbox_of(engine.engine, "handoff-test:absent", ME))
    assert ended.how is How.NOT_STARTED
    assert b"The image handoff-test:absent is not on this machine" in ended.output_tail
    assert left() == []


@pytest.mark.parametrize("victim", ["supervisor", "keeper", "first"])
async def test_whoever_is_killed_takes_the_container_along(containers, spec, marked, left, victim):
    asked = spec(f"echo up; sleep {marked.seconds}")
    async with going(asked, containers) as output:
        await output("up")
        os.kill(family(asked)[victim], signal.SIGKILL)
        await until(lambda: not left() and not marked.alive())


async def test_what_nobody_could_remove_is_removed_at_the_next_start(engine, containers, spec, marked, left):
    asked = spec(f"echo up; sleep {marked.seconds}")
    folder = asked.records.parent
    async with going(asked, containers) as output:
        await output("up")
        label = ("--label", f"handoff.records={folder}/records-of-a-dead-one")
        limits = (
            "--stop-timeout",
            "0",
            "--network",
            "none",
            "--ulimit",
            "nofile=512:512",
            "--ulimit",
            "nproc=512:512",
        )
        engine.ask("run", "--detach", *label, *limits, engine.image, "sleep", marked.seconds)
        assert len(left()) == 2
        assert await remove_leftovers(engine.engine, folder / "elsewhere") == 0
        assert await remove_leftovers(engine.engine, folder) == 1
        (living,) = left()
        assert str(asked.records) in living


async def test_the_only_way_out_is_the_one_of_any_cage(containers, spec):
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"you said " + await reader.readline())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        script = (
            f"bash -c 'echo direct >/dev/tcp/127.0.0.1/{port}' && echo reached;"
            "bash -c 'exec 3<>/dev/tcp/127.0.0.1/8123; echo hello >&3; cat <&3';"
            "bash -c 'exec 3<>/dev/tcp/127.0.0.1/${HTTP_PROXY##*:}; printf \"CONNECT example.org:443 HTTP/1.1\\r\\n"
            "Host: example.org:443\\r\\n\\r\\n\" >&3; cat <&3'"
        )
        forward = Forward(port=8123, to_host="127.0.0.1", to_port=port)
        ended = await execute(replace(spec(script), network=Network(forwards=(forward,))), containers)
    told = ended.output_tail.decode()
    assert "reached" not in told
    assert "you said hello" in told
    assert " 403 " in told
    assert [(denied.host, denied.port) for denied in ended.denied] == [("example.org", 443)]


@asynccontextmanager
async def going(asked: CageSpec, containers: Sandbox) -> AsyncIterator[Callable[[str], object]]:
    """Execute a spec in the background; what is yielded waits for some output."""
    heard: list[bytes] = []
    task = asyncio.ensure_future(execute(asked, containers, on_output=heard.append))

    async def output(wanted: str) -> None:
        await until(lambda: wanted.encode() in b"".join(heard) or task.done())
        assert wanted.encode() in b"".join(heard)

    try:
        yield output
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def family(asked: CageSpec) -> dict[str, int]:
    """Return the processes that stand for a cage on this machine, by the record of its supervisor."""
    supervisor = json.loads((asked.records / "began.json").read_text())["pid"]
    keeper = children(supervisor)[0]
    return {"supervisor": supervisor, "keeper": keeper, "first": children(keeper)[0]}


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_lines() -> list[str]:
    said = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            said.append(path.read_bytes().decode(errors="replace"))
    return said


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens soon; a test that waits in vain fails."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 -- nobody tells us
            await asyncio.sleep(0.1)
