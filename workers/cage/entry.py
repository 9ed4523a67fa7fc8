"""Runs inside a sandbox, before the command: builds the root (unshare), sheds every right, becomes the command.

Standard library only, started by file name with `python -I -S`, so it imports nothing of ours. It reads its
orders as JSON on standard input until the end, so a worker that dies first starts nothing; on the descriptor
named by its argument it says `r` when it is ready for them and `b` when the command begins. What it is told is
trusted; what it starts is not.
"""

import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

_LIBC = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWUSER, _MNT_DETACH = 0x10000000, 2
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
_SYS_MOUNT_SETATTR = 442  # the same number on every architecture; Linux 5.12
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_PR_CAPBSET_READ, _PR_CAPBSET_DROP, _PR_CAP_AMBIENT = 23, 24, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_DEV_LINKS = (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2"))
_NOT_EXECUTABLE, _NOT_FOUND = 126, 127


def main() -> None:
    """Say that we are here, read our orders, and carry them out."""
    status = int(sys.argv[1])
    os.set_inheritable(status, False)  # noqa: FBT003 -- positional only
    os.write(status, b"r")
    orders = json.loads(sys.stdin.buffer.read() or b"null")
    if orders is None:
        sys.exit("nobody told the cage what to do")
    try:
        os.umask(0o022)
        if orders["view"] is not None:
            build_root(orders["view"])
            if child := os.fork():
                reap_until(child, status)
        shed(orders)
    except OSError as error:
        sys.exit(f"the cage could not be built: {error}")
    os.write(status, b"b")
    become(orders)


def reap_until(child: int, status_descriptor: int) -> NoReturn:
    """Be the first process: bury every orphan, and end, with everything, when the command does."""
    for descriptor in (0, 1, 2, status_descriptor):
        os.close(descriptor)
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else 128 - code)


def become(orders: dict[str, Any]) -> NoReturn:
    """Replace this process by the command, with the signals, the input and the directory it may expect."""
    for name in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(name, signal.SIG_DFL)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    try:
        os.chdir(orders["directory"])
        os.execvpe(orders["command"][0], orders["command"], orders["environment"])  # noqa: S606 -- that is the point
    except OSError as error:
        sys.stderr.write(f"{orders['command'][0]}: {error.strerror}\n")
        sys.stderr.flush()
        os._exit(_NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE)


