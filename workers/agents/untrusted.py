"""Reading a file that was written inside a cage: no links, no devices, no surprises in size.

Only the last component of the path is the agent's to choose; the folder above it must be ours.
"""

import os
import stat
from pathlib import Path
from typing import BinaryIO, NamedTuple


class Unreadable(NamedTuple):
    """Why there is nothing to read; completes the sentence "The file …"."""

    because: str


def read_untrusted(path: Path, *, bytes_max: int) -> bytes | Unreadable:
    """Return the bytes of a regular file of at most `bytes_max`, or why not."""
    file = _opened(path)
    if isinstance(file, Unreadable):
        return file
    with file:
        content = file.read(bytes_max + 1)
    if len(content) > bytes_max:
        return Unreadable(f"is larger than {bytes_max:,} bytes")
    return content


def read_end_of_untrusted(path: Path, *, bytes_max: int) -> tuple[bytes, int] | Unreadable:
    """Return the last `bytes_max` bytes of a regular file and how many come before them, or why not."""
    file = _opened(path)
    if isinstance(file, Unreadable):
        return file
    with file:
        before = max(0, os.fstat(file.fileno()).st_size - bytes_max)
        file.seek(before)
        return file.read(bytes_max), before


def _opened(path: Path) -> BinaryIO | Unreadable:
    """Open a regular file; `O_NONBLOCK` keeps a planted FIFO from holding us for ever."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return Unreadable("is missing")
    except OSError as error:
        because = (
            "is a symbolic link, not a file" if path.is_symlink() else f"cannot be opened ({error.strerror})"
        )
        return Unreadable(because)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return Unreadable("is not a regular file")
    return os.fdopen(descriptor, "rb")


def read_untrusted_text(path: Path, *, bytes_max: int) -> str | None:
    """Return the text of such a file, None when there is none; bytes that are not UTF-8 are replaced."""
    content = read_untrusted(path, bytes_max=bytes_max)
    return None if isinstance(content, Unreadable) else content.decode("utf-8", errors="replace")
