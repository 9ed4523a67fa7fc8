"""The assertions that differ between the two sides of a change, sorted by the test they are in."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.domain.weakened.tested import Tested
from app.domain.weakened.view import Statement, View


@dataclass(slots=True)
class Group:
    """What became of the assertions of one test. `known` is false for a hunk whose test is not shown."""

    path: str
    known: bool
    removed: list[Statement] = field(default_factory=list)
    added: list[Statement] = field(default_factory=list)
    sides: list[View] = field(default_factory=list)


def groups_of(files: Sequence[Tested], lost: frozenset[tuple[str, str]]) -> list[Group]:
    """Sort removed and added assertions by test, wherever in the change that test was and is.

    One that is equal but for its layout, or that is found again anywhere, is neither removed nor added. Those of
    tests that are gone, `lost` by file and name, are left out, and those of a deleted file unless their test is found.
    """
    old_names, new_names = (_names(files, side) for side in (0, 1))
    groups: dict[tuple[str, str], Group] = {}
    for file, hunk, side, statement in _differing(files):
        path = file.change.path
        name = statement.test.name if statement.test is not None else None
        goes = file.change.new is None and name not in new_names
        if side == 0 and (goes or (path, name) in lost):
            continue
        key = (path, f"hunk {hunk}")
        if name is not None:
            # A test with a new name is compared with those of the same file that lost theirs.
            key = ("test", name) if name in old_names and name in new_names else (path, "renamed")
        group = groups.setdefault(key, Group(path, known=name is not None))
        group.sides.append(file.hunks[hunk][1])
        if side == 0:
            group.removed.append(statement)
        else:
            group.path = path
            group.added.append(statement)
    return list(groups.values())


def _names(files: Sequence[Tested], side: int) -> set[str]:
    views = [hunk[side] for file in files for hunk in file.hunks]
    headings = {view.heading_test.name for view in views if view.heading_test is not None}
    return headings | {test.name for view in views for test in view.tests}


def _differing(files: Sequence[Tested]) -> Iterator[tuple[Tested, int, int, Statement]]:
    """Yield file, number of the hunk, side (0: old) and statement for all that is on one side only.

    Of a long statement the diff may show changed lines on the other side alone: what differs counts, not the sign.
    """
    pairs = [(file, number, views) for file in files for number, views in enumerate(file.hunks)]
    counts = [tuple(Counter(s.key for s in view.statements) for view in views) for _, _, views in pairs]
    only: list[list[Statement]] = [[], []]
    places: dict[int, tuple[Tested, int, int]] = {}
    for (file, number, views), (old, new) in zip(pairs, counts, strict=True):
        removed = [s for s in views[0].statements if new[s.key] == 0]
        added = [s for s in views[1].statements if new[s.key] > old[s.key] and (s.changed or old[s.key] == 0)]
        only[0] += removed
        only[1] += added
        places |= {id(s): (file, number, side) for side, found in enumerate((removed, added)) for s in found}
    again = {(s.test.name, s.key) for _, _, views in pairs for s in views[1].statements if s.test is not None}
    only[0] = [s for s in only[0] if s.test is None or (s.test.name, s.key) not in again]
    for side in (0, 1):
        elsewhere = Counter(s.key for s in only[1 - side])
        for statement in only[side]:
            if not _take(elsewhere, statement.key):
                yield *places[id(statement)], statement


def _take(counter: Counter[str], key: str) -> bool:
    """Use up one of these, if there is one left."""
    if counter[key] <= 0:
        return False
    counter[key] -= 1
    return True
