"""Judges whether anything may start: somebody who wonders why nothing happens must not have to guess."""

from collections.abc import Iterator

from app.telling.standstill import Standstill
from workers.doctor.finding import Finding, problem


def standstill(still: Standstill) -> Iterator[Finding]:
    """Say what stands still; nothing is said where nothing does."""
    if still.sentence:
        fix = "Look at why; then run `handoff start --all`."
        yield problem("standstill", still.sentence, fix)
