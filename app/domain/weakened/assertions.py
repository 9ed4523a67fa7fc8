"""Assertions that a change removes, loosens or empties, test by test. Layout, order and place do not matter."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from app.domain.critique import Finding, Severity, Side
from app.domain.weakened import told
from app.domain.weakened.assertion import Strength, is_literal, words
from app.domain.weakened.evidence import (
    added_in,
    added_text,
    added_words,
    adds_table,
    covered,
    helper_calls,
    names_vanished,
    new_functions,
    quotes,
)
from app.domain.weakened.groups import Group, groups_of
from app.domain.weakened.loosened import loosening, same_subject
from app.domain.weakened.pairs import pair_up
from app.domain.weakened.tested import Tested
from app.domain.weakened.view import Statement, View

_HALF = 0.5
_EQUALITY = re.compile(r"(?i)equal|hash|identi|reflexiv|same|compar|eq\b")
_ERROR = re.compile(r"e|err\w*|error")


def weakened_assertions(
    files: Sequence[Tested], lost: frozenset[tuple[str, str]], gone: frozenset[str]
) -> Iterator[Finding]:
    """Yield what became of assertions in tests that are still there.

    `lost` are the tests, by file and name, that are told of already; `gone` are names that the code no longer defines.
    """
    elsewhere, functions = added_in(files), new_functions(files)
    groups = groups_of(files, lost)
    paired = [(group, *pair_up(group)) for group in groups]
    # Where a hunk does not show which test it is in, an assertion may have gone to another place of the file.
    spare = Counter(group.path for group, _, free in paired for _ in free)
    for group, pairs, _ in paired:
        unpaired = []
        for before, after in pairs:
            if after is None:
                unpaired.append(before)
            elif (why := _why(before, after, group, elsewhere)) is not None:
                title, body = told.loosened(before.text, after.text, why)
                yield told.finding(title, body, path=group.path, line=after.line.new)
        if not group.known:
            absorbed = min(spare[group.path], len(unpaired))
            spare[group.path] -= absorbed
            unpaired = unpaired[absorbed:]
        yield from _removed(group, unpaired, elsewhere, functions, gone)
        yield from _empty(group)


def _why(before: Statement, after: Statement, group: Group, elsewhere: set[str]) -> str | None:
    """Return how the replacement is looser, None when it is not, or when others look at the same thing more closely."""
    if not same_subject(before.claim, after.claim):
        return None
    closer = (s.claim for s in group.added if s is not after and s.claim.strength >= before.claim.strength)
    subject = before.claim.subject
    if subject and any(claim.subject.startswith(subject) for claim in closer):
        return None
    return loosening(before.claim, after.claim, elsewhere)


def _removed(
    group: Group,
    unpaired: Sequence[Statement],
    elsewhere: set[str],
    functions: set[str],
    gone: frozenset[str],
) -> Iterator[Finding]:
    """Yield one finding for the assertions of a test that nothing replaces."""
    sides = list({id(side): side for side in group.sides}.values())
    calls = sum(helper_calls(side, functions) for side in sides)
    checked = calls > 0 or any(side.statements for side in sides)
    added = set().union(*(added_words(side) for side in sides))
    text = added_text(sides)
    by_code: dict[str | None, list[Statement]] = defaultdict(list)
    # In a table of cases what was said once for each is said once for all.
    tabled = bool(group.added) and any(adds_table(side) for side in sides)
    for statement in () if tabled else unpaired[calls:]:
        is_covered = checked and _covered(statement, added, elsewhere, helped=calls > 0)
        is_covered = is_covered or quotes(statement.text, text)
        if not is_covered and not _is_inverted(statement, sides) and not _implied(statement, group, sides):
            by_code[names_vanished(statement.text, gone)].append(statement)
    for code, statements in by_code.items():
        title, body = told.removed_assertions([s.text for s in statements], gone=code)
        severity = Severity.HIGH if code is None else Severity.MEDIUM
        line = statements[0].line
        where = (line.old, Side.LEFT) if line.sign == "-" else (line.new, Side.RIGHT)
        yield told.finding(title, body, path=group.path, line=where[0], side=where[1], severity=severity)


def _covered(statement: Statement, added: set[str], elsewhere: set[str], *, helped: bool) -> bool:
    """Whether what an assertion looked at and expected is found again.

    Names have to be next to it, unless a helper that knows them is called; values may have moved to a table.
    """
    found = covered(statement.text, added, added | elsewhere)
    kind = words(statement.claim.expected) if statement.claim.strength is Strength.EXISTS else None
    if kind and kind <= added:
        return True
    if found.values is None:
        return found.names == 1.0
    return found.values >= _HALF and (found.names >= _HALF or helped)


def _is_inverted(statement: Statement, sides: Sequence[View]) -> bool:
    """Whether a failure that was expected is expected no more, while the code that failed is still run."""
    if statement.claim.raises is None:
        return False
    return statement.text.startswith("#[") or any(line.sign == "+" for side in sides for line in side.lines)


def _implied(statement: Statement, group: Group, sides: Sequence[View]) -> bool:
    """Whether other assertions would notice as well: one that pins down the whole, or any where this said little."""
    others = [other for side in sides for other in side.statements]
    claim, mine = statement.claim, words(statement.text)
    if claim.trivial and _ERROR.fullmatch(claim.subject):
        return bool(others)
    if claim.strength is Strength.EXACT and not claim.trivial:
        return False
    if any(
        s.claim.strength is Strength.EXACT and s.claim.subject and words(s.claim.subject) <= mine
        for s in group.added
    ):
        return True
    subject = words(claim.subject)
    return claim.strength <= Strength.EXISTS and any(subject & words(other.text) for other in others)


def _empty(group: Group) -> Iterator[Finding]:
    """Yield a finding for each assertion that cannot fail, unless it only took the place of such a one."""
    before = sum(1 for s in group.removed if s.claim.strength is Strength.NOTHING)
    added = [s for s in group.added if s.claim.strength is Strength.NOTHING and not _tests_equality(s)]
    for statement in added[before:]:
        title, body = told.tautology(statement.text)
        yield told.finding(title, body, path=group.path, line=statement.line.new)


def _tests_equality(statement: Statement) -> bool:
    """Whether a thing is compared with itself where equality is what is tested, for all that is known."""
    itself = statement.claim.expected and not is_literal(statement.claim.expected)
    return bool(itself) and (statement.test is None or _EQUALITY.search(statement.test.name) is not None)
