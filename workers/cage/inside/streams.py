"""Bytes on their way between two sockets, in both directions, without ever waiting for one of them.

Used on both sides of the wall: by the relay inside, and by the filter outside.
"""

from __future__ import annotations

from _socket import SHUT_WR, socket
from select import POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT

PIECE_BYTES = 64 * 1024
_READABLE = POLLIN | POLLHUP | POLLERR | POLLNVAL


class Stream:
    """One direction of a connection: what came from `source` and has yet to go to `target`."""

    def __init__(self, source: socket, target: socket, waiting: bytes = b"") -> None:
        """Begin with what is `waiting` already."""
        self.source, self.target, self.waiting = source, target, waiting
        self.ended = self.over = False

    def read(self) -> None:
        """Take a piece, or notice the end, and pass it on at once if that goes."""
        self.take(self.source.recv(PIECE_BYTES))
        self.write()

    def take(self, piece: bytes) -> None:
        """Have a piece to pass on; an empty one is the end."""
        self.waiting = piece
        self.ended = not piece

    def write(self) -> None:
        """Pass on what is waiting as far as it goes, and after the last of it the end."""
        try:
            while self.waiting:
                self.waiting = self.waiting[self.target.send(self.waiting) :]
        except BlockingIOError:
            return
        if self.ended and not self.over:
            self.target.shutdown(SHUT_WR)
            self.over = True


class Connection:
    """Two sockets and a stream each way; the sockets are non-blocking."""

    def __init__(self, there: Stream, back: Stream) -> None:
        """Begin with two streams between the same sockets."""
        self.streams = (there, back)
        self.sockets = (there.source, there.target)

    def wanted(self, end: socket) -> int:
        """Return what to wait for at one of the sockets; 0 is nothing at all."""
        mask = 0
        for stream in self.streams:
            if stream.source is end and not stream.waiting and not stream.ended:
                mask |= POLLIN
            if stream.target is end and stream.waiting:
                mask |= POLLOUT
        return mask

    def move(self, end: socket, events: int) -> None:
        """Move what can be moved; raises `OSError` when a side is gone."""
        for stream in self.streams:
            if stream.target is end and stream.waiting:
                stream.write()
            elif stream.source is end and not stream.waiting and not stream.ended and events & _READABLE:
                stream.read()

    def is_over(self) -> bool:
        """Tell whether both directions have come to their end."""
        return all(stream.over for stream in self.streams)
