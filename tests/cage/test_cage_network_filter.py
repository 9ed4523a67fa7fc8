"""The filter outside a cage, on an internet in miniature: what it lets through, what it refuses, what it never asks.

The tests speak to its socket as a cage would, from another network namespace; the unshared one holds all the rest.
"""

from collections.abc import Iterator

import pytest

from tests.cage.world_outside import NEIGHBOUR, PUBLIC, Outside, heard, opened
from workers.cage.supervise.egress_carry import Client
from workers.cage.supervise.egress_proxy import _asked_for
from workers.cage.supervise.egress_refusal import RefusalError
from workers.cage.supervise.egress_request import Request

pytestmark = pytest.mark.xdist_group("cage-network-filter")


@pytest.fixture(scope="module")
def world() -> Iterator[Outside]:
    with opened() as outside:
        yield outside


@pytest.fixture
def outside(world: Outside) -> Iterator[Outside]:
    world.do("forget")
    world.name("pypi.org", [PUBLIC])
    yield world
    world.do("close", path=world.path)


def test_a_host_on_the_list_is_reached(outside):
    outside.filter("pypi.org")
    assert outside.get("http://pypi.org/simple?x=1").endswith("\r\n\r\npypi.org says hello to /simple?x=1")
    assert outside.secure("pypi.org:443", "pypi.org").endswith("hidden.example says hello to /secret")
    assert outside.get("http://PyPI.org.:80").endswith("pypi.org says hello to /")
    assert outside.denied == []


def test_a_host_that_is_not_on_the_list_is_refused_in_words_and_never_looked_up(outside):
    outside.filter("pypi.org", "*.example.com")
    names = (
        "evil.example",
        "s3cr3t-in-a-name.tunnel.evil.example",
        "example.com",
        "pypi.org.evil.example",
        "xpypi.org",
    )
    for name in names:
        outside.name(name, [PUBLIC])
        assert outside.get(f"http://{name}/").startswith("HTTP/1.1 403 ")
        assert outside.asking(f"{name}:443") == "HTTP/1.1 403 Forbidden"
    answer = outside.get("http://evil.example/")
    assert answer.partition("\r\n\r\n")[2] == (
        "This cage cannot reach evil.example:80: it is not on the list of allowed hosts.\n"
        "If the work needs it, ask for the host in `network.allow` of `.github/handoff.yml` on the default branch; "
        "until somebody has added it there, go on without it.\n"
    )
    assert outside.asked == []
    assert outside.seen == []


def test_what_was_denied_is_counted_and_at_most_a_hundred_are_told_apart(outside):
    outside.filter("pypi.org")
    outside.get("http://evil.example/")
    outside.get("http://EVIL.example/again")
    because = "it is not on the list of allowed hosts"
    assert outside.denied == [{"host": "evil.example", "port": 80, "because": because, "times": 2}]
    for number in range(120):
        outside.asking(f"h{number}.example:443")
    assert len(outside.denied) == 101
    assert outside.denied[-1]["host"] == "(others)"
    assert outside.denied[-1]["times"] == 21


def test_only_the_usual_ports_are_open_unless_others_are_named(outside):
    outside.filter("pypi.org", "data.example.com:5432", "*.example.com:8443")
    outside.name("data.example.com", [PUBLIC])
    outside.name("a.example.com", [PUBLIC])
    assert outside.asking("pypi.org:5432") == "HTTP/1.1 403 Forbidden"
    assert outside.asking("data.example.com:443") == "HTTP/1.1 403 Forbidden"
    connection, answer = outside.tunnel("data.example.com:5432")
    assert " 200 " in answer
    with connection:
        assert connection.recv(100) == b"220 hello\n"
        connection.sendall(b"select 1")
        assert connection.recv(100) == b"select 1"
    assert outside.secure("a.example.com:8443", "a.example.com").endswith("says hello to /secret")
    assert outside.secure("a.example.com:8443", "b.example.com").startswith("broken off: ")


@pytest.mark.parametrize(
    "answers",
    [
        ["10.9.8.7"], ["127.0.0.1"], ["169.254.169.254"], ["0.0.0.1"], ["100.64.7.1"], ["224.0.0.1"],
        ["::1"], ["fe80::1"], ["fd00:ec2::254"], ["::ffff:10.9.8.7"], ["64:ff9b::a09:807"], ["2002:a09:807::1"],
        [PUBLIC, "10.9.8.7"], [PUBLIC, "::1"], [PUBLIC, "172.16.0.1"],
    ],
    ids="+".join,
)  # fmt: skip
def test_a_name_that_leads_into_a_private_network_is_refused_whatever_else_it_leads_to(outside, answers):
    outside.filter("inner.example")
    outside.name("inner.example", answers)
    assert outside.get("http://inner.example/").startswith("HTTP/1.1 403 ")
    assert outside.asking("inner.example:443") == "HTTP/1.1 403 Forbidden"
    assert outside.seen == []
    assert outside.denied[0]["because"].startswith("its address ")


