"""Whether limits held, by what was seen. Pure. A tolerance for what the sandbox itself takes, and for looking late."""

from collections.abc import Iterable

from workers.cage.spec import MIB, Exit, How, Limits
from workers.cage.trial.verdict import Check, Finding

_PROCESSES_MORE = 24
_BYTES_MORE = 64 * MIB
_BYTES_FACTOR = 1.25
_SECONDS_MORE = 20
_LATE_BYTES = 1024 * MIB
"""What a command can take within the second after which it is looked at again, where nobody counts as it takes."""


def limits_held(
    limits: Limits, ended: Exit, seen: dict[str, int], output_file_bytes: int, *, counted: bool
) -> list[Finding]:
    """Return a finding for each limit that was passed, by the most that anybody saw.

    Disk, and memory that is not `counted` by the kernel, are only looked at: a command that was ended for one of them
    may have had more of it.
    """
    late_disk = _LATE_BYTES if ended.how is How.DISK_FULL else 0
    processes = max(seen["processes"], ended.peak.processes or 0)
    late = 0 if counted or ended.how is not How.OUT_OF_MEMORY else _LATE_BYTES
    memory = max(seen["memory_bytes"], ended.peak.memory_bytes or 0)
    disk = max(seen["left_bytes"], ended.peak.disk_bytes or 0)
    rows = (
        (processes > limits.processes + _PROCESSES_MORE, f"{processes} processes ran", limits.processes),
        (
            _over(memory - late, limits.memory_bytes),
            f"{memory} bytes of memory were taken",
            limits.memory_bytes,
        ),
        (_over(disk - late_disk, limits.disk_bytes), f"{disk} bytes were written", limits.disk_bytes),
        (
            output_file_bytes > limits.output_bytes,
            f"{output_file_bytes} bytes of output were kept",
            limits.output_bytes,
        ),
        (
            ended.seconds > limits.timeout_seconds + limits.grace_seconds + _SECONDS_MORE,
            f"it took {ended.seconds:.0f} seconds",
            int(limits.timeout_seconds),
        ),
    )
    return [
        Finding(Check.LIMITS, f"{saw}, where {limit} are allowed") for passed, saw, limit in rows if passed
    ]


def is_counted(what: str, limited_by: Iterable[str]) -> bool:
    """Say whether the kernel counts something for a cage as a whole, by what the sandbox says of its limits."""
    return any("cgroup" in line for line in limited_by if line.startswith(f"{what}:"))


def _over(seen_bytes: int, limit_bytes: int) -> bool:
    return seen_bytes > limit_bytes * _BYTES_FACTOR + _BYTES_MORE
