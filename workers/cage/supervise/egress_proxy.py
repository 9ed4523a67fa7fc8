"""Answers one client as an HTTP proxy: judges what it asks for, then carries, or refuses in words.

A tunnel to port 443 has to be TLS for the very host, one to port 80 is read like any request; both so that a name that
is allowed opens no door to its neighbours on the same address. What is said inside TLS nobody can see.
"""

from __future__ import annotations

import select
import socket
from time import monotonic

from workers.cage.inside.streams import Connection
from workers.cage.supervise import egress_request
from workers.cage.supervise.egress_carry import FIRST_WORDS_SECONDS, Allowance, Client, Counted, carry
from workers.cage.supervise.egress_hello import IncompleteError, NotTlsError, server_name
from workers.cage.supervise.egress_names import is_address, normalise
from workers.cage.supervise.egress_refusal import RefusalError, answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from workers.cage.supervise.egress_dial import Dialler
    from workers.cage.supervise.egress_names import AllowList
    from workers.cage.supervise.egress_refusal import Denials
    from workers.cage.supervise.egress_request import Request

IDLE_SECONDS = 10 * 60
_ANSWER_IDLE_SECONDS = 2 * 60
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_ALERT = b"\x15\x03\x03\x00\x02\x02\x70"  # fatal, unrecognized_name
_HANDSHAKE = b"\x16"
_HELLO_PIECES = 256
"""How often one looks whether a hello is complete: of one that comes byte by byte that alone would be work."""


class Proxy:
    """The proxy of one cage."""

    def __init__(self, allowed: AllowList, dialler: Dialler, denials: Denials, allowance: Allowance) -> None:
        self._allowed, self._dialler = allowed, dialler
        self._denials, self._allowance = denials, allowance

    def serve(self, client: Client) -> None:
        """Serve one connection to its end; raises `OSError`, `ValueError` and `SpentError` when it breaks off."""
        try:
            request = egress_request.read(self._head(client))
            self._judge(request)
            if request.method == "CONNECT":
                self._tunnel(client, request)
            else:
                self._pass_on(client, request)
        except RefusalError as refusal:
            self._note(refusal)
            client.part(answer(refusal))

    def _head(self, client: Client) -> bytes:
        try:
            return client.read_until(b"\r\n\r\n", egress_request.HEAD_BYTES)
        except ValueError as error:
            raise RefusalError(431, "the head of the request is too long") from error

    def _judge(self, request: Request) -> None:
        because = self._allowed.refusal(request.host, request.port)
        if because is None and self._allowance.is_spent:
            because = "this cage has moved as many bytes as it may"
        if because is not None:
            raise RefusalError(403, because, request.host, request.port)

    def _note(self, refusal: RefusalError) -> None:
        if refusal.host and refusal.status == 403:
            self._denials.add(refusal)

    def _pass_on(self, client: Client, request: Request) -> None:
        """Have one request answered; the client may say what it likes after it, nobody listens."""
        upstream = self._dialler.upstream
        with self._dialler.web(request.host, request.port) as server:
            lines = upstream.lines if upstream else ()
            server.sendall(request.written(absolute=upstream is not None, more=lines))
            there = Counted(client.connection, server, client.said, self._allowance, request.body_bytes)
            back = Counted(server, client.connection, b"", self._allowance)
            carry(Connection(there, back), _ANSWER_IDLE_SECONDS, until_answered=True)

    def _tunnel(self, client: Client, request: Request) -> None:
        if request.port == 80:
            client.connection.sendall(_ESTABLISHED)
            self._pass_on(client, egress_request.read(self._head(client), (request.host, request.port)))
            return
        with self._dialler.tunnel(request.host, request.port) as server:
            client.connection.sendall(_ESTABLISHED)
            try:
                self._judge_first_words(client, server, request)
            except RefusalError as refusal:
                self._note(refusal)
                client.part(_ALERT)
                return
            there = Counted(client.connection, server, client.said, self._allowance)
            carry(Connection(there, Counted(server, client.connection, b"", self._allowance)), IDLE_SECONDS)

    def _judge_first_words(self, client: Client, server: socket.socket, request: Request) -> None:
        """Look at what the client says first; on ports of other protocols the server may be the first to speak."""
        deadline = monotonic() + FIRST_WORDS_SECONDS
        if request.port != 443:
            if not client.said:
                ready, _, _ = select.select([client.connection, server], [], [], FIRST_WORDS_SECONDS)
                if client.connection not in ready:
                    return
                client.read_more(deadline)
            if not client.said.startswith(_HANDSHAKE):
                return
        name = _asked_for(client, deadline, request)
        wanted = None if is_address(request.host) else request.host
        if name != wanted:
            because = "the TLS connection in its tunnel was for " + (name or "no host at all")
            raise RefusalError(403, because, request.host, request.port)


def _asked_for(client: Client, deadline: float, request: Request) -> str | None:
    """Return the name in the client's hello, which stays unused, for the server."""
    for _ in range(_HELLO_PIECES):
        try:
            name = server_name(client.said)
            return None if name is None else normalise(name)
        except IncompleteError:
            client.read_more(deadline)
        except NotTlsError as error:
            because = f"its tunnel was not used for TLS ({error})"
            raise RefusalError(403, because, request.host, request.port) from error
        except ValueError as error:
            because = "the TLS connection in its tunnel was for something that is no host"
            raise RefusalError(403, because, request.host, request.port) from error
    raise RefusalError(403, "its tunnel began in too many pieces", request.host, request.port)
