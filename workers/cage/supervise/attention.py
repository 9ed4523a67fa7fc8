"""Whether a worker attends to a cage, and what it asks: a byte each way on a unix socket, nothing more.

`s` asks the command to end, `k` ends it at once; `.` tells the worker that there is something new to read. Whoever
comes last is the one: a worker that was given up for dead is let go.
"""

import os
import socket
from contextlib import suppress

CONTROL = "control"
STOP, KILL, NEWS = b"s", b"k", b"."


class Attention:
    """The connection to the worker that attends, if there is one, and the door for the next."""

    def __init__(self, first: socket.socket) -> None:
        """Open the door in the current directory; `first` is the worker that started us."""
        with suppress(FileNotFoundError):
            os.unlink(CONTROL)
        self.door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.door.bind(CONTROL)
        os.chmod(CONTROL, 0o600)
        self.door.listen(4)
        self.door.settimeout(0)
        first.settimeout(0)
        self.worker: socket.socket | None = first

    def welcome(self) -> None:
        """Let in who is at the door, and let go of who was there before."""
        with suppress(BlockingIOError, ConnectionError):
            newcomer, _ = self.door.accept()
            newcomer.settimeout(0)
            self.leave()
            self.worker = newcomer

    def asked(self) -> bytes:
        """Return what the worker asks; when it is gone, nobody attends any more."""
        assert self.worker is not None
        try:
            said = self.worker.recv(64)
        except BlockingIOError:
            return b""
        except OSError:
            said = b""
        if not said:
            self.leave()
        return said

    def tell(self) -> None:
        """Tell that there is news; a worker that has not read the last of it knows already."""
        if self.worker is not None:
            with suppress(OSError):
                self.worker.send(NEWS)

    def leave(self) -> None:
        """Let go of the worker."""
        if self.worker is not None:
            self.worker.close()
            self.worker = None

    def close(self) -> None:
        """Shut the door. The worker sees the end, and finds the record of it complete."""
        with suppress(FileNotFoundError):
            os.unlink(CONTROL)
        self.door.close()
        self.leave()
