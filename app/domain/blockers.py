"""Blockers: what stands between a change and its pull request, and who tries to mend it next. Pure.

A blocker has an identity, the check's name and its normalised evidence, so that the same blocker after an attempt
is known to be the same. It gets one attempt by the junior tier and one by the senior; then it is for a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.agenda import Tier

FIXES_LIMIT = 3
"""How many attempts a job has in all, whatever stands in its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An attempt that was made at a blocker: which, in words, and by whom."""

    blocker: str
    name: str
    tier: Tier


def next_tier(blockers: Iterable[str], tried: Iterable[Tried], fixes: int) -> Tier | None:
    """Return who tries to mend these blockers next, or None when it is a person's turn."""
    if fixes >= FIXES_LIMIT:
        return None
    made = list(tried)
    attempts = max((sum(1 for t in made if t.blocker == blocker) for blocker in blockers), default=0)
    return (Tier.JUNIOR, Tier.SENIOR, None)[min(attempts, 2)]
