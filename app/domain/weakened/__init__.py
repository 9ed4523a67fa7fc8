"""Finds tests that a change deletes, switches off, loosens or empties. Pure: a unified diff goes in, findings come out.

It sees hunks only, so it keeps to what hunks show, and prefers to miss a thing over raising a false alarm: what it
finds keeps a pull request from being *ready*. Expected values that change are no weakening, nor is a test that is
moved, renamed, rewritten, parametrised or put into a helper.
"""

from app.domain.critique import Finding
from app.domain.weakened.assertions import weakened_assertions
from app.domain.weakened.configured import loosened_configuration
from app.domain.weakened.deleted import deleted_tests
from app.domain.weakened.evidence import vanished
from app.domain.weakened.patch import read_patch
from app.domain.weakened.paths import is_test_path
from app.domain.weakened.renamed import renamed_away
from app.domain.weakened.skipped import skipped_tests
from app.domain.weakened.swallowed import swallowed_failures
from app.domain.weakened.tested import tested
from app.domain.weakened.told import CATEGORY

__all__ = ["CATEGORY", "FINDINGS_MAX", "is_test_path", "weakened"]

FINDINGS_MAX = 50


def weakened(diff: bytes) -> tuple[Finding, ...]:
    """Return what weakens the tests in a change, in the order of the diff's files, at most 50 findings.

    `diff` is git's, with the prefixes `a/` and `b/` and renames found. Severity *high* asks for a person; *medium* is
    told of what may well be meant, such as a test that goes together with the code it tests.
    """
    changes = read_patch(diff)
    files = tested(changes)
    gone = vanished(changes)
    lost, deleted = deleted_tests(files, changes, gone)
    findings = (
        *deleted,
        *renamed_away(changes, files),
        *skipped_tests(files),
        *weakened_assertions(files, lost, gone),
        *swallowed_failures(files),
        *loosened_configuration(changes),
    )
    places = {change.path: place for place, change in enumerate(changes)}
    ordered = sorted(findings, key=lambda found: (places.get(found.path or "", 0), found.line or 0))
    return tuple(ordered[:FINDINGS_MAX])
