"""Failures of assertions that are caught and dropped, where a change adds the catching."""

from collections.abc import Iterator, Sequence

from app.domain.critique import Finding
from app.domain.weakened import told
from app.domain.weakened.code import normalised
from app.domain.weakened.tested import Tested
from app.domain.weakened.view import View


def swallowed_failures(files: Sequence[Tested]) -> Iterator[Finding]:
    """Yield a finding for each handler that the change adds around an assertion and that does nothing."""
    before = {key for file in files for left, _ in file.hunks for key, _ in _handlers(left)}
    for file in files:
        for _, right in file.hunks:
            for key, index in _handlers(right):
                line = right.lines[index]
                if line.sign == "+" and key not in before:
                    title, body = told.swallowed()
                    yield told.finding(title, body, path=file.change.path, line=line.new)


def _handlers(view: View) -> Iterator[tuple[str, int]]:
    """Yield each handler on a changed line, as its own words and those below it."""
    for place in view.language.swallowed(view.source):
        index = view.index_at(place)
        if view.lines[index].changed:
            yield (
                normalised("\n".join(line.text for line in view.lines[max(0, index - 2) : index + 2])),
                index,
            )
