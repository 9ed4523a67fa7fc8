"""What a check printed, in a line, in counts, in names; and which blocker it is, whatever changed in between.

Most outputs are cut from real runs: pytest 9, unittest 3.11, jest 30, vitest 4, mocha 11, node 20, cargo 1.95, tsc,
eslint 9, mypy, ruff, gcc. Those of Go, Maven, Gradle, RSpec and minitest follow their documentation.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.digest import Counts, Digest, blocker_id, digest

PYTEST = """\
E       AssertionError: assert {'a': 1} == {'a': 2}
tests/test_b.py:3: AssertionError
=========================== short test summary info ============================
FAILED tests/test_b.py::test_one - AssertionError: assert {'a': 1} == {'a': 2}
FAILED tests/test_b.py::test_four[a b] - AssertionError: the letter
ERROR tests/test_b.py::test_two - OSError: no
==== 2 failed, 3 passed, 1 skipped, 1 xfailed, 2 warnings, 1 error in 0.41s ====
"""
UNITTEST = """\
FAIL: test_utc (tests.test_a.Dates.test_utc)
AssertionError: 2 != 3
Ran 4 tests in 0.001s
FAILED (failures=1, errors=1, skipped=1)
"""
JEST = """\
  ● dates \u203a parses utc
    Expected: 3
    Received: 2
