"""Whether one assertion says less than another about the same thing. Pure, over claims."""

from app.domain.weakened.assertion import BROAD, Assertion, Strength, words

_TOLERANCE_GIVEN = 0.01
"""How far off a value may be, where it had to be exact before, without a word about it."""
_ALIKE = 0.75


def loosening(before: Assertion, after: Assertion, elsewhere: set[str]) -> str | None:
    """Return in a few words how the second says less than the first, None when it does not.

    `elsewhere` are the words that the change adds to its tests: an expected value that has moved there, into a
    helper or a table, is not lost.
    """
    if before.raises is not None and after.raises is not None:
        return _broadened(before, after)
    if before.raises is not None or after.raises is not None:
        return None
    if before.tolerance is not None or after.tolerance is not None:
        wider = _wider(before, after)
        if wider:
            return "it tolerates a greater difference"
    if after.strength >= before.strength or after.strength is Strength.NOTHING:
        return None
    # The opposite of what was expected is another behaviour, not less of the same.
    if after.negated and after.expected == before.expected:
        return None
    if after.strength <= Strength.CUSTOM and before.trivial:
        return None
    if (
        after.strength is Strength.CUSTOM
        and words(before.expected) <= words(after.subject) | words(after.expected) | elsewhere
    ):
        return None
    return _how(before, after)


def _is_handed_over(before: Assertion, after: Assertion, elsewhere: set[str]) -> bool:
    """Whether a function that decides now is told, or knows, what was expected."""
    return words(before.expected) <= words(after.subject) | words(after.expected) | elsewhere


def same_subject(before: Assertion, after: Assertion) -> bool:
    """Whether two assertions look at the same thing, small changes of its spelling aside."""
    if before.raises is not None or after.raises is not None:
        return before.raises is not None and after.raises is not None
    mine, its = words(before.subject), words(after.subject)
    if before.subject == after.subject or not mine or not its:
        return before.subject == after.subject
    first_alike = before.subject.split(" ", 1)[0] == after.subject.split(" ", 1)[0]
    return first_alike and len(mine & its) / max(len(mine), len(its)) >= _ALIKE


def _broadened(before: Assertion, after: Assertion) -> str | None:
    assert before.raises is not None
    assert after.raises is not None
    was_broad = not before.raises or bool(before.raises & BROAD)
    is_broad = not after.raises or bool(after.raises & BROAD)
    if (is_broad and not was_broad) or (before.raises and before.raises < after.raises):
        return (
            "it accepts more kinds of failure"
            if after.raises and not after.raises & BROAD
            else "it accepts any failure"
        )
    if before.message and not after.message and (before.raises == after.raises or is_broad):
        return "it no longer looks at what the failure says"
    return None


def _wider(before: Assertion, after: Assertion) -> bool:
    if after.tolerance is None or after.strength < before.strength:
        return False
    if before.tolerance is None:
        return after.tolerance > _TOLERANCE_GIVEN and before.expected != "0"
    return after.tolerance > before.tolerance * 1.001


def _how(before: Assertion, after: Assertion) -> str:
    if after.strength is Strength.PARTIAL:
        return "it was an exact value and is now a part or a bound"
    was = "an exact value" if before.strength is Strength.EXACT else "a part or a bound"
    return f"it was {was} and is now only that there is something"
