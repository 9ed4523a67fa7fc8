"""The C library, for what Python has no words for, and the way its failures become errors."""

from __future__ import annotations

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str | None = None) -> None:
    """Raise the `OSError` of the call that gave `result`, unless it went well."""
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), what)
