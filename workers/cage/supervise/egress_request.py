"""One HTTP/1 request as the filter takes it: read strictly, and written anew for the server. It opens no connection.

Whatever two parsers might read differently is refused: bare line feeds, folded lines, two lengths, chunked bodies. The
server is told to close the connection after its answer, and gets exactly the body that was announced, so it never sees
a second request that nobody has judged.
"""

from __future__ import annotations

import re

from workers.cage.supervise.egress_names import split_authority
from workers.cage.supervise.egress_refusal import RefusalError

HEAD_BYTES = 32 * 1024
_REQUEST_LINE = re.compile(r"([A-Z]{1,20}) ([\x21-\x7e]{1,16384}) HTTP/1\.[01]")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*")
_ABSOLUTE = re.compile(r"(?i:http)://([^/?#\\@%]+)((?:[/?][^#]*)?)")
_LENGTH = re.compile(r"\d{1,15}")
_OF_THIS_HOP = frozenset(
    {"connection", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings"}
)


class Request:
    """What a client asks for: `host` is normalised, `path` empty for CONNECT, `body_bytes` what will follow."""

    def __init__(
        self,
        method: str,
        host: str,
        port: int,
        path: str = "",
        *,
        headers: tuple[tuple[str, str], ...] = (),
        body_bytes: int = 0,
    ) -> None:
        """Hold what was read."""
        self.method, self.host, self.port, self.path = method, host, port, path
        self.headers, self.body_bytes = headers, body_bytes

    @property
    def authority(self) -> str:
        """The host and the port as they stand in a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 80 else f"{host}:{self.port}"

    def written(self, *, absolute: bool = False, more: tuple[str, ...] = ()) -> bytes:
        """Return the head as the server gets it, `absolute` and with `more` lines if that is another proxy."""
        target = f"http://{self.authority}{self.path}" if absolute else self.path
        lines = [f"{self.method} {target} HTTP/1.1", f"Host: {self.authority}", "Connection: close", *more]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def read(head: bytes, within: tuple[str, int] | None = None) -> Request:
    """Read the head of a request, without the empty line at its end; raises `RefusalError`.

    A proxy is asked with CONNECT or a whole `http` address. `within` a tunnel to a host and port it is asked with a
    path, and for that host alone.
    """
    line, *lines = head.decode("latin-1").split("\r\n")
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise RefusalError(400, "the first line is not one of HTTP/1")
    method, target = match.groups()
    headers = [_header(each) for each in lines]
    if within is not None:
        return _inner(method, target, headers, *within)
    if method == "CONNECT":
        return Request(method, *_authority(target, None))
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None:
        raise RefusalError(
            400, "a proxy is asked with CONNECT, or with a whole address that begins with http://"
        )
    host, port = _authority(absolute[1], 80)
    path = absolute[2] if absolute[2].startswith("/") else f"/{absolute[2]}"
    return Request(method, host, port, path, headers=_kept(headers), body_bytes=_body_bytes(headers))


def _inner(method: str, target: str, headers: list[tuple[str, str]], host: str, port: int) -> Request:
    hosts = [value for name, value in headers if name.lower() == "host"]
    if len(hosts) != 1 or not target.startswith("/") or method == "CONNECT":
        raise RefusalError(400, "a request in a tunnel has a path and one host", host, port)
    if _authority(hosts[0], 80) != (host, port):
        raise RefusalError(403, "a request in a tunnel to it was for another host", host, port)
    return Request(method, host, port, target, headers=_kept(headers), body_bytes=_body_bytes(headers))


def _authority(text: str, usual_port: int | None) -> tuple[str, int]:
    try:
        host, port = split_authority(text)
    except ValueError as error:
        raise RefusalError(400, f"that is no host and port ({error})") from error
    if port is None and usual_port is None:
        raise RefusalError(400, "CONNECT takes a host and a port")
    return host, port or usual_port or 0


def _header(line: str) -> tuple[str, str]:
    match = _HEADER.fullmatch(line)
    if match is None:
        raise RefusalError(400, "a line of its head is not one of HTTP/1")
    return match[1], match[2]


def _kept(headers: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the headers that are the server's; what `Connection` names is between us and the client."""
    named = {
        word.strip().lower()
        for name, value in headers
        if name.lower() == "connection"
        for word in value.split(",")
    }
    dropped = (_OF_THIS_HOP | named) - {"content-length"}
    return tuple(
        (name, value)
        for name, value in headers
        if name.lower() not in dropped and not name.lower().startswith("proxy-")
    )


def _body_bytes(headers: list[tuple[str, str]]) -> int:
    lengths = [value for name, value in headers if name.lower() == "content-length"]
    if any(name.lower() == "transfer-encoding" for name, _ in headers):
        raise RefusalError(411, "a body has to announce its length")
    if len(lengths) > 1 or not all(_LENGTH.fullmatch(length) for length in lengths):
        raise RefusalError(400, "the length of its body is not one number")
    return int(lengths[0]) if lengths else 0
