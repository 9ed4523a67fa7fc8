"""The one way out of a cage: a filter that listens on the cage's socket, outside, in threads of its supervisor.

A connection begins with a line by the relay: `proxy`, or `forward` and a number. The relay is not trusted, and need
not be: what the line can name is no more than what the cage was given. Names that are not allowed are never looked up,
so nothing can be told to anybody's nameserver.
"""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress

from workers.cage.inside.relay import CONNECTIONS_MAX
from workers.cage.inside.streams import Connection
from workers.cage.supervise.egress_carry import Allowance, Client, Counted, SpentError, carry
from workers.cage.supervise.egress_dial import CONNECT_SECONDS, Dialler
from workers.cage.supervise.egress_names import AllowList
from workers.cage.supervise.egress_proxy import Proxy
from workers.cage.supervise.egress_refusal import Denials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

BYTES_MAX = 20 * 1024**3
_LINE_BYTES = 32
_BACKLOG = 2 * CONNECTIONS_MAX


def listen(path: str) -> socket.socket:
    """Return a socket that listens at a path, short enough for one, to which the cage's user may connect.

    The folder around it keeps everybody else away. Raises `OSError`.
    """
    with suppress(FileNotFoundError):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    os.chmod(path, 0o666)  # noqa: S103 -- the user of the cage is not ours
    listener.listen(_BACKLOG)
    return listener


class Egress:
    """The filter of one cage.

    `allow` are hosts as `AllowList` reads them, `private` networks that they may resolve to though not public,
    `forwards` hosts and ports that are reached unfiltered, `upstream` the proxy of this machine itself.
    """

    def __init__(
        self,
        listener: socket.socket,
        allow: Sequence[str],
        private: Sequence[str],
        forwards: Sequence[tuple[str, int]],
        upstream: str | None,
        *,
        bytes_max: int = BYTES_MAX,
    ) -> None:
        """Read what is allowed; raises `ValueError` for what means nothing, and then nothing is let through."""
        self._listener = listener
        self._forwards = list(forwards)
        self._denials = Denials()
        self._proxy = Proxy(AllowList(allow), Dialler(private, upstream), self._denials, Allowance(bytes_max))
        self._free = threading.Semaphore(CONNECTIONS_MAX)
        self._open: set[socket.socket] = set()
        self._closed = False

    def start(self) -> None:
        """Let connections in from now on, in threads that end with the process."""
        self._listener.settimeout(None)
        threading.Thread(target=self._let_in, name="egress", daemon=True).start()

    def denied(self) -> list[dict[str, str | int]]:
        """Return what was denied: `host`, `port`, `because` and `times` of each."""
        return self._denials.listed()

    def close(self) -> None:
        """Let nobody in any more, and let go of who is there."""
        self._closed = True
        for each in (self._listener, *tuple(self._open)):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _let_in(self) -> None:
        while not self._closed:
            self._free.acquire()
            try:
                connection, _ = self._listener.accept()
            except OSError:
                self._free.release()
                threading.Event().wait(0.1)  # no descriptors left, or closed
                continue
            self._open.add(connection)
            threading.Thread(target=self._attend, args=(connection,), daemon=True).start()

    def _attend(self, connection: socket.socket) -> None:
        try:
            with connection, suppress(OSError, ValueError, SpentError):
                self._serve(Client(connection))
        finally:
            self._open.discard(connection)
            self._free.release()

    def _serve(self, client: Client) -> None:
        target, _, number = client.read_until(b"\n", _LINE_BYTES).decode("ascii").partition(" ")
        if target == "proxy":
            self._proxy.serve(client)
        elif target == "forward" and number.isdecimal() and int(number) < len(self._forwards):
            self._forward(client, self._forwards[int(number)])

    def _forward(self, client: Client, address: tuple[str, int]) -> None:
        """Carry as long as it takes: a model may think for long, and the cage's own limits end it."""
        with socket.create_connection(address, CONNECT_SECONDS) as server:
            there = Counted(client.connection, server, client.said, None)
            carry(Connection(there, Counted(server, client.connection, b"", None)), None)
