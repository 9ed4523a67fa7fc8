"""Where on this machine a cgroup may be made, and what it limits there; it makes none.

Only beneath the group that we are in ourselves, so that whatever limits us limits our cages too, and only where that
is ours to divide: the root of a hierarchy, a group that was delegated to us (systemd's Delegate=yes), or one that
belongs to our user. Any other group is kept by somebody, who would not know what we did to it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

HOST_LEAF = "handoff-host"
"""Where the processes of a delegated group of version 2 go: one that has limits for its children holds none itself."""
_DELEGATED = ("user.delegate", "trusted.delegate")


class Place:
    """A folder of a cgroup hierarchy. `limits` are `processes` and `memory`; `because` says why it may not be used."""

    __slots__ = ("because", "folder", "limits", "version")

    def __init__(
        self, version: int, folder: str, limits: tuple[str, ...], because: str | None = None
    ) -> None:
        """Hold what was found; nothing is looked at."""
        self.version = version
        self.folder = folder
        self.limits = limits
        self.because = because


def places(own: str = "/proc/self/cgroup", mounts: str = "/proc/self/mountinfo") -> list[Place]:
    """Return every hierarchy that could limit a cage, usable or not; none where the kernel tells of none."""
    try:
        groups = dict(_groups(own))
        return [
            _place(kind, mounted, root, options, groups)
            for kind, mounted, root, options in _mounts(mounts)
            if kind == "cgroup2" or options & {"pids", "memory"}
        ]
    except OSError:
        return []


def _groups(path: str) -> Iterator[tuple[str, str]]:
    """Return the group we are in for each controller; that of version 2 has no name (cgroups(7))."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            _, controllers, group = line.rstrip("\n").split(":", 2)
            for controller in controllers.split(","):
                yield controller, group


def _mounts(path: str) -> Iterator[tuple[str, str, str, set[str]]]:
    """Return kind, mount point, root within the hierarchy and options of each (proc_pid_mountinfo(5))."""
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for line in file:
            fields, _, rest = line.partition(" - ")
            kind, _, options = rest.split()[:3]
            if kind in {"cgroup", "cgroup2"}:
                _, _, _, root, mounted = fields.split()[:5]
                yield kind, mounted, root, set(options.split(","))


def _place(kind: str, mounted: str, root: str, options: set[str], groups: dict[str, str]) -> Place:
    version = 2 if kind == "cgroup2" else 1
    name = "" if version == 2 else next(iter(options & {"pids", "memory"}))
    within = os.path.relpath(groups.get(name, "/"), root)
    folder = os.path.normpath(os.path.join(mounted, within))
    if version == 2 and os.path.basename(folder) == HOST_LEAF:
        folder = os.path.dirname(folder)
    offered = options if version == 1 else _controllers(folder)
    limits = tuple(word for word, one in (("processes", "pids"), ("memory", "memory")) if one in offered)
    return Place(version, folder, limits, _refusal(folder, mounted, outside=within.startswith("..")))


def _controllers(folder: str) -> set[str]:
    try:
        with open(f"{folder}/cgroup.controllers", encoding="ascii") as file:
            return set(file.read().split())
    except OSError:
        return set()


def _refusal(folder: str, mounted: str, *, outside: bool) -> str | None:
    if outside or not os.path.isdir(folder):
        return f"our own group is not to be seen below {mounted}"
    if not os.access(folder, os.W_OK | os.X_OK) or not os.access(f"{folder}/cgroup.procs", os.W_OK):
        return f"{folder} may not be written to"
    if os.path.samefile(folder, mounted) or _is_ours(folder):
        return None
    return f"{folder} was not delegated to us (with systemd: Delegate=yes)"


def _is_ours(folder: str) -> bool:
    if os.geteuid() != 0:
        return os.stat(folder).st_uid == os.geteuid()
    for name in _DELEGATED:
        try:
            if os.getxattr(folder, name) == b"1":
                return True
        except OSError:
            continue
    return False
