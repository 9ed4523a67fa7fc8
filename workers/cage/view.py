"""What a cage sees of the file system: a list of rows, in the order they are mounted.

Both sandboxes build their root from these rows, so what is absent from here is absent from every cage. Later
restrictions (a network, a socket) are further rows, not further code paths.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from workers.cage.spec import CageSpec, Identity

ENTRY = Path(__file__).with_name("entry.py")
ENTRY_INSIDE = "/run/cage/entry.py"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = (
    "alternatives", "ca-certificates", "ca-certificates.conf", "crypto-policies", "fonts", "host.conf", "hosts",
    "java-*", "ld.so.*", "localtime", "magic", "mime.types", "nsswitch.conf", "os-release", "pki", "protocols",
    "resolv.conf", "services", "ssl", "terminfo", "timezone",
)  # fmt: skip


class Kind(StrEnum):
    """What is done for a row."""

    READABLE = "readable"
    WRITABLE = "writable"
    SCRATCH = "scratch"
    FILE = "file"
    LINK = "link"
    PROC = "proc"
    DEV = "dev"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in the cage's file system: `source` is a path, a link's target or a file's text."""

    kind: Kind
    target: str
    source: str = ""
    size_bytes: int = 0


def view(spec: CageSpec, identity: Identity | None) -> list[Row]:
    """Return every row of a cage's file system; parents come before what lies in them."""
    scratch = spec.limits.scratch_bytes
    return [
        *_system(),
        *_etc(identity or Identity(os.getuid(), os.getgid()), spec.home),
        Row(Kind.PROC, "/proc"),
        Row(Kind.DEV, "/dev"),
        Row(Kind.SCRATCH, "/dev/shm", size_bytes=scratch),  # noqa: S108 -- the cage's own
        Row(Kind.SCRATCH, "/tmp", size_bytes=scratch),  # noqa: S108 -- the cage's own
        Row(Kind.READABLE, ENTRY_INSIDE, str(ENTRY.resolve())),
        *_given(spec),
    ]


def interpreter() -> str:
    """Return the real path of the Python that runs the entry script (never a virtual environment's)."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def _system() -> Iterator[Row]:
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            yield Row(Kind.LINK, name, str(path.readlink()))
        elif path.is_dir():
            yield Row(Kind.READABLE, name, name)


def _etc(identity: Identity, home: Path) -> Iterator[Row]:
    for pattern in _ETC:
        for path in sorted(Path("/etc").glob(pattern)):
            if path.exists():
                yield Row(Kind.READABLE, str(path), str(path.resolve()))
    yield Row(
        Kind.FILE,
        "/etc/passwd",
        f"root:x:0:0::/:/bin/sh\nagent:x:{identity.uid}:{identity.gid}::{home}:/bin/sh\n",
    )
    yield Row(Kind.FILE, "/etc/group", f"root:x:0:\nagent:x:{identity.gid}:\n")


def _given(spec: CageSpec) -> list[Row]:
    rows = {}
    python = Path(sys.base_prefix)
    for path in (python, python.resolve(), *spec.readable):
        rows[str(path)] = Row(Kind.READABLE, str(path), str(path.resolve()))
    for path in spec.own:
        rows[str(path)] = Row(Kind.WRITABLE, str(path), str(path.resolve()))
    return sorted(rows.values(), key=lambda row: len(Path(row.target).parts))
