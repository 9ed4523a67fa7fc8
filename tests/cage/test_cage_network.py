"""What a cage reaches: nothing of the host's network, and with a network of its own what is on its list, through doors.

Where there is a way out, worker, cage and filter are in the network namespace of an internet in miniature.
"""

import asyncio
import json
import shutil
import socket
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cage.world_outside import NEIGHBOUR, PUBLIC, Outside, opened

pytestmark = pytest.mark.xdist_group("cage-network")


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    with opened() as world:
        world.name("pypi.org", [PUBLIC])
        world.name("inner.example", ["10.9.8.7"])
        yield world


@pytest.fixture
def run(cage, outside):
    """Run a script in a cage whose worker lives in the world outside."""
    shutil.copy(Path(__file__).with_name("drive_network.py"), cage.folder / "code")
    outside.do("forget")
    *user, python, _ = cage._worker()
    joined = ["nsenter", f"--target={outside.process.pid}", "--net", "--mount"]
    if cage.who == "me":
        joined += ["--user", "--preserve-credentials"]

    async def run(script: str, *, allow: tuple[str, ...] = (), **orders: Any) -> dict[str, Any]:
        words = [*joined, *user, python, cage.folder / "code" / "drive_network.py"]
        driver = await asyncio.create_subprocess_exec(
            *words, stdin=PIPE, stdout=PIPE, env={"PYTHONPATH": str(cage.folder / "code")}
        )
        told = {"backend": cage.backend, "script": script, "folder": str(cage.folder), "allow": allow}
        said, _ = await driver.communicate(
            json.dumps({**told, "environment": {}, "forwards": [], **orders}).encode()
        )
        assert driver.returncode == 0, said
        return json.loads(said)

    return run


async def test_nothing_of_the_hosts_network_is_there_but_a_loopback_of_its_own(cage):
    with (
        socket.create_server(("127.0.0.1", 0)) as stream,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram,
    ):
        datagram.bind(("127.0.0.1", 0))
        name = f"handoff-test-{stream.getsockname()[1]}"
        with socket.socket(socket.AF_UNIX) as abstract:
            abstract.bind(f"\0{name}")
            abstract.listen()
            result = await cage.run(
                f"""python3 - <<'END'
import socket
for kind, family, address in (
    (socket.SOCK_STREAM, socket.AF_INET, {stream.getsockname()}),
    (socket.SOCK_DGRAM, socket.AF_INET, ("192.0.2.1", 9)),
    (socket.SOCK_STREAM, socket.AF_UNIX, "\\0{name}"),
):
    try:
        socket.socket(family, kind).connect(address)
        print("reached", address)
    except OSError as error:
        print(error.strerror)
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", {datagram.getsockname()})
for name in ("pypi.org", "localhost", "cage"):
    try:
        print(name, socket.getaddrinfo(name, 80, family=socket.AF_INET)[0][4][0])
    except OSError:
        print(name, "is not known")
with socket.create_server(("127.0.0.1", 8000)), socket.create_connection(("127.0.0.1", 8000)):
    print("its own works")
END
env | grep -i proxy; ls /run/cage; grep -v '^#' /etc/resolv.conf; cut -d: -f1 /proc/net/dev | tail -n +3"""
            )
            datagram.settimeout(0)
            with pytest.raises(BlockingIOError):
                datagram.recv(10)
    assert result.output.split("\n") == [
        "Connection refused", "Network is unreachable", "Connection refused",
        "pypi.org is not known", "localhost 127.0.0.1", "cage 127.0.0.1",
        "its own works", "workers", "    lo", "",
    ]  # fmt: skip


