"""Test files whose new name no usual runner looks for."""

from collections.abc import Iterator, Sequence

from app.domain.critique import Finding, Severity
from app.domain.weakened import told
from app.domain.weakened.patch import FileChange
from app.domain.weakened.paths import is_collected, tongue_of
from app.domain.weakened.tested import Tested


def renamed_away(changes: Sequence[FileChange], files: Sequence[Tested]) -> Iterator[Finding]:
    """Find files that had the name of a test and have it no more. What they hold is mostly not in the diff."""
    for change in changes:
        old, new = change.old, change.new
        if old is None or new is None or tongue_of(old) is not tongue_of(new):
            continue
        if is_collected(old) and not is_collected(new):
            seen = [f for f in files if f.change is change and any(left.tests for left, _ in f.hunks)]
            title, body = told.renamed_away(old, new)
            severity = Severity.HIGH if seen else Severity.MEDIUM
            yield told.finding(title, body, path=new, line=None, severity=severity)
