"""Supervises one cage, from its orders on standard input to the record of its end. No worker imports this.

It holds the lock of the records' folder while it lives, and is the parent of the sandbox, which dies with it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

from workers.cage.supervise import records
from workers.cage.supervise.supervision import Supervision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main() -> int:
    """Read the orders, supervise, and leave the record; the exit code is for the worker that is still there."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders: dict[str, Any] | None = json.loads(sys.stdin.buffer.read() or b"null")
    if orders is None:  # the worker died before it had said what to do
        return 1
    os.chdir(orders["records"])
    lock = records.take_lock()
    if lock is None or os.path.lexists(records.BEGAN):
        return records.ALREADY_BEGUN
    records.write(records.BEGAN, {"pid": os.getpid(), "sandbox": orders["sandbox"]})
    worker = socket.socket(fileno=orders["worker"])
    worker.set_inheritable(False)  # the cage is not to have it
    supervision = Supervision(orders, worker)
    try:
        ended = supervision.run()
        records.write(records.ENDED, ended)
    finally:  # what was raised goes into the records; the lock is free with us, so the cage counts as lost
        supervision.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
