"""Builds the root of a cage from the rows of a view, where no sandbox has done it before us, and moves into it."""

from __future__ import annotations

import ctypes
import os
from os import path

from workers.cage.inside.libc import LIBC, check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MNT_DETACH = 2
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
_SYS_MOUNT_SETATTR = 442  # the same number on every architecture; Linux 5.12
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_DEV_LINKS = (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2"))


def build_root(view: list[dict[str, Any]]) -> None:
    """Build a root from the rows of a view and move into it; the old one is out of reach afterwards.

    As bubblewrap does: a first pivot puts the old root aside at /old, so that a source below /tmp is still seen.
    """
    check(LIBC.sethostname(b"cage", 4))
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", "/tmp", "tmpfs", _MS_NOSUID | _MS_NODEV, "mode=755")  # noqa: S108 -- a mount point
    for name in ("old", "new"):
        os.mkdir(f"/tmp/{name}")  # noqa: S108 -- in the mount of the line above
    check(LIBC.pivot_root(b"/tmp", b"/tmp/old"))
    os.chdir("/")
    _mount("tmpfs", "/new", "tmpfs", _MS_NOSUID | _MS_NODEV, "mode=755")
    for row in view:
        _BUILDERS[row["kind"]](row, "/new" + row["target"])
    os.chdir("/new")
    check(LIBC.pivot_root(b".", b"."))
    check(LIBC.umount2(b".", _MNT_DETACH))
    os.chdir("/")
    for target in ("/dev", "/"):
        _restrict(target, _ATTR_RDONLY, recursive=False)


def _readable(row: dict[str, Any], target: str) -> None:
    _bind("/old" + row["source"], target, _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV)


def _writable(row: dict[str, Any], target: str) -> None:
    _bind("/old" + row["source"], target, _ATTR_NOSUID | _ATTR_NODEV)


def _scratch(row: dict[str, Any], target: str) -> None:
    os.makedirs(target, exist_ok=True)
    _mount("tmpfs", target, "tmpfs", _MS_NOSUID | _MS_NODEV, f"mode=1777,size={row['size_bytes']}")


def _file(row: dict[str, Any], target: str) -> None:
    os.makedirs(path.dirname(target), exist_ok=True)
    with open(target, "x", encoding="utf-8") as file:
        file.write(row["source"])


def _link(row: dict[str, Any], target: str) -> None:
    os.symlink(row["source"], target)


def _proc(_row: dict[str, Any], target: str) -> None:
    os.mkdir(target)
    _mount("proc", target, "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)


def _dev(_row: dict[str, Any], target: str) -> None:
    os.mkdir(target)
    _mount("tmpfs", target, "tmpfs", _MS_NOSUID, "mode=755")
    for name in _DEVICES:
        _bind(f"/old/dev/{name}", f"{target}/{name}", _ATTR_NOSUID)
    os.mkdir(f"{target}/pts")
    _mount("devpts", f"{target}/pts", "devpts", _MS_NOSUID | _MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620")
    os.symlink("pts/ptmx", f"{target}/ptmx")
    for name, number in _DEV_LINKS:
        os.symlink(f"/proc/self/fd{number}", f"{target}/{name}")


_BUILDERS = {
    "readable": _readable,
    "writable": _writable,
    "scratch": _scratch,
    "file": _file,
    "link": _link,
    "proc": _proc,
    "dev": _dev,
}


def _bind(source: str, target: str, attributes: int) -> None:
    if path.isdir(source):
        os.makedirs(target, exist_ok=True)
    elif not path.exists(target):
        os.makedirs(path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o644))
    _mount(source, target, None, _MS_BIND | _MS_REC)
    _restrict(target, attributes, recursive=True)


def _restrict(target: str, attributes: int, *, recursive: bool) -> None:
    change = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    flags, size = _AT_RECURSIVE if recursive else 0, ctypes.c_size_t(ctypes.sizeof(change))
    check(LIBC.syscall(_SYS_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(target), flags, change, size), target)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    check(LIBC.mount(*words, ctypes.c_ulong(flags), data.encode()), target)
