"""Reads for whom a TLS connection asks, in the first thing that a client says (RFC 8446, 4.1.2; RFC 6066, 3). Pure."""

from __future__ import annotations

_HANDSHAKE, _SERVER_NAME, _HOST_NAME = 22, 0, 0
_CLIENT_HELLO, _MESSAGE_HEADER_BYTES = b"\x01", 4
_RECORD_HEADER_BYTES, _RECORD_BYTES, _HELLO_BYTES = 5, 16384, 65536
_VERSION_AND_RANDOM_BYTES, _MAJOR_VERSION = 34, 3


class NotTlsError(ValueError):
    """What a client said is not the beginning of a TLS connection, or nothing that we understand as one."""


class IncompleteError(Exception):
    """What a client said may become the beginning of a TLS connection, and is not all of it."""


def server_name(said: bytes) -> str | None:
    """Return the name in a client's hello, None if it has none. Raises `NotTlsError` and `IncompleteError`."""
    message = _Fields(_handshake(said))
    message.skip(_VERSION_AND_RANDOM_BYTES)
    message.take(1)  # the session's id
    message.take(2)  # cipher suites
    message.take(1)  # compression methods
    if not message.rest:
        return None
    extensions = _Fields(message.take(2))
    names = []
    while extensions.rest:
        kind, content = extensions.number(2), extensions.take(2)
        if kind == _SERVER_NAME:
            names.append(_host_name(_Fields(content)))
    if len(names) > 1:
        raise NotTlsError("there are two names in it")
    return names[0] if names else None


def _host_name(extension: _Fields) -> str:
    entries = _Fields(extension.take(2))
    kind, name = entries.number(1), entries.take(2)
    if kind != _HOST_NAME or entries.rest or extension.rest or not name.isascii():
        raise NotTlsError("its name is none")
    return name.decode("ascii")


def _handshake(said: bytes) -> bytes:
    """Return the body of the first handshake message, put together from as many records as it has."""
    message = b""
    while True:
        if (said and said[0] != _HANDSHAKE) or (len(said) > 1 and said[1] != _MAJOR_VERSION):
            raise NotTlsError("it is not TLS")
        if len(said) < _RECORD_HEADER_BYTES:
            raise IncompleteError
        size = int.from_bytes(said[3:5], "big")
        if not 0 < size <= _RECORD_BYTES:
            raise NotTlsError("its first record is empty or too big")
        record, said = said[5 : 5 + size], said[5 + size :]
        message += record
        if message[:1] not in {b"", _CLIENT_HELLO}:
            raise NotTlsError("it does not begin with a hello")
        if len(message) >= _MESSAGE_HEADER_BYTES:
            wanted = _MESSAGE_HEADER_BYTES + int.from_bytes(message[1:4], "big")
            if wanted > _HELLO_BYTES:
                raise NotTlsError("its hello is too big")
            if len(message) >= wanted:
                return message[_MESSAGE_HEADER_BYTES:wanted]
        if len(record) < size:
            raise IncompleteError


class _Fields:
    """Takes apart what is written one field after the other."""

    def __init__(self, content: bytes) -> None:
        self.rest = content

    def skip(self, size: int) -> bytes:
        if len(self.rest) < size:
            raise NotTlsError("it ends too early")
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.skip(size), "big")

    def take(self, size: int) -> bytes:
        """Take a field that begins with its own length, of `size` bytes."""
        return self.skip(self.number(size))
