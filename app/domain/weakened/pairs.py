"""Which assertion took the place of which."""

from app.domain.weakened.groups import Group
from app.domain.weakened.loosened import same_subject
from app.domain.weakened.view import Statement

_REMOVED_MAX, _ADDED_MAX = 300, 1000
"""How many assertions of one test are compared with each other."""


def pair_up(group: Group) -> tuple[list[tuple[Statement, Statement | None]], list[Statement]]:
    """Return each removed assertion with what took its place, and the added ones that are left over.

    What is about the very same thing comes first, then what is about nearly the same, then just another.
    """
    free, left = group.added[:_ADDED_MAX], group.removed[:_REMOVED_MAX]
    pairs: list[tuple[Statement, Statement | None]] = []
    for alike in (_same, _similar, _any):
        for before in left[:]:
            after = max((s for s in free if alike(before, s)), key=lambda s: s.claim.strength, default=None)
            if after is not None:
                free.remove(after)
                left.remove(before)
                pairs.append((before, after))
    return pairs + [(before, None) for before in left], free


def _same(before: Statement, after: Statement) -> bool:
    return before.claim.subject == after.claim.subject and same_subject(before.claim, after.claim)


def _similar(before: Statement, after: Statement) -> bool:
    return same_subject(before.claim, after.claim)


def _any(_before: Statement, _after: Statement) -> bool:
    return True
