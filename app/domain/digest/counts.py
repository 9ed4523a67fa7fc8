"""How many passed and failed, from the closing lines of each test runner.

A pattern's named groups are the counts; a runner that closes once per package or crate is added up.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many tests (or, for a linter, errors) there were of each kind. `passed` is None where it was not told."""

    passed: int | None = None
    failed: int = 0
    errors: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        told = [n for n in (self.passed, other.passed) if n is not None]
        return Counts(
            passed=sum(told) if told else None,
            failed=self.failed + other.failed,
            errors=self.errors + other.errors,
            skipped=self.skipped + other.skipped,
        )

    def __str__(self) -> str:
        """Say them in a few words: `2 failed, 1 error, 40 passed`."""
        errors = "error" if self.errors == 1 else "errors"
        words = [f"{self.failed} failed"] if self.failed else []
        words += [f"{self.errors} {errors}"] if self.errors else []
        words += [f"{self.passed} passed"] if self.passed is not None else []
        words += [f"{self.skipped} skipped"] if self.skipped else []
        return ", ".join(words) or "none failed"


# unittest and node:test tell their counts on lines of their own, jest, vitest and pytest as a list in any order.
_LIST = re.compile(r"(\d{1,9}) (failed|passed|skipped|errors?|xfailed|xpassed|todo|deselected|warnings?)\b")
_IS_LIST = re.compile(
    r"(?:=+ )?\d{1,9} (?:failed|passed|skipped|errors?|xfailed|xpassed|deselected|warnings?)\b[\w ,]{0,120} in [\d.:]{1,12}s\b|\s*Tests:?\s+\d{1,9} (?:failed|passed|skipped|todo)\b"
)
_CLOSING = tuple(
    re.compile(pattern)
    for pattern in (
        r"FAILED \((?:failures=(?P<failed>\d{1,9}))?(?:, )?(?:errors=(?P<errors>\d{1,9}))?(?:, )?(?:skipped=(?P<skipped>\d{1,9}))?",
        r"OK \(skipped=(?P<skipped>\d{1,9})",
        r"test result: \S{1,9} (?P<passed>\d{1,9}) passed; (?P<failed>\d{1,9}) failed; (?P<skipped>\d{1,9}) ignored",
        r"(?:\[\w{4,7}\] {1,2})?Tests run: (?P<passed>\d{1,9}), Failures: (?P<failed>\d{1,9}), Errors: (?P<errors>\d{1,9}), Skipped: (?P<skipped>\d{1,9})\s*$",
        r"(?P<passed>\d{1,9}) tests completed(?:, (?P<failed>\d{1,9}) failed)?(?:, (?P<skipped>\d{1,9}) skipped)?",
        r"(?P<passed>\d{1,9}) examples?, (?P<failed>\d{1,9}) failures?(?:, (?P<skipped>\d{1,9}) pending)?",
        r"(?P<passed>\d{1,9}) (?:runs|tests), \d{1,9} assertions, (?P<failed>\d{1,9}) failures, (?P<errors>\d{1,9}) errors(?:, (?P<skipped>\d{1,9}) (?:skips|pendings))?",
        r"[#\u2139] (?:pass (?P<passed>\d{1,9})|(?:fail|cancelled) (?P<failed>\d{1,9})|(?:skipped|todo) (?P<skipped>\d{1,9}))\s*$",
        r"\s{1,4}(?:(?P<passed>\d{1,9}) passing|(?P<failed>\d{1,9}) failing|(?P<skipped>\d{1,9}) pending)\b",
        r"--- (?:(?P<passed>PASS)|(?P<failed>FAIL)|(?P<skipped>SKIP)): ",
        r"Found (?P<errors>\d{1,9}) errors?\b",
        r"✖ \d{1,9} problems? \((?P<errors>\d{1,9}) errors?, ",
        r"Ran (?P<passed>\d{1,9}) tests? in ",
    )
)
_TOTAL = re.compile(
    r"Ran |(?:\[\w{4,7}\] {1,2})?Tests run: |\d{1,9} (?:tests completed|examples?,|runs,|tests,)"
)


def counts_of(lines: Iterable[str]) -> Counts | None:
    """Return the counts of all runners that closed in these lines, None when none did."""
    told = [counts for line in lines if (counts := _counts(line)) is not None]
    if not told:
        return None
    total = sum(told[1:], told[0])
    passed = total.passed
    return total if passed is None or passed >= 0 else Counts(failed=total.failed, errors=total.errors)


def _counts(line: str) -> Counts | None:
    if _IS_LIST.match(line):
        return _listed(line)
    for pattern in _CLOSING:
        if match := pattern.match(line):
            return _closed(line, {name: _number(text) for name, text in match.groupdict().items()})
    return None


def _closed(line: str, told: dict[str, int | None]) -> Counts:
    """Where the line says how many ran in all, those that did not pass are taken off."""
    failed, errors, skipped = (told.get(name) or 0 for name in ("failed", "errors", "skipped"))
    passed = told.get("passed")
    if _TOTAL.match(line) and passed is not None:
        passed -= failed + errors + skipped
    elif line.startswith(("FAILED (", "OK (")):
        passed = -failed - errors - skipped
    return Counts(passed=passed, failed=failed, errors=errors, skipped=skipped)


def _listed(line: str) -> Counts:
    told = dict.fromkeys(("failed", "passed", "skipped", "error", "xfailed", "xpassed", "todo"), 0)
    for number, word in _LIST.findall(line):
        told[word if word in told else word.removesuffix("s")] = int(number)
    return Counts(
        passed=told["passed"] + told["xpassed"] or None,
        failed=told["failed"],
        errors=told["error"],
        skipped=told["skipped"] + told["xfailed"] + told["todo"],
    )


def _number(text: str | None) -> int | None:
    """Return a count; a word that stands for itself (`--- PASS`) counts one."""
    if text is None:
        return None
    return int(text) if text.isdecimal() else 1
