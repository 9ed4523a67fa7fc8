"""Carries bytes between the doors of a cage and the one socket that leads out of it.

It runs inside, with the rights of the command and no others: it judges nothing, keeps nothing, and whoever talks to
the socket without it gains nothing. One thread, which waits for whatever is ready.
"""

from __future__ import annotations

from _socket import AF_INET, AF_UNIX, SOCK_STREAM, socket
from select import POLLIN, poll

from workers.cage.inside.streams import Connection, Stream

CONNECTIONS_MAX = 64
"""As many as the filter outside takes at once; others wait at the door."""


class Relay:
    """All doors and connections of a cage; `egress` is the path of the socket that leads out."""

    def __init__(self, doors: list[tuple[socket, bytes]], egress: str) -> None:
        """Take the listening, non-blocking sockets, each with the line for its target."""
        self._doors = {door.fileno(): (door, header) for door, header in doors}
        self._egress = egress
        self._ends: dict[int, tuple[Connection, socket]] = {}

    def run(self) -> None:
        """Carry, for ever."""
        while True:
            for number, events in self._ready():
                if number in self._doors:
                    self._let_in(*self._doors[number])
                elif number in self._ends:
                    self._move(*self._ends[number], events)

    def _ready(self) -> list[tuple[int, int]]:
        waiting = poll()
        if len(self._ends) < 2 * CONNECTIONS_MAX:
            for number in self._doors:
                waiting.register(number, POLLIN)
        for number, (connection, end) in self._ends.items():
            if mask := connection.wanted(end):
                waiting.register(number, mask)
        return waiting.poll()

    def _let_in(self, door: socket, header: bytes) -> None:
        try:
            inside = socket(AF_INET, SOCK_STREAM, 0, door._accept()[0])  # type: ignore[attr-defined]  # noqa: SLF001
        except OSError:
            return
        outside = socket(AF_UNIX, SOCK_STREAM)
        outside.setblocking(False)  # noqa: FBT003 -- positional only
        try:
            outside.connect(self._egress)
        except OSError:  # nobody is there any more, or too many are: whoever came is let go
            inside.close()
            outside.close()
            return
        inside.setblocking(False)  # noqa: FBT003 -- positional only
        connection = Connection(Stream(inside, outside, header), Stream(outside, inside))
        for end in connection.sockets:
            self._ends[end.fileno()] = (connection, end)

    def _move(self, connection: Connection, end: socket, events: int) -> None:
        try:
            connection.move(end, events)
        except BlockingIOError:
            return
        except OSError:
            self._let_go(connection)
            return
        if connection.is_over():
            self._let_go(connection)

    def _let_go(self, connection: Connection) -> None:
        for end in connection.sockets:
            del self._ends[end.fileno()]
            end.close()