def test_a_private_network_that_was_named_is_reached_by_names_on_the_list(outside):
    outside.filter("inner.example", "other.example", private=["10.9.8.0/24"])
    outside.name("inner.example", ["10.9.8.7"])
    outside.name("other.example", ["169.254.169.254"])
    assert outside.get("http://inner.example/").endswith("inner.example says hello to /")
    assert outside.get("http://other.example/").startswith("HTTP/1.1 403 ")
    assert outside.get("http://10.9.8.7/").startswith("HTTP/1.1 403 ")


def test_a_name_that_answers_differently_the_next_time_gains_nothing(outside):
    outside.filter("rebind.example")
    outside.name("rebind.example", [PUBLIC], ["10.9.8.7"])
    assert outside.get("http://rebind.example/").endswith("rebind.example says hello to /")
    assert outside.get("http://rebind.example/").startswith("HTTP/1.1 403 ")
    assert outside.seen == [f"::ffff:{PUBLIC} GET / rebind.example"]
    assert len(outside.asked) == 4  # once each, A and AAAA


@pytest.mark.parametrize("name", ["neighbour.example", None, "pypi.org.evil.example"])
def test_a_tunnel_serves_tls_to_its_own_host_alone(outside, name):
    outside.filter("pypi.org")
    assert outside.secure("pypi.org:443", name).startswith("broken off: ")
    assert outside.seen == []
    assert outside.denied[0]["because"].startswith("the TLS connection in its tunnel was for ")


class Dribbling(Client):
    """A client that says one byte at a time."""

    def __init__(self, words: bytes) -> None:
        self.said, self._left = b"", words

    def read_more(self, deadline: float) -> None:  # noqa: ARG002 - as its parent has it
        self.said, self._left = self.said + self._left[:1], self._left[1:]


def test_a_hello_that_comes_byte_by_byte_is_not_looked_at_for_ever():
    """Each look reads all of it: 64 kB of it in records of a byte would be an hour of work for us."""
    hello = b"".join(b"\x16\x03\x01\x00\x01" + bytes([each]) for each in b"\x01\x00\xff\x00" + bytes(0xFF00))
    client = Dribbling(hello)
    with pytest.raises(RefusalError, match="too many pieces"):
        _asked_for(client, 0, Request("CONNECT", "pypi.org", 443))
    assert len(client.said) < 1000


def test_a_tunnel_to_443_is_for_tls_alone(outside):
    outside.filter("pypi.org")
    connection, _ = outside.tunnel("pypi.org:443")
    with connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: neighbour.example\r\n\r\n")
        assert connection.recv(100)[:1] == b"\x15"  # an alert
    assert outside.denied[0]["because"] == "its tunnel was not used for TLS (it is not TLS)"


def test_a_tunnel_to_80_is_read_like_any_other_request(outside):
    outside.filter("pypi.org")
    for host, start in (("pypi.org", "HTTP/1.1 200 "), ("neighbour.example", "HTTP/1.1 403 ")):
        connection, _ = outside.tunnel("pypi.org:80")
        with connection:
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert heard(connection).startswith(start)
    assert [line.split()[-1] for line in outside.seen] == ["pypi.org"]


def test_a_connection_serves_one_request_and_hides_no_second(outside):
    outside.filter("pypi.org")
    smuggled = "POST /smuggled HTTP/1.1\r\nHost: neighbour.example\r\nContent-Length: 0\r\n\r\n"
    lines = (
        "POST http://pypi.org/ HTTP/1.1",
        "Host: neighbour.example",
        "Content-Length: 5",
        "Connection: keep-alive",
    )
    assert outside.say(*lines, body="hello" + smuggled).endswith("pypi.org says hello to / hello")
    chunked = outside.say(
        "POST http://pypi.org/ HTTP/1.1", "Transfer-Encoding: chunked", body="0\r\n\r\n" + smuggled
    )
    assert chunked.startswith("HTTP/1.1 411 ")
    double = outside.say(
        "POST http://pypi.org/ HTTP/1.1", "Content-Length: 5", "Content-Length: 0", body=smuggled
    )
    assert double.startswith("HTTP/1.1 400 ")
    assert [line.split()[1:] for line in outside.seen] == [["POST", "/", "pypi.org"]]


