"""Which blocker a red check is: the same one after a fix that did not help has the same name. Pure.

Failed tests are known by their names. Without any, the failing lines stand for it, with all taken out that
changes from run to run: places, times, addresses, temporary names.
"""

import hashlib
import re

from app.domain.digest.read import Digest

_NORMALISING = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"(?:file://)?(?:/[\w.@+~-]{1,200}){1,60}/workspace/", ""),
        (r"(?:file://)?(?<![\w.)\]])(?:/[\w.@+~-]{1,200}){0,60}/([\w.@+~-]{1,200})", r"\1"),
        (r"\b[A-Za-z]:(?:\\[\w.@+~ -]{1,200}){0,60}\\([\w.@+~-]{1,200})", r"\1"),
        (r"(?<![\w.])\./", ""),
        (r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b", "<id>"),
        (r"\b0x[0-9a-fA-F]{2,32}\b", "<address>"),
        (r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)?", "<date>"),
        (r"\b\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\b", "<time>"),
        (r"\b(?:[0-9a-f]{40}|[0-9a-f]{64})\b", "<sha>"),
        (r"\btmp[a-z0-9_]{8}\b|\bpytest-\d{1,9}\b", "<tmp>"),
        (r"(?i)\b(?:pid|process|thread|port)([ =:#]{1,2})\d{1,10}\b", r"<process>"),
        (r"(?<='\) |.' )\(\d{1,12}\)", ""),
        (r"\b\d{1,9}(?:\.\d{1,12})? ?(?:ns|us|µs|ms|s|sec|secs|seconds?|minutes?)\b", "<duration>"),
        (r"(?i)\b(lines?|column|col) \d{1,9}", r"\1"),
        (r"(?<=[\w\])]):\d{1,9}(?::\d{1,9})?\b", ""),
        (r"\(\d{1,9},\d{1,9}\)|\[\d{1,9},\d{1,9}\]|^\s*\d{1,9}:\d{1,9}\s", ""),
        (r"\s+", " "),
    )
)
_NAMES = tuple((pattern, put) for pattern, put in _NORMALISING if put in {"<id>", "<address>", "<tmp>"})
_DIGITS = re.compile(r"\d+")


def blocker_id(check_name: str, digest: Digest) -> str:
    """Return the identity of a red check: 16 hexadecimal digits over its name and its normalised evidence."""
    evidence = {_normalised(test, _NAMES) for test in digest.failed_tests}
    if not evidence:
        evidence = {_normalised(line, _NORMALISING) for line in digest.failing_lines}
    if not evidence:
        evidence = {_DIGITS.sub("", _normalised(digest.summary, _NORMALISING))}
    text = "\0".join((check_name, *sorted(evidence)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _normalised(line: str, table: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, put in table:
        line = pattern.sub(put, line)
    return line.strip()
