"""Names of hosts as the filter compares them, and the list of those that may be reached. It resolves nothing."""

from __future__ import annotations

import ipaddress
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME_CHARACTERS = 253
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_LIKE_A_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_PORT = re.compile(r"[1-9]\d{0,4}")
_PORT_MAX = 65535
_USUAL_PORTS = frozenset({443, 80})


def normalise(host: str) -> str:
    """Return a host in the one form in which it is compared: small ASCII letters, no dot at its end.

    An address comes back as `ipaddress` writes it. Raises `ValueError` for what is neither a name nor an address,
    such as the short and octal forms of addresses that some resolvers know.
    """
    if ":" in host:
        return _ipv6(host)
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    name = host.lower().removesuffix(".")
    labels = name.split(".")
    if _LIKE_A_NUMBER.fullmatch(labels[-1]):
        return str(ipaddress.IPv4Address(name))
    if len(name) > _NAME_CHARACTERS or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"{host[:80]!r} is not the name of a host")
    return name


def _ipv6(text: str) -> str:
    address = ipaddress.IPv6Address(text)
    if address.scope_id is not None:
        raise ValueError(f"{text[:80]!r} is an address of one network card")
    return str(address)


def is_address(host: str) -> bool:
    """Tell whether a normalised host is an address."""
    return ":" in host or host.rpartition(".")[2].isdigit()


def split_authority(authority: str) -> tuple[str, int | None]:
    """Return the normalised host and the port of `host:port`, `[address]:port` or either without a port.

    Raises `ValueError` for anything else, such as a user's name before an `@`.
    """
    if authority.startswith("["):
        bracketed, _, after = authority[1:].partition("]")
        host, port = _ipv6(bracketed), after.removeprefix(":") if after else None
        if after and not after.startswith(":"):
            raise ValueError(f"{authority[:80]!r} is not a host and a port")
    else:
        host, colon, rest = authority.partition(":")
        host, port = normalise(host), rest if colon else None
    if port is None:
        return host, None
    if not _PORT.fullmatch(port) or int(port) > _PORT_MAX:
        raise ValueError(f"{port[:20]!r} is not a port")
    return host, int(port)


class _Rule:
    def __init__(self, name: str, ports: frozenset[int], *, below: bool) -> None:
        self.name, self.ports, self.below = name, ports, below

    def names(self, host: str) -> bool:
        return host.endswith(f".{self.name}") if self.below else host == self.name


class AllowList:
    """Hosts that may be reached: `pypi.org`, `*.example.com` (below it, not itself), either with `:port`."""

    def __init__(self, allowed: Iterable[str]) -> None:
        """Read the list; raises `ValueError` for an entry that means nothing."""
        self._rules = [_rule(text) for text in allowed]

    def refusal(self, host: str, port: int) -> str | None:
        """Return why a normalised host may not be reached, None if it may."""
        ports = [rule.ports for rule in self._rules if rule.names(host)]
        if not ports:
            return "it is not on the list of allowed hosts"
        if not any(port in some for some in ports):
            return f"it is on the list of allowed hosts, but not with port {port}"
        return None


def _rule(text: str) -> _Rule:
    below = text.startswith("*.")
    host, port = split_authority(text.removeprefix("*."))
    if below and is_address(host):
        raise ValueError(f"{text[:80]!r}: there is nothing below an address")
    return _Rule(host, _USUAL_PORTS if port is None else frozenset({port}), below=below)
