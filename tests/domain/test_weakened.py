"""A corpus of honest changes that must not be flagged, and of weakenings that must, through real `git diff` output.

A case of `weakened_corpus` begins with `=== honest|weakened|mild: what it is | words of the title`, and holds the
files as they were (`--- path`) and as they are (`+++ path`). A false alarm keeps a pull request from being *ready*.
"""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.critique import EvidenceClass, Finding, Severity, Side, blocks
from app.domain.weakened import CATEGORY, FINDINGS_MAX, is_test_path, weakened


@dataclass
class Case:
    kind: str
    name: str
    title: str
    files: dict[str, dict[str, str]] = field(default_factory=lambda: {"---": {}, "+++": {}})


def corpus() -> list[Case]:
    cases: list[Case] = []
    for file in sorted((Path(__file__).parent / "weakened_corpus").glob("*.txt")):
        target: dict[str, str] = {}
        path = ""
        for line in file.read_text().splitlines(keepends=True):
            if heading := re.match(r"=== (\w+): ([^|\n]+?)(?: \| (.+))?\n", line):
                cases.append(Case(heading[1], f"{file.stem}: {heading[2]}", heading[3] or ""))
            elif part := re.match(r"(---|\+\+\+) (\S+)\n", line):
                target, path = cases[-1].files[part[1]], part[2]
                target[path] = ""
            else:
                target[path] += line
    return cases


CASES = corpus()


def diff_of(folder: Path, case: Case, context: int = 3) -> bytes:
    for side, files in (("a", case.files["---"]), ("b", case.files["+++"])):
        (folder / side).mkdir(parents=True)
        for name, text in files.items():
            (folder / side / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / side / name).write_text(text)
    command = ["git", "diff", "--no-index", "--no-color", "--find-renames", f"-U{context}", "--src-prefix=", "--dst-prefix=", "a", "b"]  # fmt: skip
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout


def cases(kind: str) -> pytest.MarkDecorator:
    chosen = [case for case in CASES if case.kind == kind]
    return pytest.mark.parametrize("case", chosen, ids=[case.name for case in chosen])


@pytest.mark.parametrize("context", [3, 30])
@cases("honest")
def test_an_honest_change_is_left_in_peace(tmp_path: Path, case: Case, context: int):
    diff = diff_of(tmp_path, case, context)

    assert diff
    assert weakened(diff) == ()


@cases("weakened")
def test_a_weakening_keeps_the_pull_request_from_being_ready(tmp_path: Path, case: Case):
    found = weakened(diff_of(tmp_path, case))

    assert blocks(found)
    assert case.title
    assert [case.title in finding.title for finding in found if blocks([finding])] == [True]


@cases("mild")
def test_what_may_well_be_meant_is_said_and_does_not_block(tmp_path: Path, case: Case):
    found = weakened(diff_of(tmp_path, case))

    assert [case.title in finding.title for finding in found] == [True]
    assert [finding.severity for finding in found] == [Severity.MEDIUM]


def found_in(folder: Path, name: str) -> tuple[Finding, ...]:
    return weakened(diff_of(folder, next(case for case in CASES if case.name == name)))


def test_a_finding_on_new_code_is_beside_it(tmp_path: Path):
    (finding,) = found_in(tmp_path, "python: equality becomes existence")

    assert (finding.path, finding.line, finding.side) == ("tests/test_a.py", 3, Side.RIGHT)
    assert (finding.category, finding.evidence) == (CATEGORY, EvidenceClass.TOOL)
    assert "`assert result.total == 17`" in finding.body
    assert "`assert result.total is not None`" in finding.body


def test_a_finding_on_deleted_code_is_on_the_left(tmp_path: Path):
    (finding,) = found_in(tmp_path, "python: a test is deleted")

    assert (finding.line, finding.side) == (5, Side.LEFT)
    assert "`test_zone`" in finding.title


def test_a_test_that_goes_with_its_code_says_which_code(tmp_path: Path):
    (finding,) = found_in(tmp_path, "python: a test file goes with its module")

    assert "`app/colours.py`" in finding.body


def test_every_sentence_is_whole_and_asks_for_something(tmp_path: Path):
    for place, case in enumerate(case for case in CASES if case.kind != "honest"):
        for finding in weakened(diff_of(tmp_path / str(place), case)):
            assert finding.body.endswith(".")
            assert re.search(r"[Pp]lease ", finding.body)
            assert "\n" not in finding.title


