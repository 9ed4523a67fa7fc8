"""The folder of an embedded server: private, used by one at a time, with a socket name short enough to bind."""

import contextlib
import fcntl
import hashlib
import os
import stat
import tempfile
from pathlib import Path

from app.domain.errors import BadConfiguration, Conflict

SOCKET_PATH_LIMIT_BYTES = 100
"""sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing zero included: unix(7)."""

SHORT_FOLDERS = Path("/tmp")  # noqa: S108 - what is made there is checked; TMPDIR may be a long name itself


def private(folder: Path) -> Path:
    """Make `folder` if need be, closed to everybody else, and return it.

    Raises:
        BadConfiguration: it cannot be made, or is not ours.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise BadConfiguration(
            f"The folder {folder} for the queue cannot be used: {error.strerror}."
        ) from error
    return folder


def socket_path(folder: Path) -> Path:
    """Return where the socket goes: in `folder`, or, when that name is too long for one, in a short folder.

    The short folder's name is made from the long one, so that the next start finds a server left behind there.
    """
    socket = folder / "valkey.sock"
    if len(os.fsencode(socket)) <= SOCKET_PATH_LIMIT_BYTES:
        return socket
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = SHORT_FOLDERS / f"handoff-{os.getuid()}-{digest}"
    if not make_ours(short):
        short = Path(tempfile.mkdtemp(prefix="handoff-", dir=SHORT_FOLDERS))
    return short / "valkey.sock"


def make_ours(folder: Path) -> bool:
    """Make `folder` if it is not there; say whether it is ours and closed to everybody else."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


class Claim:
    """A lock on a folder that ends with this process; two servers in one folder destroy its files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: int | None = None

    def take(self) -> None:
        """Take the lock, or keep it.

        Raises:
            Conflict: another living process has it.
        """
        if self._lock is not None:
            return
        lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise Conflict(
                f"Another Handoff already runs its queue in {self._folder}. Stop that one, or give this one "
                "another data folder or a REDIS_URL."
            ) from None
        self._lock = lock

    def release(self) -> None:
        """Give the folder free."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