def shed(orders: dict[str, Any]) -> None:
    """Give up the session, the user, the groups, every capability, and the hope of getting one back."""
    if os.getsid(0) != os.getpid():
        os.setsid()
    if orders["become"]:
        _change_user(**orders["become"])
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, orders["file_bytes"])
    if sys.platform != "linux":
        return
    _limit(resource.RLIMIT_DATA, orders["memory_bytes"])
    if orders["caged"]:
        _limit_processes(orders["processes"])
        _drop_capabilities()
    else:
        _check(_LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    _check(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def _limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


def _limit_processes(processes: int) -> None:
    """Limit processes and threads; since Linux 5.14 they are counted per user namespace, before per user."""
    if tuple(int(part) for part in os.uname().release.split(".")[:2]) >= (5, 14):
        _limit(resource.RLIMIT_NPROC, processes)


def _change_user(uid: int, gid: int, of_uid: int, of_gid: int) -> None:
    """Become `uid` in a user namespace of our own, which is `of_uid` outside.

    The namespace is there so that processes are counted per cage and not per user; a helper that stays outside
    writes its maps, because we lose the right to as we enter.
    """
    if of_uid != 0:
        os.setgroups([])
    entered, enter = os.pipe()
    helper = os.fork()
    if helper == 0:
        os.close(enter)
        os._exit(
            _write_maps(os.getppid(), f"{uid} {of_uid} 1", f"{gid} {of_gid} 1") if os.read(entered, 1) else 1
        )
    _check(_LIBC.unshare(_CLONE_NEWUSER))
    os.write(enter, b"x")
    os.close(enter)
    os.close(entered)
    if os.waitpid(helper, 0)[1] != 0:
        raise OSError("the user of the cage could not be mapped")
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def _write_maps(pid: int, uids: str, gids: str) -> int:
    for name, content in (("setgroups", "deny"), ("uid_map", uids), ("gid_map", gids)):
        Path(f"/proc/{pid}/{name}").write_text(content, encoding="ascii")
    return 0


def _drop_capabilities() -> None:
    for capability in range(64):
        if _LIBC.prctl(_PR_CAPBSET_READ, capability, 0, 0, 0) == 1:
            _check(_LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0))
    _check(_LIBC.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _check(_LIBC.capset(header, (ctypes.c_uint32 * 6)()))


def build_root(view: list[dict[str, Any]]) -> None:
    """Build a root from the rows of a view and move into it; the old one is out of reach afterwards.

    As bubblewrap does: a first pivot puts the old root aside at /old, so that a source below /tmp is still seen.
    """
    _check(_LIBC.sethostname(b"cage", 4))
    _mount(None, Path("/"), None, _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", Path("/tmp"), "tmpfs", _MS_NOSUID | _MS_NODEV, "mode=755")  # noqa: S108 -- a mount point
    for name in ("old", "new"):
        Path("/tmp", name).mkdir()  # noqa: S108 -- in the mount of the line above
    _check(_LIBC.pivot_root(b"/tmp", b"/tmp/old"))
    os.chdir("/")
    _mount("tmpfs", Path("/new"), "tmpfs", _MS_NOSUID | _MS_NODEV, "mode=755")
    for row in view:
        _BUILDERS[row["kind"]](row, Path("/new" + row["target"]))
    os.chdir("/new")
    _check(_LIBC.pivot_root(b".", b"."))
    _check(_LIBC.umount2(b".", _MNT_DETACH))
    os.chdir("/")
    for path in ("/dev", "/"):
        _restrict(Path(path), _ATTR_RDONLY, recursive=False)


def _readable(row: dict[str, Any], target: Path) -> None:
    _bind(Path("/old" + row["source"]), target, _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV)


def _writable(row: dict[str, Any], target: Path) -> None:
    _bind(Path("/old" + row["source"]), target, _ATTR_NOSUID | _ATTR_NODEV)


def _scratch(row: dict[str, Any], target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    _mount("tmpfs", target, "tmpfs", _MS_NOSUID | _MS_NODEV, f"mode=1777,size={row['size_bytes']}")


def _file(row: dict[str, Any], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(row["source"], encoding="utf-8")


def _link(row: dict[str, Any], target: Path) -> None:
    target.symlink_to(row["source"])


def _proc(_row: dict[str, Any], target: Path) -> None:
    target.mkdir()
    _mount("proc", target, "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)


def _dev(_row: dict[str, Any], target: Path) -> None:
    target.mkdir()
    _mount("tmpfs", target, "tmpfs", _MS_NOSUID, "mode=755")
    for name in _DEVICES:
        _bind(Path("/old/dev", name), target / name, _ATTR_NOSUID)
    (target / "pts").mkdir()
    _mount("devpts", target / "pts", "devpts", _MS_NOSUID | _MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620")
    (target / "ptmx").symlink_to("pts/ptmx")
    for name, number in _DEV_LINKS:
        (target / name).symlink_to(f"/proc/self/fd{number}")


_BUILDERS = {
    "readable": _readable,
    "writable": _writable,
    "scratch": _scratch,
    "file": _file,
    "link": _link,
    "proc": _proc,
    "dev": _dev,
}


def _bind(source: Path, target: Path, attributes: int) -> None:
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    elif not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount(source, target, None, _MS_BIND | _MS_REC)
    _restrict(target, attributes, recursive=True)


def _restrict(target: Path, attributes: int, *, recursive: bool) -> None:
    change = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    flags, size = _AT_RECURSIVE if recursive else 0, ctypes.c_size_t(ctypes.sizeof(change))
    _check(_LIBC.syscall(_SYS_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(target), flags, change, size), target)


def _mount(source: Path | str | None, target: Path, kind: str | None, flags: int, data: str = "") -> None:
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind)]
    _check(_LIBC.mount(*words, ctypes.c_ulong(flags), data.encode()), target)


def _check(result: int, what: Path | None = None) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), what)


if __name__ == "__main__":
    main()
