"""Reads what a client says first, with patience that ends, and carries bytes between it and a server.

Every connection has a thread of its own, which is here for as long as it lives. What has no end of its own ends when
nothing moves for a while, or when the cage has moved as much as it may.
"""

from __future__ import annotations

import select
import socket
import threading
from time import monotonic

from workers.cage.inside.streams import PIECE_BYTES, Connection, Stream

FIRST_WORDS_SECONDS = 30
_LINGER_SECONDS = 2


class SpentError(Exception):
    """The cage has moved as many bytes as it may."""


class Allowance:
    """The bytes that a cage may still move, over all of its connections."""

    def __init__(self, size_bytes: int) -> None:
        self._left = size_bytes
        self._lock = threading.Lock()

    def spend(self, size_bytes: int) -> None:
        """Count; raises `SpentError` when there is nothing left."""
        with self._lock:
            self._left -= size_bytes
            if self._left < 0:
                raise SpentError

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self._left <= 0


class Client:
    """The client's end of a connection, and what it has said that nobody has used yet."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.said = b""

    def read_until(self, end: bytes, limit_bytes: int) -> bytes:
        """Return what is said before `end`, which is used up too; raises `ValueError` if there is too much, `OSError`."""
        deadline = monotonic() + FIRST_WORDS_SECONDS
        while end not in self.said:
            if len(self.said) > limit_bytes:
                raise ValueError("too much was said")
            self.read_more(deadline)
        words, _, self.said = self.said.partition(end)
        if len(words) > limit_bytes:
            raise ValueError("too much was said")
        return words

    def read_more(self, deadline: float) -> None:
        """Wait for more; raises `OSError` at the deadline, and at the end of all that is said."""
        self.connection.settimeout(max(0.001, deadline - monotonic()))
        piece = self.connection.recv(PIECE_BYTES)
        if not piece:
            raise ConnectionResetError
        self.said += piece

    def part(self, last_words: bytes) -> None:
        """Say something last, and listen until the client has heard it: closed earlier, it would never."""
        self.connection.settimeout(_LINGER_SECONDS)
        self.connection.sendall(last_words)
        self.connection.shutdown(socket.SHUT_WR)
        deadline = monotonic() + _LINGER_SECONDS
        while monotonic() < deadline and self.connection.recv(PIECE_BYTES):
            pass


class Counted(Stream):
    """A stream whose bytes are counted, and which ends by itself after `left` bytes if that is not None."""

    def __init__(
        self,
        source: socket.socket,
        target: socket.socket,
        waiting: bytes,
        allowance: Allowance | None,
        left: int | None = None,
    ) -> None:
        """Begin with what is waiting already, of which no more is taken than is left."""
        waiting = waiting if left is None else waiting[:left]
        super().__init__(source, target, waiting)
        self._allowance = allowance
        self._left = None if left is None else left - len(waiting)
        self._stop_at_the_end()

    def take(self, piece: bytes) -> None:
        """Count the piece too."""
        if self._allowance is not None:
            self._allowance.spend(len(piece))
        if self._left is not None:
            piece = piece[: self._left] if piece else piece
            self._left -= len(piece)
        super().take(piece)
        self._stop_at_the_end()

    def _stop_at_the_end(self) -> None:
        """Want no more, and do not tell the other side: to some servers half a connection is none."""
        if self._left == 0:
            self.ended = self.over = True


def carry(connection: Connection, idle_seconds: float | None, *, until_answered: bool = False) -> None:
    """Carry until both sides have ended, or for one answer until the server has; raises `OSError` and `SpentError`."""
    for end in connection.sockets:
        end.settimeout(0)
    patience = None if idle_seconds is None else idle_seconds * 1000
    back = connection.streams[1]
    while not (connection.is_over() or (until_answered and back.over)):
        waiting = select.poll()
        ends = {end.fileno(): end for end in connection.sockets}
        for number, end in ends.items():
            if mask := connection.wanted(end):
                waiting.register(number, mask)
        ready = waiting.poll(patience)
        if not ready:
            raise TimeoutError
        for number, events in ready:
            try:
                connection.move(ends[number], events)
            except BlockingIOError:
                continue
