"""The files of a cgroup: read and written without ever raising, for a group may be gone or lack one at any time."""

from __future__ import annotations

import os
import time

_ROUNDS = 100
_PAUSE_SECONDS = 0.02


def limit(folder: str, version: int, processes: int | None = None, memory: int | None = None) -> bool:
    """Set the limits of a group, memory in bytes; False where the kernel did not take all of them. There is no swap beyond memory."""
    settings: list[tuple[str, int, bool]] = []
    if processes is not None:
        settings.append(("pids.max", processes, True))
    if memory is not None and version == 1:
        settings.append(("memory.limit_in_bytes", memory, True))
        settings.append(("memory.memsw.limit_in_bytes", memory, False))
    elif memory is not None:
        settings += [
            ("memory.max", memory, True),
            ("memory.swap.max", 0, False),
            ("memory.oom.group", 1, False),
        ]
    return all(write(f"{folder}/{name}", str(value)) or not needed for name, value, needed in settings)


def read(path: str) -> str:
    """Return what a file says, nothing where it cannot be read."""
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def number(path: str) -> int | None:
    """Return the number that a file says, None where it says none."""
    said = read(path).strip()
    return int(said) if said.isdecimal() else None


def write(path: str, content: str) -> bool:
    """Write a file that is there, in one piece; False where the kernel does not take it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        os.write(descriptor, content.encode())
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def remove(folder: str) -> bool:
    """Remove a group that is empty, or will be as soon as its dead are buried; patient for some seconds."""
    for _ in range(_ROUNDS):
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            return True
        except OSError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return True
    return False
