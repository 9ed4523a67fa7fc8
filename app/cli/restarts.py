"""Whether a program that ended is started again. Rules only: no process, no clock."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

BAD_CONFIGURATION = os.EX_CONFIG
"""The exit code (78, sysexits.h) by which a program says that only a person can help it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartPolicy:
    """How often, and after what pauses. A program that lived for `settled_seconds` starts with a clean slate."""

    first_pause_seconds: float = 0.25
    longest_pause_seconds: float = 8.0
    settled_seconds: float = 10.0
    attempts: int = 8


@dataclass(frozen=True, slots=True)
class Restart:
    """Start it again after a pause."""

    after_seconds: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Leave it, and tell a person why."""

    because: str


def after_end(
    name: str, exit_code: int, lifetimes_seconds: Sequence[float], policy: RestartPolicy
) -> Restart | GiveUp:
    """Decide what follows the latest end of the program `name`.

    `lifetimes_seconds` holds, oldest first and the latest included, how long it lived once it was ready (0 if
    it never was).
    """
    if exit_code == BAD_CONFIGURATION:
        return GiveUp(f"{name} cannot run with its configuration; the line above says what to change.")
    quick = sum(
        1 for _ in takewhile(lambda lived: lived < policy.settled_seconds, reversed(lifetimes_seconds))
    )
    if quick >= policy.attempts:
        return GiveUp(
            f"{name} ended {quick} times in a row soon after it was started, the last time {how(exit_code)}. "
            "I stopped everything; its last lines above say why. Start again when that is mended."
        )
    return Restart(min(policy.first_pause_seconds * 2 ** max(quick - 1, 0), policy.longest_pause_seconds))


def how(exit_code: int) -> str:
    """Say how a program ended: `with exit code 1`, `killed by SIGKILL`."""
    if exit_code >= 0:
        return f"with exit code {exit_code}"
    try:
        return f"killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"killed by signal {-exit_code}"
