"""The bubblewrap sandbox: the rows of a view as arguments of `bwrap`.

Arguments travel in a memory file, so neither `ps` outside nor /proc/1/cmdline inside shows a host's paths.
As root no user namespace is asked of bwrap: the entry script drops the user, which needs the four
capabilities kept here and loses them before the command starts. Without root the command is of the same user and
namespace as bwrap's own first process, which nothing limits and anybody of that user may trace; so ours takes its place.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from workers.cage.orders import orders, own_user
from workers.cage.sandbox import Launch
from workers.cage.spec import CageSpec, Identity
from workers.cage.view import Kind, Row, starter, view

_PLAIN = (
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-net",
    "--hostname",
    "cage",
    "--die-with-parent",
    "--new-session",
)
_KEPT = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_SYS_ADMIN")


def launch(spec: CageSpec, identity: Identity | None) -> Launch:
    """Return how to start a spec under bwrap; the last argument is left for the status descriptor."""
    descriptors: list[int] = []
    words = [*_PLAIN, "--clearenv", *_user(identity)]
    for row in view(spec, identity):
        words.extend(_parents(row))
        words.extend(_words(row, descriptors))
    words += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", str(spec.workspace)]
    descriptors.append(memory_file(b"".join(word.encode() + b"\0" for word in words)))
    return Launch(
        arguments=("bwrap", "--args", str(descriptors[-1]), "--", *starter(inside=True)),
        config=orders(spec, become=own_user(identity) if identity else None, first=identity is None),
        descriptors=tuple(descriptors),
    )


def memory_file(content: bytes) -> int:
    """Return a descriptor, open at its start, of an unnamed file in memory."""
    descriptor = os.memfd_create("cage")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _user(identity: Identity | None) -> Iterator[str]:
    if identity is None:
        yield from ("--unshare-user", "--as-pid-1")
        return
    yield from ("--cap-drop", "ALL")
    for capability in _KEPT:
        yield from ("--cap-add", capability)


def _parents(row: Row) -> Iterator[str]:
    """Make the folders above a row ourselves: bwrap would make them for root alone."""
    for parent in reversed(Path(row.target).parents[:-1]):
        yield from ("--perms", "0755", "--dir", str(parent))


def _words(row: Row, descriptors: list[int]) -> tuple[str, ...]:
    match row.kind:
        case Kind.READABLE:
            return ("--ro-bind", row.source, row.target)
        case Kind.WRITABLE:
            return ("--bind", row.source, row.target)
        case Kind.SCRATCH:
            return ("--perms", "1777", "--size", str(row.size_bytes), "--tmpfs", row.target)
        case Kind.LINK:
            return ("--symlink", row.source, row.target)
        case Kind.PROC:
            return ("--proc", row.target)
        case Kind.DEV:
            return ("--dev", row.target)
        case Kind.FILE:
            descriptors.append(memory_file(row.source.encode()))
            return ("--perms", "0444", "--ro-bind-data", str(descriptors[-1]), row.target)
