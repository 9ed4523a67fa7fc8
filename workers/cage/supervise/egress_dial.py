"""Connects to a host that is allowed: looked up once, every address judged, connected to one of those and no other.

There is no second look-up, so a name that answers differently the next time gains nothing. Behind a proxy of the
machine's own (`Upstream`) names may not be known here; then it is that proxy which looks up and judges.
"""

from __future__ import annotations

import re
import socket
from contextlib import suppress

from workers.cage.supervise import egress_addresses
from workers.cage.supervise.egress_refusal import RefusalError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

CONNECT_SECONDS = 15
_ADDRESSES_MAX = 8
_ANSWER_BYTES = 16 * 1024
_ESTABLISHED = re.compile(rb"HTTP/1\.[01] 200[ \r]")

Address = tuple[str, int]


def look_up(host: str, port: int, private: Iterable[egress_addresses.Network]) -> list[Address]:
    """Return the addresses of a host, all of which may be connected to; raises `RefusalError`, and 502 for unknown."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RefusalError(502, "its name is not known to this machine", host, port) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        because = egress_addresses.refusal(address, private)
        if because is not None:
            raise RefusalError(403, f"its address {address} is refused, because {because}", host, port)
    return [(address, port) for address in addresses[:_ADDRESSES_MAX]]


def dial(addresses: list[Address], host: str) -> socket.socket:
    """Return a connection to the first address that answers; raises `RefusalError` when none does."""
    for address in addresses:
        with suppress(OSError):
            return socket.create_connection(address, CONNECT_SECONDS)
    raise RefusalError(502, "nothing answers there", host, addresses[0][1] if addresses else 0)


class Upstream:
    """The proxy through which this machine itself has to go, by its address: `http://user:password@host:port`."""

    def __init__(self, url: str) -> None:
        """Read the address; raises `ValueError` unless it is one of `http` with a host."""
        from base64 import b64encode  # noqa: PLC0415 -- few machines have one, and every cage would wait for it
        from urllib.parse import unquote, urlsplit  # noqa: PLC0415 -- as above

        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError("the proxy of this machine has to be spoken to by http://host:port")
        self._address = (parts.hostname, parts.port or 80)
        self.lines: tuple[str, ...] = ()
        if parts.username is not None:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            self.lines = (f"Proxy-Authorization: Basic {b64encode(secret).decode()}",)

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a connection to the proxy itself; the host is for the complaint."""
        try:
            return socket.create_connection(self._address, CONNECT_SECONDS)
        except OSError as error:
            raise RefusalError(502, "the proxy of this machine does not answer", host, port) from error

    def tunnel(self, host: str, port: int) -> socket.socket:
        """Return a connection to a host through the proxy."""
        connection = self.connect(host, port)
        authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = (f"CONNECT {authority} HTTP/1.1", f"Host: {authority}", *self.lines)
        try:
            connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            said = b""
            while not said.endswith(b"\r\n\r\n") and len(said) < _ANSWER_BYTES:
                if not (byte := connection.recv(1)):  # not one byte more: the next is the host's
                    break
                said += byte
        except OSError:
            said = b""
        if not _ESTABLISHED.match(said):
            connection.close()
            raise RefusalError(502, "the proxy of this machine did not let it through", host, port)
        return connection


class Dialler:
    """Connects to hosts by their addresses, or through an upstream proxy; `private` networks may be reached."""

    def __init__(self, private: Iterable[str], upstream: str | None) -> None:
        """Read what is configured; raises `ValueError`."""
        self._private = egress_addresses.networks(private)
        self.upstream = Upstream(upstream) if upstream else None
        self._unknown: set[str] = set()

    def tunnel(self, host: str, port: int) -> socket.socket:
        """Return a connection that is the host's from end to end."""
        addresses = self._judged(host, port)
        return self.upstream.tunnel(host, port) if self.upstream else dial(addresses, host)

    def web(self, host: str, port: int) -> socket.socket:
        """Return a connection for one request, which has to name its whole address if there is an upstream."""
        addresses = self._judged(host, port)
        return self.upstream.connect(host, port) if self.upstream else dial(addresses, host)

    def _judged(self, host: str, port: int) -> list[Address]:
        """Look up and judge. A name that is unknown here is left to the upstream proxy, and not asked for again."""
        if host in self._unknown:
            return []
        try:
            return look_up(host, port, self._private)
        except RefusalError as refusal:
            if self.upstream is None or refusal.status == 403:
                raise
            self._unknown.add(host)
            return []
