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

from workers.cage.doors import EGRESS_INSIDE, egress_of
from workers.cage.inside import entry
from workers.cage.spec import CageSpec, Identity

_INSIDE = Path(entry.__file__).resolve().parent
_RUN = "/run/cage"
_START = "import sys; sys.path.append({root!r}); from workers.cage.inside.entry import main; main()"
_HOSTS = "127.0.0.1 localhost cage\n::1 localhost ip6-localhost ip6-loopback\n"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = (
    "alternatives", "ca-certificates", "ca-certificates.conf", "crypto-policies", "fonts", "host.conf",
    "java-*", "ld.so.*", "localtime", "magic", "mime.types", "nsswitch.conf", "os-release", "pki", "protocols",
    "services", "ssl", "terminfo", "timezone",
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

    @property
    def plain(self) -> dict[str, str | int]:
        """The row as the entry script reads it."""
        return {
            "kind": str(self.kind),
            "target": self.target,
            "source": self.source,
            "size_bytes": self.size_bytes,
        }


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
        Row(Kind.READABLE, f"{_RUN}/workers/cage/inside", str(_INSIDE)),
        *_way_out(spec),
        *_given(spec),
    ]


def starter(*, inside: bool) -> tuple[str, ...]:
    """Return how to start the entry script: `inside` where a view is mounted, else where the worker sees it.

    It is imported, not run by its file name: only then is it compiled once and not at every start.
    """
    root = _RUN if inside else str(_INSIDE.parents[2])
    return (interpreter(), "-I", "-S", "-B", "-c", _START.format(root=root))


def interpreter() -> str:
    """Return the real path of our Python, never a virtual environment's."""
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


def _way_out(spec: CageSpec) -> Iterator[Row]:
    """Names are looked up outside, by the filter: neither the host's nameserver nor its own list is known here."""
    yield Row(Kind.FILE, "/etc/hosts", _HOSTS)
    yield Row(Kind.FILE, "/etc/resolv.conf", "# Names are looked up by the proxy.\n")
    egress = egress_of(spec)
    if egress is not None:
        yield Row(Kind.READABLE, EGRESS_INSIDE, str(egress.resolve()))


def _given(spec: CageSpec) -> list[Row]:
    rows = {}
    python = Path(sys.base_prefix)
    for path in (python, python.resolve(), *spec.readable):
        rows[str(path)] = Row(Kind.READABLE, str(path), str(path.resolve()))
    for path in spec.own:
        rows[str(path)] = Row(Kind.WRITABLE, str(path), str(path.resolve()))
    return sorted(rows.values(), key=lambda row: len(Path(row.target).parts))
