"""Secrets that are made to be looked for: planted where a worker keeps its own, and searched in all that is left.

All of them begin with one random token, so a search for the token in its disguises finds any of them.
"""

import base64
import os
import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from workers.cage.trial.verdict import Check, Finding

VARIABLE = "HANDOFF_TRIAL_SECRET"
_TOKEN_CHARACTERS = 24
CHUNK_BYTES = 1024 * 1024


def new_token() -> str:
    """Return letters and digits that are nowhere else."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(_TOKEN_CHARACTERS))


def disguises(token: str) -> tuple[bytes, ...]:
    """Return the forms in which a token is recognised: as it is, reversed, UTF-16, hexadecimal and base64."""
    plain = token.encode()
    hexadecimal = plain.hex()
    return (
        plain,
        plain[::-1],
        token.encode("utf-16-le"),
        hexadecimal.encode(),
        hexadecimal.upper().encode(),
        *_in_base64(plain),
    )


def _in_base64(plain: bytes) -> Iterable[bytes]:
    """Yield what base64 makes of it at each of the three places where it can begin, without the ends that vary."""
    for shift in range(3):
        code = base64.b64encode(bytes(shift) + plain).rstrip(b"=")
        begin = (shift * 8 + 5) // 6
        end = (shift + len(plain)) * 8 // 6
        yield code[begin:end]
        yield code[begin:end].translate(bytes.maketrans(b"+/", b"-_"))


def holds(path: Path, token: str) -> bool:
    """Say whether a file of ours holds a token in any form; read in pieces that overlap."""
    forms = set(disguises(token))
    longest = max(map(len, forms))
    rest = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            if any(form in rest + chunk for form in forms):
                return True
            rest = chunk[-longest:]
    return False


@dataclass(frozen=True, slots=True)
class Seal:
    """All by which a change of a file shows."""

    digest: str
    mode: int
    owner: tuple[int, int]
    links: int

    @classmethod
    def of(cls, path: Path) -> "Seal | None":
        """Return the seal of a file of ours, None if it is gone."""
        try:
            found = path.lstat()
            digest = sha256(os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes())
        except OSError:
            return None
        return cls(digest.hexdigest(), found.st_mode, (found.st_uid, found.st_gid), found.st_nlink)


def plant(path: Path, secret: str) -> None:
    """Write a secret into a file that anybody could read: it is the cage that hides it, not its mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{secret}\n")
    path.chmod(0o666)


def changes(before: Mapping[Path, Seal | None], after: Mapping[Path, Seal | None]) -> list[Finding]:
    """Return a finding for each sealed file that is not as it was."""
    return [
        Finding(Check.CHANGED, f"{path.name}, a file of the worker's, was {_what(seal, after[path])}")
        for path, seal in before.items()
        if after[path] != seal
    ]


def _what(before: Seal | None, after: Seal | None) -> str:
    if before is None or after is None:
        return "made" if before is None else "removed"
    if before.digest != after.digest:
        return "written to"
    return "linked to" if before.links != after.links else "given other rights"
