"""Takes what package managers fetched out of the home of a cage that has ended, and trusts nothing about it.

Whoever wrote these files may have meant ill: a link that leads out of its place, a device, a pipe, a program that
would run as its owner, a tree without end. Such things are dropped, or all of it is.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app.domain.errors import Refused

PLACES = (
    ".bun/install/cache", ".cache/composer", ".cache/coursier", ".cache/deno", ".cache/hex",
    ".cache/node/corepack", ".cache/pdm", ".cache/pip", ".cache/pipenv", ".cache/pnpm", ".cache/pypoetry",
    ".cache/uv", ".cache/yarn", ".cargo/git", ".cargo/registry", ".gradle/caches", ".gradle/wrapper",
    ".local/share/pnpm/store", ".m2/repository", ".m2/wrapper", ".npm/_cacache", ".nuget/packages",
    ".pub-cache", ".yarn/berry/cache", "bundle", "go/pkg/mod",
)  # fmt: skip
"""Where package managers keep what they fetch when nobody tells them otherwise, below a home.

Their usual places rather than variables of ours, because a repository's own commands may set those. None of them
holds programs that a shell would find, or settings.
"""
ENTRY_BYTES_MAX = 2_000_000_000
FILES_MAX = 400_000
_FOLDER_MODE = 0o755  # cages run as somebody else


@dataclass(slots=True)
class _Left:
    """How much may still come."""

    bytes: int
    files: int


def harvest(home: Path, into: Path, *, bytes_max: int = ENTRY_BYTES_MAX, files_max: int = FILES_MAX) -> int:
    """Move what is in the usual places from a home to `into`, readable by everybody, and return its size in bytes.

    `home` belongs to us by now and nobody is at work in it.

    Raises:
        Refused: there is too much of it, or it is built so that it cannot be looked through.
    """
    left = _Left(bytes=bytes_max, files=files_max)
    _make(into)
    for place in PLACES:
        source = home / place
        if not _stands(home, place):
            continue
        try:
            _clean(source, left)
        except OSError as error:
            raise Refused(f"what is in `~/{place}` cannot be looked through ({error.strerror})") from error
        for step in _steps(into, place)[:-1]:
            _make(step)
        source.rename(into / place)
    return bytes_max - left.bytes


def _steps(folder: Path, place: str) -> list[Path]:
    """Return every folder on the way to a place, the place itself last."""
    parts = PurePosixPath(place).parts
    return [folder.joinpath(*parts[: number + 1]) for number in range(len(parts))]


def _stands(home: Path, place: str) -> bool:
    """Whether a place is a real folder, on a way of real folders."""
    return all(step.is_dir() and not step.is_symlink() for step in _steps(home, place))


def _make(folder: Path) -> None:
    """Make a folder that everybody may enter, whatever our umask."""
    folder.mkdir(exist_ok=True)
    folder.chmod(_FOLDER_MODE)


def _clean(root: Path, left: _Left) -> None:
    """Make a tree harmless; raises `OSError` where it cannot be entered and `Refused` where it is too much."""
    folders = [(str(root), 0)]
    root.chmod(_FOLDER_MODE)
    while folders:
        folder, depth = folders.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                _take_note(entry, left)
                folders.extend(_cleaned(entry, root, depth))


def _take_note(entry: os.DirEntry[str], left: _Left) -> None:
    size = entry.stat(follow_symlinks=False)
    left.bytes -= size.st_blocks * 512
    left.files -= 1
    if left.bytes < 0 or left.files < 0:
        raise Refused("there is more of it than is kept")


def _cleaned(entry: os.DirEntry[str], root: Path, depth: int) -> Iterator[tuple[str, int]]:
    """Make one entry harmless or remove it; yield it if it is a folder to look into."""
    status = entry.stat(follow_symlinks=False)
    path = Path(entry.path)
    if stat.S_ISDIR(status.st_mode):
        path.chmod(_FOLDER_MODE)
        yield entry.path, depth + 1
    elif stat.S_ISREG(status.st_mode):
        path.chmod(0o755 if status.st_mode & stat.S_IXUSR else 0o644)
    elif stat.S_ISLNK(status.st_mode):
        _mend_link(path, root, depth)
    else:
        path.unlink()


def _mend_link(path: Path, root: Path, depth: int) -> None:
    """Keep a link that stays within its place, as a relative one; remove any other."""
    target = str(path.readlink())
    if target.startswith(f"{root}/"):
        target = "../" * depth + target.removeprefix(f"{root}/")
        path.unlink()
        path.symlink_to(target)
    if not stays_within(target, depth):
        path.unlink()


def stays_within(target: str, depth: int) -> bool:
    """Whether a link that lies `depth` folders below the root leads to somewhere below the root.

    First up, then down: a `..` behind a name could be that of a folder which another link leads to.
    """
    parts = PurePosixPath(target).parts
    ups = next((number for number, part in enumerate(parts) if part != ".."), len(parts))
    return not target.startswith("/") and ups <= depth and ".." not in parts[ups:]