Tests:       1 failed, 1 skipped, 1 passed, 3 total
"""
VITEST = """\
\x1b[41m\x1b[1m FAIL \x1b[22m\x1b[49m t/v.spec.mjs\x1b[2m > \x1b[22mdates\x1b[2m > \x1b[22mparses utc
\x1b[31m\x1b[1mAssertionError\x1b[22m: expected 2 to be 3 // Object.is equality\x1b[39m
\x1b[2m      Tests \x1b[22m \x1b[31m1 failed\x1b[39m\x1b[2m | \x1b[22m\x1b[32m1 passed\x1b[39m\x1b[90m (2)\x1b[39m
"""
MOCHA = """\
  1 passing (5ms)
  1 pending
  1 failing

  1) dates
       parses utc:
      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:
"""
NODE = "✖ parses utc (2.085838ms)\n\u2139 tests 3\n\u2139 pass 1\n\u2139 fail 1\n\u2139 cancelled 0\n\u2139 skipped 1\n\u2139 todo 0\n"
TAP = "    not ok 1 - parses utc\n    ok 3 - later # SKIP\n# pass 1\n# fail 1\n# skipped 1\n"
GO = """\
--- PASS: TestOk (0.00s)
--- FAIL: TestParse (0.00s)
    --- FAIL: TestParse/utc (0.00s)
        dates_test.go:12: got 2, want 3
FAIL\texample.org/dates\t0.003s
"""
CARGO = """\
test tests::parses_utc ... FAILED
thread 'tests::parses_utc' (27717) panicked at src/lib.rs:6:23:
assertion `left == right` failed
test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.11s
"""
MAVEN = """\
[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 1, Time elapsed: 0.05 s <<< FAILURE! -- in DatesTest
[ERROR]   DatesTest.parsesUtc:4 expected: <3> but was: <2>
[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 1
"""
GRADLE = "DatesTest > parsesUtc() FAILED\n3 tests completed, 1 failed, 1 skipped\n"
RSPEC = "3 examples, 1 failure, 1 pending\nrspec ./spec/dates_spec.rb:12 # Dates parses UTC\n"
MINITEST = (
    "DatesTest#test_utc [test/dates_test.rb:12]:\n3 runs, 4 assertions, 1 failures, 1 errors, 0 skips\n"
)


@pytest.mark.parametrize(
    ("output", "summary", "failed"),
    [
        (PYTEST, "2 failed, 1 error, 3 passed, 2 skipped", ("tests/test_b.py::test_one", "tests/test_b.py::test_four[a b]", "tests/test_b.py::test_two")),
        (UNITTEST, "1 failed, 1 error, 1 passed, 1 skipped", ("test_utc (tests.test_a.Dates.test_utc)",)),
        (JEST, "1 failed, 1 passed, 1 skipped", ("dates \u203a parses utc",)),
        (VITEST, "1 failed, 1 passed", ("t/v.spec.mjs > dates > parses utc",)),
        (MOCHA, "1 failed, 1 passed, 1 skipped", ("dates parses utc",)),
        (NODE, "1 failed, 1 passed, 1 skipped", ("parses utc",)),
        (TAP, "1 failed, 1 passed, 1 skipped", ("parses utc",)),
        (GO, "1 failed, 1 passed", ("TestParse", "TestParse/utc")),
        (CARGO, "1 failed, 1 passed, 1 skipped", ("tests::parses_utc",)),
        (MAVEN, "1 failed, 1 passed, 1 skipped", ("DatesTest.parsesUtc",)),
        (GRADLE, "1 failed, 1 passed, 1 skipped", ("DatesTest > parsesUtc()",)),
        (RSPEC, "1 failed, 1 passed, 1 skipped", ("Dates parses UTC",)),
        (MINITEST, "1 failed, 1 error, 1 passed", ("DatesTest#test_utc",)),
        (CARGO + CARGO, "2 failed, 2 passed, 2 skipped", ("tests::parses_utc",)),
    ],
)  # fmt: skip
def test_each_runner_is_read(output: str, summary: str, failed: tuple[str, ...]):
    read = digest("make test", 1, output)

    assert read.summary == summary
    assert read.failed_tests == failed


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("t/x.ts(1,7): error TS2322: Type 'string' is not assignable.", "t/x.ts(1,7): error TS2322: Type 'string' is not assignable."),
        ("/w/t/lint.js\n  1:1  error  Unexpected var  no-var\n\n✖ 1 problem (1 error, 0 warnings)", "/w/t/lint.js:1:1: Unexpected var  no-var"),
        ("bad.py:2: error: Incompatible types  [assignment]\nFound 1 error in 1 file", "bad.py:2: error: Incompatible types  [assignment]"),
        ("F401 [*] `os` imported but unused\n --> bad.py:1:8\n  |\nFound 1 error.", "F401 [*] `os` imported but unused"),
        ("x.c:1:19: error: 'x' undeclared\nx.c:1:19: note: each is reported once", "x.c:1:19: error: 'x' undeclared"),
        ("error[E0308]: mismatched types\n --> src/lib.rs:1:23", "error[E0308]: mismatched types"),
        ("./dates.go:3:2: undefined: y", "./dates.go:3:2: undefined: y"),
        ("make: *** [Makefile:3: test] Error 2", "make: *** [Makefile:3: test] Error 2"),
        (PYTEST, "E       AssertionError: assert {'a': 1} == {'a': 2}"),
        (GO, "dates_test.go:12: got 2, want 3"),
    ],
)  # fmt: skip
def test_the_lines_that_say_what_failed_are_kept(output: str, line: str):
    assert line in digest("make", 1, output).failing_lines


def test_warnings_notes_and_frames_of_a_library_are_not_what_failed():
    noise = "/usr/lib/x.py:3: SomeWarning: old\na.c:1:1: warning: w\n/usr/lib/importlib/__init__.py:126: in load\n"
    assert digest("make", 1, noise).failing_lines == ()


@pytest.mark.parametrize(
    ("exit_code", "output", "summary"),
    [
        (0, "12 passed in 0.03s\n", "12 passed"),
        (0, "All checks passed!\n", "All checks passed!"),
        (0, "", "it ended well and said nothing"),
        (1, "12 passed in 0.03s\n", "12 passed, and yet `pytest` ended with exit code 1"),
        (5, "no tests ran in 0.01s\n", "`pytest` ended with exit code 5: no tests ran in 0.01s"),
        (127, "/bin/sh: 1: pytest: not found\n", "a program was not found (exit code 127): /bin/sh: 1: pytest: not found"),
        (137, "", "it was killed (exit code 137), often because memory ran out; it said nothing"),
        (None, "working\n", "it was cut short: working"),
    ],
)  # fmt: skip
def test_the_summary_says_how_it_ended(exit_code: int | None, output: str, summary: str):
    assert digest("A=1 pytest -q", exit_code, output).summary == summary


def test_what_a_green_check_prints_is_no_failure():
    read = digest("pytest", 0, "error: this is only a log line\nFAILED tests/a.py::b - x\n3 passed in 1s\n")

    assert read == Digest(summary="3 passed", counts=Counts(passed=3))


def test_a_long_output_is_read_at_both_ends_and_kept_short():
    flood = "".join(f"src/a{n}.py:1:2: error: x\n" for n in range(60_000))
    read = digest(
        "lint", 1, f"FAILED tests/a.py::first - x\n{flood}FAILED tests/a.py::last - x\n1 failed in 9.9s\n"
    )

    assert read.failed_tests == ("tests/a.py::first", "tests/a.py::last")
    assert len(read.failing_lines) == 20
    assert read.summary == "1 failed"


# Shapes on which a careless pattern would take for ever: this test would run into its time limit.
@pytest.mark.parametrize(
    "piece", ["a", "/a", "a.a/", " ", "E   x: 1\n", "FAIL: ", ":1:", "thread ' ", "12 failed, 3 passed, ", "\x1b[", "\r", "> ", "✖ "]
)  # fmt: skip
def test_a_megabyte_of_anything_is_read(piece: str):
    read = digest("x", 1, (piece * 1_000_000)[:1_000_000])

    assert len(read.failing_lines) <= 20
    assert len(blocker_id("x", read)) == 16


words = st.text() | st.lists(
    st.sampled_from(["FAILED ", "1 failed", ", ", "2 passed", " in 1s", "\n", "E  ", "a.py:1:2: ", "Tests: ", " > ", "● ", "Ran 3 tests in 1s", "OK (skipped=9)", "--- FAIL: ", "  1) a", "\x1b[1m", "\0"])
).map("".join)  # fmt: skip


@given(words, st.none() | st.integers(), words)
def test_no_output_breaks_it(command: str, exit_code: int | None, output: str):
    read = digest(command, exit_code, output)

    assert read.summary
    assert "\n" not in read.summary
    assert all(line and "\n" not in line for line in (*read.failing_lines, *read.failed_tests))
    assert read.counts is None or (read.counts.passed or 0) >= 0
    assert blocker_id("x", read) == blocker_id("x", read)


LINT = """\
{root}/src/a.py:{line}:{column}: error: Incompatible types in assignment
{root}/src/b.py({line},{column}): error TS2304: Cannot find name 'nope'
[ERROR] {root}/src/C.java:[{line},{column}] cannot find symbol
 --> src/lib.rs:{line}:{column}
error: could not build <object at 0x{address:012x}> in {seconds}s on 2026-11-{day:02}T10:{day:02}:00Z
error: could not open {root}/tmpab12cd{day:02}/data.json (process {line}) for 8b7c1b1e-0d6f-4c1e-9f3a-{address:012x}
"""
runs = st.fixed_dictionaries(
    {
        "root": st.sampled_from(
            ["/tmp/run-17/workspace", "/var/lib/x/0b1c/workspace", "/tmp/other_3/workspace"]
        ),
        "line": st.integers(1, 9999),
        "column": st.integers(1, 200),
        "address": st.integers(0, 16**12 - 1),
        "seconds": st.floats(0.01, 999).map(lambda s: f"{s:.2f}"),
        "day": st.integers(10, 28),
    }
)


@given(runs, runs)
def test_a_blocker_stays_itself_wherever_and_whenever_it_is_seen(one: dict, other: dict):
    first, second = (digest("lint", 1, LINT.format(**values)) for values in (one, other))

    assert len(first.failing_lines) == 6
    assert blocker_id("lint", first) == blocker_id("lint", second)


names = st.lists(
    st.from_regex(r"test_[a-z]{1,12}(\[[a-z0-9-]{1,5}\])?", fullmatch=True), min_size=1, max_size=5
)


@given(names, names, st.randoms())
def test_another_failing_test_is_another_blocker_and_their_order_is_not(
    one: list[str], other: list[str], chance
):
    def seen(tests: list[str], number: int) -> Digest:
        shuffled = chance.sample(tests, len(tests))
        lines = [f"FAILED tests/a.py::{name} - assert {number} == 2" for name in shuffled]
        return digest("pytest", 1, "\n".join([*lines, f"{len(tests)} failed in {number}.1s"]))

    assert blocker_id("tests", seen(one, 7)) == blocker_id("tests", seen(one, 9))
    assert (blocker_id("tests", seen(one, 1)) == blocker_id("tests", seen(other, 1))) == (
        set(one) == set(other)
    )


@pytest.mark.parametrize(
    "other",
    [
        "src/b.py:3:1: error: Incompatible types",
        "src/a.py:3:1: error: Missing return",
        "src/a.py:3:1: error: Incompatible types\nsrc/a.py:9:1: error: Missing return",
        "",
    ],
)
def test_another_failing_line_is_another_blocker(other: str):
    same = blocker_id("lint", digest("mypy", 1, "src/a.py:90:2: error: Incompatible types"))

    assert same == blocker_id("lint", digest("mypy", 1, "src/a.py:3:1: error: Incompatible types"))
    assert same != blocker_id("lint", digest("mypy", 1, other))
    assert same != blocker_id("types", digest("mypy", 1, "src/a.py:90:2: error: Incompatible types"))
