"""How much lies in the folders that a cage may write to: a walk in slices, through trees that are out to get us.

A name is only ever looked up in its open folder and no link is followed, so nothing that moves meanwhile leads
outside. What cannot be entered is not counted; what vanishes is forgotten; no tree is too deep, and none too big
to be left in the middle. It stops nobody: that is decided in `measure`.
"""

from __future__ import annotations

import os
import stat
from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

ENTRY_BYTES = 4096
"""What a name weighs at least: an empty file takes room as well, for itself and in its folder."""
_OPEN_FOLDERS = 64
_ENTRIES_AT_ONCE = 256
_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Folder:
    """A folder that the walk is in: its number, the folders in it that are still to be seen, None where it was shut."""

    __slots__ = ("descriptor", "identity", "waiting")

    def __init__(self, descriptor: int) -> None:
        """Hold an open folder."""
        found = os.fstat(descriptor)
        self.identity = (found.st_dev, found.st_ino)
        self.waiting: list[str] = []
        self.descriptor: int | None = descriptor

    def shut(self) -> None:
        """Close it; it is found again from the one below."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


class Walk:
    """One walk through some folders. `total_bytes` is complete when `done`; `spent_seconds` is what it took."""

    def __init__(self, folders: list[str]) -> None:
        """Prepare; nothing is read yet."""
        self.total_bytes = 0
        self.spent_seconds = 0.0
        self.done = False
        self._linked: set[tuple[int, int]] = set()
        self._steps = self._through(folders)

    def go_on(self, seconds: float) -> None:
        """Walk for about so many seconds and a step at least, or to the end."""
        began = perf_counter()
        while not self.done:
            self.done = next(self._steps, None) is None
            if perf_counter() - began >= seconds:
                break
        self.spent_seconds += perf_counter() - began

    def close(self) -> None:
        """Give up a walk in the middle."""
        self._steps.close()
        self.done = True

    def _through(self, folders: list[str]) -> Generator[int, None, None]:
        for path in folders:
            path_now: list[Folder] = []
            try:
                yield from self._enter(path, None, path_now)
                while path_now:
                    yield from self._onward(path_now)
            finally:
                for folder in path_now:
                    folder.shut()

    def _onward(self, path: list[Folder]) -> Iterator[int]:
        """Go into the next folder, or back out of one that is finished."""
        here = path[-1]
        if here.waiting:
            yield from self._enter(here.waiting.pop(), here.descriptor, path)
            return
        path.pop()
        if path and path[-1].descriptor is None:
            path[-1].descriptor = _above(here, path[-1].identity)
            if (
                path[-1].descriptor is None
            ):  # it was moved away: what was above it is not to be found from here
                path.clear()
        here.shut()

    def _enter(self, name: str, at: int | None, path: list[Folder]) -> Iterator[int]:
        try:
            descriptor = os.open(name, _FLAGS, dir_fd=at)
        except OSError:
            return
        folder = Folder(descriptor)
        path.append(folder)
        if len(path) > _OPEN_FOLDERS:
            path[-1 - _OPEN_FOLDERS].shut()
        yield from self._count(folder)

    def _count(self, folder: Folder) -> Iterator[int]:
        assert folder.descriptor is not None
        try:
            with os.scandir(folder.descriptor) as entries:
                for number, entry in enumerate(entries):
                    self._weigh(entry, folder)
                    if number % _ENTRIES_AT_ONCE == _ENTRIES_AT_ONCE - 1:
                        yield number
        except OSError:
            pass
        yield 0

    def _weigh(self, entry: os.DirEntry[str], folder: Folder) -> None:
        try:
            found = entry.stat(follow_symlinks=False)
        except OSError:
            return
        if stat.S_ISDIR(found.st_mode):
            if found.st_dev == folder.identity[0]:
                folder.waiting.append(entry.name)
        elif found.st_nlink > 1:
            known = (found.st_dev, found.st_ino)
            if known in self._linked:
                return
            self._linked.add(known)
        self.total_bytes += max(found.st_blocks * 512, ENTRY_BYTES)


def _above(folder: Folder, identity: tuple[int, int]) -> int | None:
    """Open the folder above one, if it still is the one that it was."""
    try:
        descriptor = os.open("..", _FLAGS, dir_fd=folder.descriptor)
    except OSError:
        return None
    found = os.fstat(descriptor)
    if (found.st_dev, found.st_ino) == identity:
        return descriptor
    os.close(descriptor)
    return None