@pytest.mark.parametrize(
    "request_line",
    [
        "GET http://pypi.org@evil.example/ HTTP/1.1",
        "GET http://evil.example\\@pypi.org/ HTTP/1.1",
        "GET http://pypi.org%2eevil.example/ HTTP/1.1",
        "GET http://pypi.org:80@evil.example/ HTTP/1.1",
        "GET http://pypi.org /x HTTP/1.1",
        "GET\thttp://pypi.org/ HTTP/1.1",
        "GET http://pypi.org/\nHost: evil.example HTTP/1.1",
        "GET http://pypi.org\r.evil.example/ HTTP/1.1",
        "GET http://pypi.org:0x50/ HTTP/1.1",
        "GET http://pypi.org:65616/ HTTP/1.1",
        "GET http://127.1/ HTTP/1.1",
        "GET http://0x7f000001/ HTTP/1.1",
        "GET http://2130706433/ HTTP/1.1",
        "GET / HTTP/1.1",
        "GET https://pypi.org/ HTTP/1.1",
        "GET http:///pypi.org HTTP/1.1",
        "CONNECT pypi.org HTTP/1.1",
        "CONNECT user@pypi.org:443 HTTP/1.1",
        "CONNECT http://pypi.org:443 HTTP/1.1",
        "CONNECT [::1 HTTP/1.1",
        "GET http://pypi.org/ HTTP/2",
        "nonsense",
    ],
)
def test_a_request_that_could_be_read_in_two_ways_is_not_read(outside, request_line):
    outside.filter("pypi.org")
    assert outside.say(request_line, "Host: pypi.org").startswith("HTTP/1.1 400 ")
    assert outside.asked == []
    assert outside.seen == []


@pytest.mark.parametrize(
    "header", ["X: a\nHost: evil.example", " folded", "Host : evil.example", "X: a\rb", "X: \0"]
)
def test_a_header_that_could_be_read_in_two_ways_is_not_read(outside, header):
    outside.filter("pypi.org")
    assert outside.say("GET http://pypi.org/ HTTP/1.1", header).startswith("HTTP/1.1 400 ")
    assert outside.seen == []


def test_a_head_without_an_end_is_refused(outside):
    outside.filter("pypi.org")
    assert outside.say("GET http://pypi.org/ HTTP/1.1", f"X: {'x' * 40000}").startswith("HTTP/1.1 431 ")


def test_addresses_are_refused_unless_they_are_on_the_list(outside):
    outside.filter(PUBLIC, "127.0.0.1", "169.254.169.254", private=["127.0.0.0/8", "169.254.0.0/16"])
    assert outside.get(f"http://{PUBLIC}/").endswith("says hello to /")
    for host in (NEIGHBOUR, "127.0.0.1", "169.254.169.254", "[::1]", "[::ffff:93.184.215.14]"):
        assert outside.get(f"http://{host}/").startswith("HTTP/1.1 403 ")
    assert len(outside.seen) == 1


def test_a_forward_leads_to_this_machine_and_nothing_else_does(outside):
    outside.filter(forwards=[["127.0.0.1", 5432]])
    with outside.connect("forward 0") as connection:
        assert connection.recv(100) == b"220 hello\n"
        connection.sendall(b"x" * 10)
        assert connection.recv(100) == b"x" * 10
    for line in ("forward 1", "forward -1", "forward 127.0.0.1:80", "nonsense", "x" * 100):
        with outside.connect(line) as connection:
            assert connection.recv(100) == b""
    assert outside.seen == ["127.0.0.1 5432"]


def test_a_cage_moves_no_more_than_it_may(outside):
    outside.filter("pypi.org", bytes_max=150)
    assert " 200 " in outside.get("http://pypi.org/")
    assert "moved as many bytes" in (outside.get("http://pypi.org/") or outside.get("http://pypi.org/"))
    assert outside.denied[0]["because"] == "this cage has moved as many bytes as it may"


def test_many_at_once_wait_for_each_other_and_all_are_served(outside):
    outside.filter("pypi.org")
    idle = [outside.connect() for _ in range(63)]
    assert outside.get("http://pypi.org/").endswith("says hello to /")
    waiting = [outside.connect() for _ in range(10)]
    for connection in idle:
        connection.close()
    for connection in waiting:
        connection.sendall(b"GET http://pypi.org/ HTTP/1.1\r\n\r\n")
        assert heard(connection).endswith("says hello to /")
        connection.close()


def test_behind_a_proxy_of_this_machine_the_same_is_refused_and_the_rest_asks_that_proxy(outside):
    outside.filter("pypi.org")
    upstream = outside.path
    outside.do("upstream", path=upstream, port=8888)
    outside.filter(
        "pypi.org", "only-upstream.example", "inner.example", upstream="http://me:secret@127.0.0.1:8888"
    )
    outside.name("inner.example", ["10.9.8.7"])
    assert outside.secure("pypi.org:443", "pypi.org").endswith("says hello to /secret")
    assert outside.get("http://pypi.org/").endswith("pypi.org says hello to /")
    assert outside.get("http://inner.example/").startswith("HTTP/1.1 403 ")
    assert outside.get("http://evil.example/").startswith("HTTP/1.1 403 ")
    assert outside.asking("only-upstream.example:443") == "HTTP/1.1 502 Bad Gateway"
    assert "only-upstream.example" in [each["host"] for each in outside.do("denied", path=upstream)]
    outside.do("close", path=upstream)
