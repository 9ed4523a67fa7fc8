"""A fact that means nothing to its job, and the reason that answers why nothing happened."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing is done about a fact. `tell` is what a person should hear on the thread, if they can mend it."""

    because: str
    tell: str | None = None