async def test_hosts_on_the_list_are_reached_by_usual_tools_and_others_are_denied(run, outside):
    result = await run(
        """curl -s http://pypi.org/simple; echo; curl -sk https://pypi.org/secret; echo
        curl -sk https://evil.example/ -o /dev/null -w '%{http_connect}\\n'
        curl -s http://secrets.tunnel.evil.example/ | head -1; curl -s http://inner.example/ | head -1
        python3 - <<'END'
import ssl, urllib.error, urllib.request
print(urllib.request.urlopen("https://pypi.org/python", context=ssl._create_unverified_context()).read().decode())
END
        head -c 2000000 /dev/urandom | base64 -w0 > body
        curl -s --data-binary @body http://pypi.org/ | sed 's/.*hello to . //' | cmp - body && echo the same bytes""",
        allow=("pypi.org", "inner.example"),
    )
    assert result["output"].splitlines() == [
        "pypi.org says hello to /simple",
        "pypi.org says hello to /secret",
        "403",
        "This cage cannot reach secrets.tunnel.evil.example:80: it is not on the list of allowed hosts.",
        "This cage cannot reach inner.example:80: its address 10.9.8.7 is refused, because it is in a private network.",
        "pypi.org says hello to /python",
        "the same bytes",
    ]
    assert [(each["host"], each["port"], each["times"]) for each in result["denied"]] == [
        ("evil.example", 443, 1),
        ("secrets.tunnel.evil.example", 80, 1),
        ("inner.example", 80, 1),
    ]
    assert not [each for each in outside.asked if "evil" in each]


async def test_there_is_no_way_around_the_proxy(run, outside):
    result = await run(
        f"""curl -s -m 5 --noproxy '*' http://{PUBLIC}/ || echo no; curl -s -m 5 --noproxy '*' http://{NEIGHBOUR}/ || echo no
        curl -s -m 5 --noproxy '*' http://10.9.8.7/ || echo no; curl -s -m 5 --noproxy '*' http://pypi.org/ || echo no
        curl -s -m 5 --proxy '' http://127.0.0.1:5432/ || echo no; curl -s -m 5 --proxy '' http://localhost/ || echo no
        python3 -c "
import socket
s = socket.socket(socket.AF_UNIX); s.connect('/run/cage/egress'); s.sendall(b'forward 0\\nhello'); print(s.recv(9))
s = socket.socket(socket.AF_UNIX); s.connect('/run/cage/egress'); s.sendall(b'127.0.0.1:5432\\nx'); print(s.recv(9))
" ; rm -f /run/cage/egress || true; mv /run/cage/egress /tmp/x 2>/dev/null || echo stays""",
        allow=("pypi.org",),
    )
    lines = [line for line in result["output"].splitlines() if not line.startswith("rm: ")]
    assert lines == [*["no"] * 6, "b''", "b''", "stays"]
    assert outside.seen == []


async def test_a_forward_leads_to_a_server_of_the_host(run):
    result = await run(
        """python3 - <<'END'
import socket
connection = socket.create_connection(("127.0.0.1", 7777))
print(connection.recv(100))
connection.sendall(b"x" * 1000)
print(len(connection.recv(2000)))
END
curl -s http://127.0.0.1:3128/; echo; echo $http_proxy; curl -s http://evil.example/ | head -1""",
        forwards=[
            {"port": 7777, "to_host": "127.0.0.1", "to_port": 5432},
            {"port": 3128, "to_host": "127.0.0.1", "to_port": 80},
        ],
    )
    assert result["output"].splitlines() == [
        "b'220 hello\\n'",
        "1000",
        "127.0.0.1:3128 says hello to /",
        "http://127.0.0.1:3129",
        "This cage cannot reach evil.example:80: it is not on the list of allowed hosts.",
    ]


async def test_the_relay_is_nobodys_child_and_ends_with_the_command_whose_environment_wins(run):
    result = await run(
        """ls -l /proc/self/fd | grep -c socket
        python3 - <<'END'
import os, signal
try:
    print(os.wait())
except ChildProcessError:
    print("no children")
for process in filter(str.isdecimal, os.listdir("/proc")):
    if open(f"/proc/{process}/comm").read() == "relay\\n":
        print("parent", open(f"/proc/{process}/stat").read().split()[3])
        os.kill(int(process), signal.SIGTERM)
END
curl -s http://pypi.org/after; echo; echo $HTTPS_PROXY $NO_PROXY; exit 7""",
        allow=("pypi.org",),
        environment={"HTTPS_PROXY": "http://mine"},
    )
    assert (result["how"], result["code"]) == ("exited", 7)
    assert result["output"].splitlines() == [
        "0",
        "no children",
        "parent 1",
        "pypi.org says hello to /after",
        "http://mine localhost,127.0.0.1,::1",
    ]
