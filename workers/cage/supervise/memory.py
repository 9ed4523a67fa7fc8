"""What processes use of the memory, read from /proc. Whatever vanishes or may not be read counts for nothing.

A cage can make that take as long as it likes, by open files or shared pages, so whatever it can multiply has its time.
"""

from __future__ import annotations

import os
import stat
from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_SCRATCH = ("tmp", "dev/shm")
_OWN = (b"RssAnon:", b"RssShmem:", b"VmSwap:")
_OWN_EXACTLY = (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:")
_FILES_AT_ONCE = 64


def resident(pids: Iterable[int]) -> int:
    """Return the bytes that processes have beyond the files they run from; shared pages count for each of them."""
    return sum(_sum(f"/proc/{pid}/status", _OWN) or 0 for pid in pids)


def resident_exactly(pids: Iterable[int], seconds: float) -> int:
    """Return the same, but count shared pages once; it takes the kernel far longer to tell (smaps_rollup).

    When the time is up, the pages of who is left count for each of them.
    """
    total, until = 0, perf_counter() + seconds
    for pid in pids:
        exactly = _sum(f"/proc/{pid}/smaps_rollup", _OWN_EXACTLY) if perf_counter() < until else None
        total += exactly if exactly is not None else _sum(f"/proc/{pid}/status", _OWN) or 0
    return total


def nameless(pids: Iterable[int], seconds: float) -> list[tuple[int, int]]:
    """Return device and size in bytes of each file without a name that processes hold open, as far as there is time."""
    found: dict[tuple[int, int], int] = {}
    until = perf_counter() + seconds
    for pid in pids:
        for number, name in enumerate(_open_files(pid)):
            if number % _FILES_AT_ONCE == 0 and perf_counter() > until:
                return _sizes(found)
            try:
                file = os.stat(f"/proc/{pid}/fd/{name}")
            except OSError:
                continue
            if stat.S_ISREG(file.st_mode) and file.st_nlink == 0:
                found[file.st_dev, file.st_ino] = file.st_blocks * 512
    return _sizes(found)


def _open_files(pid: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return []


def _sizes(found: dict[tuple[int, int], int]) -> list[tuple[int, int]]:
    return [(device, size) for (device, _), size in found.items()]


def in_files(first_pid: int, nameless: Iterable[tuple[int, int]]) -> int:
    """Return the bytes of the files of a cage that lie in memory: its scratch folders, and those that never had a name."""
    here = _memory_device()
    unnamed = sum(size for device, size in nameless if device == here)
    root = f"/proc/{first_pid}/root"
    return unnamed + (sum(_filled(f"{root}/{name}") for name in _SCRATCH) if _is_elsewhere(root) else 0)


def _is_elsewhere(root: str) -> bool:
    """Tell whether a root is another one than ours: only then are its scratch folders the cage's alone."""
    try:
        return not os.path.samefile(root, "/")
    except OSError:
        return False


def _filled(path: str) -> int:
    try:
        found = os.statvfs(path)
    except OSError:
        return 0
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def _memory_device() -> int:
    descriptor = os.memfd_create("device")
    try:
        return os.fstat(descriptor).st_dev
    finally:
        os.close(descriptor)


def _sum(path: str, names: tuple[bytes, ...]) -> int | None:
    """Return the sum of some lines of a file of /proc that are in kB, as bytes."""
    try:
        with open(path, "rb") as file:
            lines = file.read().splitlines()
    except OSError:
        return None
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(names))
