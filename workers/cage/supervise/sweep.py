"""Ends everything that descends from a process where no namespace does that for us; it ends nothing else.

Whoever sweeps adopts orphans first, so that nobody leaves the family: not by `setsid`, not by forking twice. All
are frozen before the first is killed, so that nobody has a child while we are looking elsewhere.
"""

import os
import signal
import time
from contextlib import suppress

from workers.cage.supervise.tree import descendants, parent

_PR_SET_CHILD_SUBREAPER = 36
_ROUNDS = 200
_PAUSE_SECONDS = 0.005


def adopt_orphans() -> None:
    """Become the parent of all that descends from us and loses its own; raises `OSError` where that is unknown."""
    import ctypes  # noqa: PLC0415 -- only where no namespace contains the cage

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "orphans cannot be adopted here")


def sweep(root_pid: int, *, spare: int | None = None) -> int:
    """Kill all that descends from a process and bury what is ours; `spare` is left for another to bury.

    Returns how many were alive at first. Some may be left after a second of trying, as of another user's.
    """
    _freeze(root_pid)
    found = len(_living(root_pid))
    for _ in range(_ROUNDS):
        living = _living(root_pid)
        for pid in living:
            _signal(pid, signal.SIGKILL, living, root_pid)
        _bury(root_pid, spare)
        if not _living(root_pid):
            break
        time.sleep(_PAUSE_SECONDS)
    return found


def _freeze(root_pid: int) -> None:
    """Stop one after the other until there is nobody new."""
    frozen: set[int] = set()
    for _ in range(_ROUNDS):
        living = _living(root_pid)
        if not living - frozen:
            return
        for pid in living - frozen:
            _signal(pid, signal.SIGSTOP, living, root_pid)
        frozen = living


def _living(root_pid: int) -> set[int]:
    return {pid for pid in descendants(root_pid) if parent(pid) is not None}


def _signal(pid: int, number: int, family: set[int], root_pid: int) -> None:
    """Signal a process if it still is of the family: a number may have gone to somebody else by now."""
    with suppress(OSError):
        descriptor = os.pidfd_open(pid)
        try:
            if parent(pid) in {*family, root_pid}:
                signal.pidfd_send_signal(descriptor, number)
        finally:
            os.close(descriptor)


def _bury(root_pid: int, spare: int | None) -> None:
    """Bury the dead among our own children; those of others are theirs."""
    if root_pid != os.getpid():
        return
    for pid in descendants(root_pid):
        if pid != spare:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
