"""The demo's sample is honest: its suite is real, each scripted change passes it, each script's claim is checked."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from localhub.sample.build import REPOSITORY, SCRIPTS, make_sample, read_issue, sample_issues
from workers.agents.agent import Launch, RunKind, Visit
from workers.agents.brief import Check, Issue, implement_brief, review_brief
from workers.agents.home import furnish
from workers.agents.outcome import Finding, ImplementOutcome, Outcome, ReviewOutcome, read_outcome
from workers.agents.report import Verdict
from workers.agents.scripted import ScriptedAgent
from workers.cage.spec import Exit

ISSUES = {issue.title: issue for issue in sample_issues()}
SUITE = ("python3", "-B", "-m", "unittest", "discover", "-s", "tests", "-q")
CACHES = {"__pycache__", ".ruff_cache"}
CHANGES = ["dates", "csv", "sums", "format", "durations"]


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def suite(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(SUITE, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def title_of(change: str) -> str:
    return str(json.loads((SCRIPTS / f"{change}-implement.json").read_text(encoding="utf-8"))["about"][0])


def lines_in_diff(folder: Path) -> set[tuple[str, int]]:
    """Return the commentable lines of the new files: those in a hunk, context included."""
    git(folder, "add", "--all")
    lines: set[tuple[str, int]] = set()
    path, number = "", 0
    for line in git(folder, "diff", "--cached").splitlines():
        if line.startswith("+++ b/"):
            path = line.removeprefix("+++ b/")
        elif hunk := re.match(r"@@ -\S+ \+(\d+)", line):
            number = int(hunk[1])
        elif line.startswith(("+", " ")) and path:
            lines.add((path, number))
            number += 1
    return lines


@dataclass
class Demo:
    visit: Visit
    start: Callable[[Launch], Exit]

    def play(self, kind: RunKind, title: str) -> Outcome:
        """Let the scripted agent work on a real brief, as the demo does."""
        visit = replace(self.visit, kind=kind)
        issue = Issue(
            number=1, title=title, body=ISSUES[title].body if title in ISSUES else "Please.", author="ada"
        )
        checks = [Check("tests", " ".join(SUITE))]
        if kind is RunKind.IMPLEMENT:
            brief = implement_brief(visit, repository="ada/timekeeper", issue=issue, checks=checks)
        else:
            diff = Path("/change.diff")
            brief = review_brief(visit, repository="ada/timekeeper", issue=issue, diff=diff, checks=checks)
        furnish(visit.home, visit, brief=brief)
        agent = ScriptedAgent(SCRIPTS)
        end = self.start(agent.launch(visit))
        assert agent.read(end, visit.home).verdict is Verdict.OK, end.output_tail.decode()
        outcome = read_outcome(kind, visit.outcome)
        assert isinstance(outcome, ImplementOutcome | ReviewOutcome), outcome
        return outcome


@pytest.fixture
def demo(visit: Visit, start: Callable[[Launch], Exit]) -> Demo:
    make_sample(visit.workspace)
    return Demo(visit, start)


def test_the_sample_is_the_same_every_time(tmp_path: Path) -> None:
    heads = []
    for name in ("one", "two"):
        make_sample(tmp_path / name)
        heads.append(git(tmp_path / name, "rev-parse", "main").strip())
    assert heads[0] == heads[1]
    assert git(tmp_path / "one", "rev-list", "--count", "main").strip() == "4"
    assert git(tmp_path / "one", "status", "--porcelain") == ""


def test_every_file_of_the_sample_is_in_its_history(tmp_path: Path) -> None:
    make_sample(tmp_path / "sample")
    committed = set(git(tmp_path / "sample", "ls-files").split())
    kept = {path for path in REPOSITORY.rglob("*") if path.is_file() and not CACHES & set(path.parts)}
    assert committed == {str(path.relative_to(REPOSITORY)) for path in kept}


def test_its_suite_passes_and_is_worth_the_name(demo: Demo) -> None:
    ended = suite(demo.visit.workspace)
    assert ended.returncode == 0, ended.stderr
    assert re.search(r"Ran (2[5-9]|3\d) tests", ended.stderr)


def test_every_issue_has_a_script_and_a_kind_of_its_own() -> None:
    assert [title_of(change) for change in CHANGES] == list(ISSUES)
    assert len({issue.labels for issue in ISSUES.values()}) == 5
    assert all(len(issue.body) > 100 for issue in ISSUES.values())


@pytest.mark.parametrize("change", CHANGES)
def test_a_scripted_change_passes_the_suite_and_its_review_fits_the_diff(demo: Demo, change: str) -> None:
    outcome = demo.play(RunKind.IMPLEMENT, title_of(change))
    assert outcome.ending == "succeeded"
    ended = suite(demo.visit.workspace)
    assert ended.returncode == 0, ended.stderr
    commentable = lines_in_diff(demo.visit.workspace)
    assert commentable

    review = demo.play(RunKind.REVIEW, title_of(change))
    assert isinstance(review, ReviewOutcome)
    outside = [finding for finding in review.findings if not inside(finding, commentable)]
    assert [finding.path for finding in outside] == (["timekeeper/entries.py"] if change == "dates" else [])
    assert bool(review.findings) is (change != "sums")
    assert all((demo.visit.workspace / finding.path).is_file() for finding in review.findings)


def inside(finding: Finding, commentable: set[tuple[str, int]]) -> bool:
    span = range(finding.start_line or finding.line, finding.line + 1)
    return all((finding.path, line) in commentable for line in span)


def test_the_new_tests_of_the_bug_fail_without_its_fix(demo: Demo) -> None:
    demo.play(RunKind.IMPLEMENT, title_of("dates"))
    git(demo.visit.workspace, "checkout", "--quiet", "main", "--", "timekeeper")
    ended = suite(demo.visit.workspace)
    assert ended.returncode != 0
    assert "FAILED (failures=2)" in ended.stderr


CLAIMS = {
    "csv": ("-m timekeeper sheet.txt --format csv", "\n=WEBSERVICE(A1),1h 00m,60"),
    "format": (
        "-c \"from timekeeper.entries import parse_entry as p; print(p('2024-03-05 1h 30m invoices').project)\"",
        "30m invoices",
    ),
    "durations": (
        "-c \"from timekeeper.durations import parse_duration as p; print(p('\u0661h'))\"",
        "1:00:00",
    ),
}


@pytest.mark.parametrize("change", CLAIMS)
def test_what_the_scripted_reviewer_says_it_saw_is_so(demo: Demo, change: str) -> None:
    demo.play(RunKind.IMPLEMENT, title_of(change))
    (demo.visit.workspace / "sheet.txt").write_text("2024-03-04 1h =WEBSERVICE(A1)\n", encoding="utf-8")
    arguments, shown = CLAIMS[change]
    command = ["python3", "-B", *shlex.split(arguments)]
    ran = subprocess.run(command, cwd=demo.visit.workspace, capture_output=True, text=True, check=True)
    assert shown in ran.stdout


def test_an_issue_without_a_script_gets_a_note_and_no_pretence(demo: Demo) -> None:
    outcome = demo.play(RunKind.IMPLEMENT, "Make it faster")
    assert isinstance(outcome, ImplementOutcome)
    assert "has not tried to resolve it" in outcome.summary
    assert git(demo.visit.workspace, "status", "--porcelain") == "?? NOTES-from-the-scripted-agent.md\n"
    assert suite(demo.visit.workspace).returncode == 0
    review = demo.play(RunKind.REVIEW, "Make it faster")
    assert isinstance(review, ReviewOutcome)
    assert review.findings == ()


def test_any_markdown_file_can_be_an_issue(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("# Make it *faster*\n\nPlease.\n", encoding="utf-8")
    issue = read_issue(tmp_path / "mine.md")
    assert (issue.title, issue.body, issue.labels) == ("Make it *faster*", "Please.", ())
