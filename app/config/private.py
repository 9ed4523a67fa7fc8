"""What only we may read or write: why a path is not so, how a folder is made so, and files written whole or not at all.

A folder that came with somebody's checkout must not give us orders. Git keeps no permission but *executable*, so
what a checkout made is readable by others, and what we made is not: that tells the two apart.
"""

import os
import stat
import tempfile
from pathlib import Path

from app.domain.errors import BadConfiguration, Refused

FOLDER_MODE = 0o700
OTHERS = 0o077
SERVER_FILE_NAME = "handoff.toml"


def why_not_ours(path: Path) -> str | None:
    """Return half a sentence about why a path is not ours alone, and None when it is, or is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    if found.st_uid != os.geteuid():
        return "it belongs to another user"
    if found.st_mode & OTHERS:
        return f"other users may read or change it (its mode is {stat.S_IMODE(found.st_mode):04o})"
    return None


def make_ours(folder: Path) -> None:
    """Make a folder, or close the one that is there, so that nobody but us may look into it.

    Raises:
        BadConfiguration: it cannot be made, or is somebody else's.
        Refused: it holds a settings file that was ignored so far, and would be obeyed from now on.
    """
    if why_not_ours(folder) is not None and (folder / SERVER_FILE_NAME).exists():
        raise Refused(
            f"There is a {SERVER_FILE_NAME} in {folder} that I ignore, because that folder is not private, and "
            f"using the folder would make me obey it. Read it, then remove it, or run `chmod 700 {folder}`."
        )
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        folder.chmod(FOLDER_MODE)
    except OSError as error:
        raise BadConfiguration(
            f"The folder {folder} cannot be used: {(error.strerror or 'unusable').lower()}. "
            "Name another one in HANDOFF_DATA."
        ) from error


def write_whole(path: Path, text: str) -> None:
    """Write a file that only we may read: after a power cut there is the old one or the new one."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
