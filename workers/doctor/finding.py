"""What the doctor has to say: one sentence a finding, and what to do about it. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

EXIT_OK, EXIT_PROBLEMS, EXIT_CANNOT = 0, 1, 2


class Level(StrEnum):
    """How bad it is. UNKNOWN: it could not be looked at, which is nobody's fault."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at: its name, how bad it is, what was seen, and the fix (empty when all is well)."""

    name: str
    level: Level
    says: str
    fix: str = ""

    @property
    def ok(self) -> bool:
        """Whether work can go on as far as this is concerned."""
        return self.level is not Level.PROBLEM


def well(name: str, says: str) -> Finding:
    """Return that all is well."""
    return Finding(name=name, level=Level.OK, says=says)


def warning(name: str, says: str, fix: str) -> Finding:
    """Return something that works and is unwise."""
    return Finding(name=name, level=Level.WARNING, says=says, fix=fix)


def problem(name: str, says: str, fix: str) -> Finding:
    """Return something that keeps Handoff from working."""
    return Finding(name=name, level=Level.PROBLEM, says=says, fix=fix)


def unknown(name: str, says: str, fix: str = "") -> Finding:
    """Return something that could not be looked at."""
    return Finding(name=name, level=Level.UNKNOWN, says=says, fix=fix)


def exit_code(findings: Sequence[Finding]) -> int:
    """Return 0 when nothing keeps Handoff from working, else 1."""
    return EXIT_OK if all(finding.ok for finding in findings) else EXIT_PROBLEMS
