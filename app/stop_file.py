"""The file `STOP` in the data folder: while it lies there, whatever uses this folder stands still.

It needs no database, no Redis and nothing of ours: `touch data/STOP` is as good. So only the operating system is
asked, nothing heavy is imported, and what cannot be looked at counts as a stop.
"""

import os

NAME = "STOP"
WORDS_MAX = 300

OURS = ("handoff.db", "handoff.toml", "registration.json", "mirrors", "valkey")
"""What lies in a data folder once a Handoff has used it. One of them is enough."""

Folder = str | os.PathLike[str]


def path_of(data: Folder) -> str:
    """Return where the file lies, if it does."""
    return os.path.join(data, NAME)  # noqa: PTH118 - pathlib takes longer to import than all that is done here


def is_stopped(data: Folder) -> bool:
    """Tell whether anything of that name lies there, be it a folder or a link to nowhere."""
    try:
        os.lstat(path_of(data))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def is_ours(data: Folder) -> bool:
    """Tell whether a Handoff keeps its things in this folder, so that a file there stops something."""
    return any(os.path.lexists(os.path.join(data, name)) for name in OURS)  # noqa: PTH118


def stop(data: Folder, because: str) -> None:
    """Put the file there; one that is there stays as it is. That it exists is what counts, its words may not fit.

    Raises:
        OSError: it cannot be made.
    """
    try:
        made = os.open(path_of(data), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    except FileExistsError:
        return
    try:
        os.write(made, f"{because}\n".encode())
    except OSError:  # a full disk has room for a name
        return
    finally:
        os.close(made)


def go_on(data: Folder) -> bool:
    """Take the file away; False when there was none.

    Raises:
        OSError: it cannot be taken away.
    """
    try:
        os.unlink(path_of(data))  # noqa: PTH108
    except FileNotFoundError:
        return False
    return True


def words(data: Folder) -> tuple[str, float]:
    """Return the first line of what is written in the file, empty if nothing can be read, and when it was (seconds)."""
    path = path_of(data)
    try:
        at = os.lstat(path).st_mtime
        # Neither a link to somewhere nor a pipe that nobody writes to is to be followed or waited for.
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return "", 0.0
    try:
        text = os.read(opened, WORDS_MAX).decode("utf-8", "replace")
    except OSError:
        text = ""
    finally:
        os.close(opened)
    line = text.strip().partition("\n")[0].strip()
    return "".join(each if each.isprintable() else " " for each in line), at
