"""What the programs share: they try one thing after the other, and tell at once when one of them worked.

`ESCAPED` is a way out of the cage, `OPEN` is something of the kernel that the cage is to keep shut. A last line says
that all of it was tried; without it the program broke down and proves nothing.
"""

import ctypes
import os
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
MARK = os.environ.get("TRY_MARK", "nobody")
FILES = os.environ.get("TRY_FILES", "").split(":")
PID = int(os.environ.get("TRY_PID", "0"))
TRIPWIRE = os.environ.get("TRY_TRIPWIRE", "/nowhere")


def tell(word, what):
    print(word, what, flush=True)


def attempt(what, act, word="ESCAPED"):
    """Do it; say so if it worked, which is to return something true."""
    try:
        if act():
            tell(word, what)
    except Exception:
        pass


def works(what, act, word="ESCAPED"):
    """Do it; say so if it did not raise."""
    attempt(what, lambda: (act(), True)[1], word)


def call(number, *arguments):
    """A system call by its number; True if the kernel did it."""
    return LIBC.syscall(ctypes.c_long(number), *map(word, arguments)) >= 0


def word(argument):
    return argument if isinstance(argument, (bytes, ctypes.Array, ctypes.Structure)) else ctypes.c_long(argument)


def done():
    print("all of it was tried", flush=True)
    sys.exit(0)
