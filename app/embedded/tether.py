"""Become another program that dies with its parent: `python tether.py PARENT_PID PROGRAM [ARGUMENT…]`.

Run by path, standard library only. The wish is made after the fork and survives the exec, which spares the
parent a `preexec_fn` (unsafe once it has threads) and a `setpriv` that a machine may lack. On systems without
parent-death signals it only becomes the program.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""prctl(2). It fires when the thread that forked us ends, so start children from a thread that lives."""

CANNOT_RUN = 127
"""The exit code by which shells say that there is no such program."""


def main(arguments: list[str]) -> None:
    """Tie this process to its parent, then replace it by the program."""
    parent, command = int(arguments[0]), arguments[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("The parent of this process has already gone.")
    try:
        os.execvp(command[0], command)  # noqa: S606 - without a shell is what we want
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be run: {error.strerror}.\n")
        sys.exit(CANNOT_RUN)


if __name__ == "__main__":
    main(sys.argv[1:])