def test_there_are_never_more_findings_than_people_can_read(tmp_path: Path):
    lines = "".join(f"    assert {number} == {number}\n" for number in range(200))
    case = Case(
        "weakened",
        "many",
        "",
        {"---": {"x": ""}, "+++": {"x": "", "tests/test_a.py": f"def test_a():\n{lines}"}},
    )

    assert len(weakened(diff_of(tmp_path, case))) == FINDINGS_MAX


@pytest.mark.parametrize(
    "path",
    [
        "tests/test_a.py", "test_a.py", "app/dates_test.py", "tests/conftest.py", "conftest.py", "tests/data/march.txt",
        "src/a.test.ts", "src/a.spec.jsx", "src/__tests__/a.js", "src/__snapshots__/a.snap", "cypress/a.cy.ts",
        "pkg/a_test.go", "pkg/testdata/a.json", "tests/cli.rs", "src/test/java/A.java", "app/src/ATest.kt", "app/AIT.java",
        "spec/a_spec.rb", "spec/spec_helper.rb", "spec/support/a.rb", "test/a_test.rb", "shop/tests.py",
    ],
)  # fmt: skip
def test_what_belongs_to_the_tests(path: str):
    assert is_test_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "app/dates.py", "src/contest.py", "app/testing/fake.py", "docs/testing.md", "spec/openapi.yaml", "latest.js",
        "src/attest.ts", "pkg/a.go", "src/lib.rs", "src/main/java/Protest.java", "lib/specification.rb", "Makefile",
    ],
)  # fmt: skip
def test_what_does_not(path: str):
    assert not is_test_path(path)


noise = st.lists(
    st.sampled_from(
        ["diff --git a/tests/test_a.py b/tests/test_a.py", "--- a/tests/test_a.py", "+++ b/tests/test_a.py", "+++ b/a.test.js",
         "--- a/src/lib.rs", "+++ b/AT.java", "+++ b/a_test.go", "+++ b/a_spec.rb", "+++ /dev/null", "rename from test_a.py",
         'rename to "a', "@@ -1,4 +1,4 @@ def test_x():", "@@ -1,9 +1,9 @@", "-def test_a():", "+    assert (", "-    assert x == 1",
         '+"""', "+assert \\", "-it('a', () => {", "+expect(", "+  expect(x).toBe(`", "-#[test]", "-fn a() {", "+@Test", "+ void x(",
         "-  assertThat(x)", "+if a != b {", "+\tt.Errorf(", "+expect { x }.to", "+x.must_be", " ", "\\ No newline at end of file"]
    ) | st.text(alphabet="+- @(){}[]\"'`\\#/*=<>!:;.,\nab1", max_size=60),
    max_size=40,
).map(lambda lines: "\n".join(lines).encode("utf-8", "surrogatepass"))  # fmt: skip


@given(noise | st.binary())
def test_no_diff_breaks_it(diff: bytes):
    for finding in weakened(diff):
        assert finding.title
        assert finding.line is None or finding.line >= 0


# Shapes on which a careless pattern, or a comparison of all with all, would run into the time limit of the tests.
@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a_test.py", "    assert x == y"), ("a_test.py", "def test_a(): assert f({0}) == 1"), ("a_test.py", "except Exception: pass"),
        ("a.test.js", "it('{0}', () => {{ expect(a({0})).toBe(1) }})"), ("a.test.js", "it.a(it.each(((("), ("a.test.js", "`"),
        ("ATest.java", "@Test @A(((((( void a{0}("), ("a_test.go", "if a != {0} {{"), ("a_spec.rb", "a.must_equal {0}"),
        ("a.rs", "#[test] fn a{0}() {{ assert!(x) }}"),
    ],
)  # fmt: skip
def test_a_large_diff_is_read_in_bounded_time(name: str, line: str):
    count = 8_000
    rows = "".join(f"{sign}{line.format(number)}\n" for sign in "-+" for number in range(count))
    diff = f"diff --git a/tests/{name} b/tests/{name}\n--- a/tests/{name}\n+++ b/tests/{name}\n@@ -1,{count} +1,{count} @@\n{rows}"

    assert len(weakened(diff.replace("-    assert x == y", "-    assert x == z").encode())) <= FINDINGS_MAX
