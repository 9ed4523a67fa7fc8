"""What trying out a repository's commands showed, and which of them a configuration can rely on. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.domain.job import CheckResult
from app.domain.policy import Check

SETUP = "setup "
NOT_RUN = frozenset({126, 127})
"""The exit codes by which a shell says that it could not run a command (POSIX, 2.8.2)."""


def setup_checks(commands: Sequence[str]) -> tuple[Check, ...]:
    """Return the set-up commands as checks: `setup 1`, `setup 2`."""
    return tuple(
        Check(name=f"{SETUP}{place}", run=command) for place, command in enumerate(commands, start=1)
    )


def untried(check: Check, because: str) -> CheckResult:
    """Return what is known of a check that was not run."""
    return CheckResult(name=check.name, command=check.run, passed=False, seconds=0, summary=because)


def as_found(result: CheckResult) -> CheckResult:
    """Return a result as the state of the base: what is red there blocks nobody."""
    return replace(result, blocker=None, red_on_base=not result.passed)


def could_run(result: CheckResult) -> bool:
    """Whether a command came to an end of its own, with every program there that it is made of."""
    return result.exit_code is not None and result.exit_code not in NOT_RUN


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The set-up commands that were tried, and the checks, each with what it said on the base."""

    setup: tuple[CheckResult, ...]
    checks: tuple[CheckResult, ...]

    @classmethod
    def of(cls, results: Iterable[CheckResult]) -> "Offer":
        """Sort what was tried."""
        listed = tuple(results)
        return cls(
            setup=tuple(result for result in listed if result.name.startswith(SETUP)),
            checks=tuple(result for result in listed if not result.name.startswith(SETUP)),
        )

    @property
    def set_up(self) -> bool:
        """Whether the repository could be set up; without that no check says anything."""
        return all(result.passed for result in self.setup)

    @property
    def usable(self) -> tuple[CheckResult, ...]:
        """The checks that could be run, be they green or red."""
        return tuple(check for check in self.checks if self.set_up and could_run(check))

    @property
    def unusable(self) -> tuple[CheckResult, ...]:
        """The checks that could not be run here."""
        return tuple(check for check in self.checks if check not in self.usable)

    @property
    def red(self) -> tuple[CheckResult, ...]:
        """The checks that are red on the base."""
        return tuple(check for check in self.usable if not check.passed)
