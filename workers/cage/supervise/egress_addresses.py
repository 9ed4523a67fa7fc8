"""Which addresses a cage may be connected to: those of the public internet, and private networks that were named.

Never loopback, link-local or the addresses at which clouds tell machines their secrets, whatever is named: what is
on this machine is reached by a forward or not at all. Python's own `is_global` differs between its releases and calls
addresses public that only wrap another one, so the list here is longer.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Network

    Network = IPv4Network | IPv6Network
    Address = IPv4Address | IPv6Address

_NEVER = {
    "it is this machine itself": ("127.0.0.0/8", "::1/128", "0.0.0.0/8", "::/128"),
    "it is in the network between this machine and its neighbours": ("169.254.0.0/16", "fe80::/10"),
    "it is where a cloud tells machines their secrets": (
        # AWS (with EKS), Google, Oracle, Alibaba, Azure
        "fd00:ec2::/32", "fd20:ce::254/128", "192.0.0.192/32", "100.100.100.200/32", "168.63.129.16/32",
    ),
    "it is not the address of one host": ("224.0.0.0/4", "ff00::/8", "255.255.255.255/32"),
    "it wraps an address of the old internet": (
        # IPv4-compatible, IPv4-mapped, IPv4-translated, local NAT64, 6to4, Teredo
        "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "2002::/16", "2001::/32",
    ),
}  # fmt: skip
_RESERVED = (
    # https://www.iana.org/assignments/iana-ipv4-special-registry and its sister for IPv6
    "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
    "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
    "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fec0::/10",
)  # fmt: skip
_NAT64 = IPv6Network("64:ff9b::/96")
_REFUSED = [(ip_network(text), because) for because, texts in _NEVER.items() for text in texts]
_PRIVATE = [ip_network(text) for text in _RESERVED]


def networks(private: Iterable[str]) -> list[Network]:
    """Read the private networks that may be reached; raises `ValueError` for what is none."""
    return [ip_network(text) for text in private]


def refusal(text: str, private: Iterable[Network]) -> str | None:
    """Return why an address may not be connected to, as the end of a sentence; None if it may."""
    try:
        address = ip_address(text)
    except ValueError:
        return "it is no address"
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return "it is in the network between this machine and its neighbours"
    return _because(_unwrapped(address), private)


def _unwrapped(address: Address) -> Address:
    """Return what is behind the well-known NAT64 prefix: where there is only IPv6, the old internet is all there."""
    if isinstance(address, IPv6Address) and address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _because(address: Address, private: Iterable[Network]) -> str | None:
    for network, because in _REFUSED:
        if address in network:
            return because
    if any(address in network for network in private):
        return None
    if not address.is_global or any(address in network for network in _PRIVATE):
        return "it is in a private network"
    return None
