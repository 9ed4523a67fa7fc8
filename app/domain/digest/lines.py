"""Which lines say what failed, and which tests they name. One table of patterns for each of the two."""

import re
from collections.abc import Iterable, Iterator

_TEST = tuple(
    re.compile(pattern)
    for pattern in (
        # pytest: `FAILED tests/a.py::test_b[x y] - AssertionError: …`, `ERROR tests/a.py`
        r"(?:FAILED|ERROR) (?P<id>\S{1,400}?(?:\.py\b|::)(?:(?! - ).){0,400})(?: - |\s*$)",
        # unittest: `FAIL: test_b (tests.a.B.test_b)`; before Python 3.11 the brackets hold the class only
        r"(?:FAIL|ERROR): (?P<id>\w{1,200} \([\w.]{1,400}\))",
        # go: `--- FAIL: TestB/case (0.00s)`
        r"\s{0,40}--- FAIL: (?P<id>\S{1,400})",
        # cargo: `test tests::b ... FAILED`
        r"test (?P<id>\S{1,400}(?: - .{1,200})?) \.\.\. FAILED",
        # jest: `  ● suite > test`, with an angle quotation mark
        r"\s{1,4}● (?P<id>.{1,400} \u203a .{1,400}|(?!Console|Test suite)\S.{0,400})$",
        # vitest: ` FAIL  src/a.test.ts > suite > test`
        r"\s?(?:FAIL|\u00d7)\s{1,4}(?P<id>[^\s>]{1,300} > .{1,400}?)(?: \d{1,9}m?s)?$",
        # mocha's list at the end, and node:test's, are read with the line after or before them; TAP in one
        r"\s{0,80}not ok \d{1,9} (?:- )?(?P<id>(?!.{0,400}# (?:SKIP|TODO)).{1,400})$",
        r"\s{0,80}✖ (?P<id>(?!failing tests:)(?!\d{1,9} problems? ).{1,400}?)(?: \([\d.]{1,20}ms\))?$",
        # surefire: `[ERROR]   DatesTest.parsesUtc:4 expected: <3> but was: <2>`
        r"\[ERROR\] {2,3}(?P<id>[A-Z]\w{0,200}(?:\.\w{1,200}|->\w{1,200}))(?::\d|\s»)",
        # gradle: `DatesTest > parsesUtc() FAILED`
        r"(?P<id>\w[\w.$]{0,200} > .{1,400}) FAILED$",
        # RSpec: `rspec ./spec/dates_spec.rb:12 # Dates parses UTC`
        r"rspec \./\S{1,300} # (?P<id>.{1,400})$",
        # minitest: `DatesTest#test_utc [test/dates_test.rb:12]:`
        r"(?P<id>[A-Z][\w:]{0,200}#test_\w{1,200})(?: \[|:$)",
    )
)
_SAYS = tuple(
    re.compile(pattern)
    for pattern in (
        r"E\s{2,12}\S",
        # path:line[:column]: message, path(line,column): message, javac's path:[line,column]
        r"(?:\[ERROR\] )?(?!.{0,300}: (?:(?:note|warning|info|\w{1,60}Warning):|in \w))[\w@~./\\-]{1,300}\.\w{1,8}(?::\d{1,7}(?::\d{1,7})?:|\(\d{1,7},\d{1,7}\):|:\[\d{1,7},\d{1,7}\]) ?\S",
        r"\s{0,40}[\w@~./-]{1,300}\.(?:go|rb):\d{1,7}: \S",
        r"\s{0,12}(?:[A-Za-z_][\w.]{0,100})?(?:Error|Exception|Failure|Assertion)\b(?: \[\w{1,60}\])?: \S",
        r"\s{0,12}(?:AssertionError|assertion `|assertion failed|panicked at|thread '.{1,200}' \(?\d{0,12}\)? ?panicked)",
        r"\s{0,12}(?:Expected|Received|expected|actual|got|want|left|right|Failure/Error)[:\]] ?\S",
        r"\s{0,4}(?:error|fatal|FATAL|Error)(?:\[\w{1,12}\])?: \S",
        r"\s{1,12}--> [\w./\\-]{1,300}:\d{1,7}:\d{1,7}\s*$",
        r"\[ERROR\] (?!\[Help|To see|Re-run|For more|After correct|-> )\s{0,4}\S",
        r"[A-Z]{1,6}\d{2,5} (?:\[\*\] )?\S",
        r"make(?:\[\d{1,4}\])?: \*\*\* \S",
        r".{0,200}: (?:command )?not found$",
        r"npm (?:ERR!|error) (?:code|Missing script|notarget|404) ?\S",
    )
)
_PREFILTER = re.compile(
    r"FAIL|ERROR|[Ee]rror|●|✖|\u00d7|not ok|rspec|#test_|^E  |:\d|\(\d|:\[\d|xception|ailure|ssertion|panicked"
    r"|[Ee]xpected|[Rr]eceived|actual|got|want|left|right|atal|^\w{1,6}\d{2,5} |\*\*\*|not found"
)
_COMPARED_MAX = 3
"""How many lines of one of pytest's comparisons are worth quoting."""
_ESLINT_FILE = re.compile(r"[\w@~./\\-]{1,300}\.\w{1,8}$")
_ESLINT = re.compile(r"\s{1,6}(\d{1,7}:\d{1,7})\s{1,8}error\s{1,8}(\S.{0,300})$")
_MOCHA = re.compile(r"\s{1,4}\d{1,6}\) (\S.{0,200})$")
_MOCHA_NEXT = re.compile(r"\s{4,80}(\S.{0,300}?):?$")


def failed_tests(lines: Iterable[str]) -> Iterator[str]:
    """Yield the names of the tests that failed, as the runner writes them; the same name may come twice."""
    suite: str | None = None
    for line in lines:
        # mocha lists `  1) suite`, and the test on the next line.
        if suite is not None:
            if (match := _MOCHA_NEXT.match(line)) and match[0].endswith(":"):
                yield f"{suite} {match[1]}"
            suite = None
        if match := _MOCHA.match(line):
            suite = match[1]
        elif _PREFILTER.search(line):
            found = next((m for pattern in _TEST if (m := pattern.match(line))), None)
            if found is not None:
                yield found["id"].strip()


def failing_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines that say what failed, in the order of the output; of a long comparison its beginning."""
    file = ""
    compared = 0
    for line in lines:
        compared = compared + 1 if line.startswith("E ") else 0
        # eslint names a file once, and its errors below.
        if _ESLINT_FILE.match(line):
            file = line
        elif compared > _COMPARED_MAX or not _PREFILTER.search(line):
            continue
        elif (match := _ESLINT.match(line)) is not None:
            yield f"{file}:{match[1]}: {match[2]}"
        elif any(pattern.match(line) for pattern in (*_TEST, *_SAYS)):
            yield line.strip()
