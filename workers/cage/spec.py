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
    """Where a run ends. `memory_bytes` is per process (`RLIMIT_DATA`), the rest are per cage or per file."""

    timeout_seconds: float = 45 * 60
    stall_seconds: float = 8 * 60
    grace_seconds: float = 5
    output_bytes: int = 50 * MIB
    processes: int = 512
    memory_bytes: int = 4 * GIB
    file_bytes: int = 4 * GIB
    scratch_bytes: int = GIB


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
    may override. `output` is a file outside all of them.
    """

    command: tuple[str, ...]
    workspace: Path
    home: Path
    output: Path
    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not self.command:
            raise Defect("a cage needs a command")
        for path in (*self.own, *self.readable, self.output):
            if not path.is_absolute():
                raise Defect(f"a cage needs absolute paths, not {path}")
        if any(self.output.is_relative_to(path) for path in self.own):
            raise Defect(f"the output of a cage must lie where the cage cannot write, not at {self.output}")

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
    """How a run ended, from the cage's point of view."""

    EXITED = "exited"
    TIMED_OUT = "timed_out"
    STALLED = "stalled"
    FLOODED = "flooded"
    CANCELLED = "cancelled"
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
