"""How far lists were read that only grow: what is new in a page, where to go on, which deliveries never arrived. Pure.

GitHub's lists are dated to the second and may show something a little late, so a stretch of the past is always
looked at again; whatever was heard then is not heard twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

AGAIN = timedelta(minutes=2)
"""The stretch of the past that is looked at again."""


class _Line(Protocol):
    """Something in a list."""

    @property
    def id(self) -> int: ...

    @property
    def created_at(self) -> datetime: ...


_L = TypeVar("_L", bound=_Line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Downwards:
    """How far a list is read that is told newest first: down to the line `last`, of the time `at`.

    When there is more to read than one round may, `page` is where the next one goes on, and `newest` and `newest_at`
    are what `last` and `at` will be when the old end is reached.
    """

    last: int = 0
    at: datetime | None = None
    page: int = 1
    newest: int | None = None
    newest_at: datetime | None = None

    def unread(self, lines: Iterable[_L]) -> list[_L]:
        """Return the lines that were not read, or not long ago, oldest first."""
        return sorted((line for line in lines if not self._is_over(line)), key=lambda line: line.id)

    def reaches(self, lines: Iterable[_Line]) -> bool:
        """Whether these lines lead down to what was read before."""
        return any(self._is_over(line) for line in lines)

    def after(self, lines: Sequence[_Line], *, ended: bool, next_page: int) -> "Downwards":
        """Return how far we are after these lines; `ended` says that all that is new was among them or before."""
        top = max(lines, key=lambda line: line.id, default=None)
        newest, newest_at = self.newest, self.newest_at
        if newest is None and top is not None:
            newest, newest_at = max(top.id, self.last), top.created_at
        if not ended:
            return replace(self, page=next_page, newest=newest, newest_at=newest_at)
        return Downwards(last=self.last if newest is None else newest, at=newest_at or self.at)

    def _is_over(self, line: _Line) -> bool:
        return line.id <= self.last and (self.at is None or line.created_at < self.at - AGAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Onwards:
    """How far a list is read that is told in the order of changes: since `begun`, up to `at`; `behind` says that there is more."""

    begun: datetime
    at: datetime
    behind: bool = False

    @property
    def since(self) -> datetime:
        """From when to ask: a little before the end, or exactly there when there is more than a round can read."""
        return self.at if self.behind else max(self.begun, self.at - AGAIN)

    def after(self, changed_at: Iterable[datetime], *, ended: bool) -> "Onwards":
        """Return how far we are after lines that were changed at these times."""
        return replace(self, at=max((self.at, *changed_at)), behind=not ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt of GitHub's at delivering a webhook. A delivery is known by its GUID; `ok` is *answered well*."""

    id: int
    guid: str
    event: str
    at: datetime
    ok: bool


def missed(attempts: Iterable[Attempt], events: frozenset[str]) -> list[Attempt]:
    """Return the deliveries of these events of which no attempt arrived, one attempt of each, the oldest first."""
    by_guid: defaultdict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        by_guid[attempt.guid].append(attempt)
    lost = (those for those in by_guid.values() if not any(attempt.ok for attempt in those))
    first = (min(those, key=lambda attempt: attempt.id) for those in lost)
    return sorted((one for one in first if one.event in events), key=lambda attempt: (attempt.at, attempt.id))
