"""What may run in a cage and how it ended: values only. Nothing here starts a process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from app.domain.errors import Defect

MIB = 1024 * 1024
GIB = 1024 * MIB
TAIL_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a run ends: all of it is per cage, but for `file_bytes`.

    `memory_bytes` is also the most that one process may have (`RLIMIT_DATA`). `disk_bytes` is how much what the
    cage may write to can grow, and `free_bytes` is what has to stay free on its disk.
    """

    timeout_seconds: float = 45 * 60
    stall_seconds: float = 8 * 60
    grace_seconds: float = 5
    output_bytes: int = 50 * MIB
    processes: int = 512
    memory_bytes: int = 4 * GIB
    file_bytes: int = 4 * GIB
    scratch_bytes: int = GIB
    disk_bytes: int = 10 * GIB
    free_bytes: int = GIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """One address outside that is reached, unfiltered, at `127.0.0.1:port` inside: a model server."""

    port: int
    to_host: str
    to_port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The way out of a cage: a filtering proxy, and the forwards. Without one there is none at all.

    `allow` are hosts: `pypi.org`, `*.example.com` (anything below it, not itself), either with `:port`, else 443
    and 80. `private` are networks (`10.1.0.0/16`) that an allowed host may resolve to though they are not public.
    """

    allow: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    forwards: tuple[Forward, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Somewhere that a cage wanted to reach and may not, and why; `times` it tried."""

    host: str
    port: int
    because: str
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The most that a cage had at once, None where that was not measured."""

    processes: int | None = None
    memory_bytes: int | None = None
    disk_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a cage runs as when the worker is root; a worker that is not root runs it as itself."""

    uid: int = 65534
    gid: int = 65534


@dataclass(frozen=True, slots=True, kw_only=True)
class CageSpec:
    """One command and all of the world it may see; every path is absolute and the same inside as outside.

    `workspace` (the working directory), `home` and `writable` are given to the cage's user before the start;
    `readable` stays whoever's it is. `environment` is complete but for PATH, HOME, TMPDIR and LANG, which it
    may override. `records` is a folder outside all of them, for this one cage: what it said, and how it ended.

    A cage goes on for `unattended_seconds` without its worker. It is ended at once when there is a `halt_file`.
    """

    command: tuple[str, ...]
    workspace: Path
    home: Path
    records: Path
    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    network: Network | None = None
    unattended_seconds: float = 0
    halt_file: Path | None = None

    def __post_init__(self) -> None:
        if not self.command:
            raise Defect("a cage needs a command")
        for path in (*self.own, *self.readable, self.records):
            if not path.is_absolute():
                raise Defect(f"a cage needs absolute paths, not {path}")
        if any(self.records.is_relative_to(path) for path in self.own):
            raise Defect(f"the records of a cage must lie where it cannot write, not at {self.records}")

    @property
    def outlives_its_worker(self) -> bool:
        """Whether the command goes on when its worker is gone."""
        return self.unattended_seconds > 0

    @property
    def own(self) -> tuple[Path, ...]:
        """What the command may write to, and what is therefore given to the cage's user."""
        return (self.workspace, self.home, *self.writable)

    @property
    def complete_environment(self) -> dict[str, str]:
        """All the variables the command will see."""
        defaults = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self.home),
            "TMPDIR": "/tmp",  # noqa: S108 -- the cage's own, new and empty
            "LANG": "C.UTF-8",
        }
        return {**defaults, **self.environment}


class How(StrEnum):
    """How a run ended, from the cage's point of view.

    *Halted* is the file `STOP`, *unattended* that no worker came for it, *lost* that its supervisor is gone.
    """

    EXITED = "exited"
    TIMED_OUT = "timed_out"
    STALLED = "stalled"
    FLOODED = "flooded"
    OUT_OF_MEMORY = "out_of_memory"
    DISK_FULL = "disk_full"
    CANCELLED = "cancelled"
    HALTED = "halted"
    UNATTENDED = "unattended"
    LOST = "lost"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """The end of a run. `code` is a shell's (128 + n for signal n), None if the command never started.

    `output_bytes` counts what the command said; the file at `output_path` holds at most the limit of it.
    """

    how: How
    code: int | None
    seconds: float
    output_tail: bytes
    output_bytes: int
    output_path: Path
    denied: tuple[Denied, ...] = ()
    peak: Peak = field(default_factory=Peak)
