"""The rules of the filter as values: names, addresses, and the name in a TLS hello."""

import ipaddress
import ssl
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.policy.registries import PACKAGE_REGISTRIES
from workers.cage.doors import doors, environment, proxy_port
from workers.cage.spec import Forward, Network
from workers.cage.supervise.egress_addresses import networks, refusal
from workers.cage.supervise.egress_hello import IncompleteError, NotTlsError, server_name
from workers.cage.supervise.egress_names import AllowList, normalise, split_authority

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(lambda labels: ".".join([*labels, "example"]))


def hello(name: str | None) -> bytes:
    """Return what a real TLS client says first."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    outgoing = ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name).do_handshake()
    return outgoing.read()


HELLO = hello("pypi.org")


@pytest.mark.parametrize(
    ("host", "compared"),
    [
        ("PyPI.org", "pypi.org"),
        ("pypi.org.", "pypi.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("pypi。org", "pypi.org"),
        ("_dmarc.a-b.example", "_dmarc.a-b.example"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0::1", "2001:db8::1"),
    ],
)
def test_a_host_is_compared_in_one_form(host, compared):
    assert normalise(host) == compared


@pytest.mark.parametrize(
    "host",
    ["", ".", "a..b", "-a.example", "a-.example", "a b", "a@b", "a/b", "127.1", "0x7f.1", "0177.0.0.1", "1", "a.0x1",
     "a\0b", "a\nb", "x" * 64, "a." * 200 + "b", "*.example.com", "[::1]", "::1%lo", "a%2eb"],
)  # fmt: skip
def test_what_is_no_host_is_refused(host):
    with pytest.raises(ValueError, match=r"\S"):
        normalise(host)


@given(NAMES)
def test_normalising_twice_changes_nothing_more(name):
    assert normalise(normalise(name.upper() + ".")) == normalise(name) == name


@given(NAMES, NAMES)
def test_below_a_star_is_what_ends_with_it_and_not_itself(name, other):
    allowed = AllowList([f"*.{name}"])
    assert allowed.refusal(name, 443) is not None
    assert allowed.refusal(f"{other}.{name}", 443) is None
    assert allowed.refusal(f"{other}{name}", 443) is not None or other.endswith(f".{name}")


@given(NAMES, NAMES, st.integers(1, 65535))
def test_a_name_on_the_list_allows_itself_alone(name, other, port):
    assert (AllowList([name]).refusal(other, port) is None) == (name == other and port in {80, 443})
    assert (AllowList([f"{name}:{port}"]).refusal(name, 443) is None) == (port == 443)


@given(st.text(max_size=30))
def test_an_authority_is_understood_or_refused_and_never_half_of_it(text):
    try:
        host, port = split_authority(text)
    except ValueError:
        return
    assert normalise(host) == host
    assert port is None or 0 < port < 65536
    assert not set(host) & set("@/\\ \r\n\t%?#")


@given(st.ip_addresses())
def test_what_python_calls_private_is_refused_and_private_networks_open_themselves_alone(address):
    because = refusal(str(address), [])
    assert because is not None or address.is_global
    assert refusal(str(address), networks(["10.1.0.0/16"])) == because or address in ipaddress.ip_network(
        "10.1.0.0/16"
    )


@given(st.ip_addresses(v=4))
def test_an_address_is_no_better_for_being_wrapped_in_another(address):
    for wrapped in (f"::ffff:{address}", f"::{address}", f"::ffff:0:{address}", f"64:ff9b:1::{address}"):
        assert refusal(wrapped, []) is not None
    assert refusal(str(ipaddress.IPv6Address(0x2002 << 112 | int(address) << 80)), []) is not None
    assert (refusal(f"64:ff9b::{address}", []) is None) == (refusal(str(address), []) is None)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "0.0.0.1", "::", "169.254.169.254", "fe80::1", "fe80::1%eth0", "fd00:ec2::254",
     "192.0.0.192", "100.100.100.200", "168.63.129.16", "224.0.0.1", "ff02::1", "255.255.255.255"],
)  # fmt: skip
def test_what_is_never_reached_is_not_opened_by_naming_its_network(address):
    assert refusal(address, networks(["0.0.0.0/0", "::/0"])) is not None


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses_are_reached(address):
    assert refusal(address, []) is None


@pytest.mark.parametrize("name", ["pypi.org", None, "a.b.c.example"])
def test_the_name_in_a_real_hello_is_read_however_it_comes(name):
    said = hello(name)
    assert server_name(said) == name
    for end in range(len(said)):
        with pytest.raises(IncompleteError):
            server_name(said[:end])
    body, pieces = said[5:], b""
    for start in range(0, len(body), 100):
        piece = body[start : start + 100]
        pieces += said[:3] + len(piece).to_bytes(2, "big") + piece
    assert server_name(pieces) == name


@given(st.data())
def test_a_hello_that_was_tampered_with_breaks_nothing(data):
    said = bytearray(HELLO)
    for _ in range(data.draw(st.integers(1, 4))):
        said[data.draw(st.integers(0, len(said) - 1))] = data.draw(st.integers(0, 255))
    with suppress(NotTlsError, IncompleteError):
        server_name(bytes(said))


def test_two_names_in_a_hello_are_one_too_many():
    said = bytearray(hello("pypi.org"))
    at = said.index(b"\0\0\0\r\0\x0b\0\0\x08pypi.org")
    extension = bytes(said[at : at + 17])
    said[at:at] = extension.replace(b"pypi.org", b"evil.org")
    for place, size in ((3, 2), (6, 3)):
        said[place : place + size] = (int.from_bytes(said[place : place + size], "big") + 17).to_bytes(
            size, "big"
        )
    length_at = _extensions_at(said)
    said[length_at : length_at + 2] = (int.from_bytes(said[length_at : length_at + 2], "big") + 17).to_bytes(
        2, "big"
    )
    with pytest.raises(NotTlsError, match="two names"):
        server_name(bytes(said))


def _extensions_at(said: bytes) -> int:
    at = 5 + 4 + 34
    at += 1 + said[at]
    at += 2 + int.from_bytes(said[at : at + 2], "big")
    return at + 1 + said[at]


def test_every_registry_is_a_host_that_the_filter_understands():
    allowed = AllowList(PACKAGE_REGISTRIES)
    assert len({*PACKAGE_REGISTRIES}) == len(PACKAGE_REGISTRIES)
    assert [name for name in PACKAGE_REGISTRIES if allowed.refusal(name, 443)] == []
    assert not [name for name in PACKAGE_REGISTRIES if name.endswith("github.com") or "*" in name]


def test_the_proxy_gives_way_to_a_forward_and_programs_are_told_where_it_is():
    network = Network(forwards=(Forward(port=3128, to_host="127.0.0.1", to_port=80),))
    assert proxy_port(Network()) == 3128
    assert proxy_port(network) == 3129
    assert doors(network) == {"egress": "/run/cage/egress", "ports": [(3129, "proxy"), (3128, "forward 0")]}
    assert environment(network)["HTTPS_PROXY"] == "http://127.0.0.1:3129"
    assert "-Dhttps.proxyPort=3129" in environment(network)["MAVEN_OPTS"]
    assert environment(None) == {}
