"""Builds the sample repository: real code in a few real commits, the same to the last bit every time."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE / "repository"
ISSUES = HERE / "issues"
SCRIPTS = HERE / "scripts"

_AUTHOR = {"GIT_AUTHOR_NAME": "Ada Byron", "GIT_AUTHOR_EMAIL": "ada@example.com"}
_COMMITTER = {"GIT_COMMITTER_NAME": "Ada Byron", "GIT_COMMITTER_EMAIL": "ada@example.com"}
_ALONE = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "PATH": os.environ.get("PATH", os.defpath),
}

_HISTORY: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "2024-03-01T10:00:00+00:00",
        "Read and write dates and durations",
        (".gitignore", "ruff.toml", "timekeeper/__init__.py", "timekeeper/dates.py", "timekeeper/durations.py",
         "tests/test_dates.py", "tests/test_durations.py"),
    ),
    (
        "2024-03-04T16:30:00+00:00",
        "Read timesheets and add them up",
        ("timekeeper/entries.py", "timekeeper/timesheet.py", "tests/test_entries.py", "tests/test_timesheet.py"),
    ),
    (
        "2024-03-06T09:15:00+00:00",
        "Print a report from the command line",
        ("README.md", "timekeeper/report.py", "timekeeper/cli.py", "timekeeper/__main__.py", "tests/test_report.py"),
    ),
    (
        "2024-03-11T14:45:00+00:00",
        "Say how to contribute, and what has to pass",
        ("CONTRIBUTING.md", ".github/handoff.yml", ".github/pull_request_template.md"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleIssue:
    """An issue as a person would open it."""

    title: str
    body: str
    labels: tuple[str, ...]


def make_sample(path: Path) -> None:
    """Create a git repository at `path`, which must not exist or be empty; its branch is `main`."""
    path.mkdir(parents=True, exist_ok=True)
    _git(path, "init", "--quiet", "--initial-branch=main", ".")
    for when, subject, names in _HISTORY:
        for name in names:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPOSITORY / name, path / name)
        _git(path, "add", "--", *names)
        _git(path, "commit", "--quiet", "--message", subject, when=when)


def sample_issues() -> list[SampleIssue]:
    """Return the five issues, in the order in which they should be opened."""
    return [read_issue(path) for path in sorted(ISSUES.glob("*.md"))]


def read_issue(path: Path) -> SampleIssue:
    """Return the issue in a Markdown file; `title:` and `labels:` stand between two lines of `---` at its top.

    A file without them is titled by its first line, so that any Markdown file will do.
    """
    text = path.read_text(encoding="utf-8")
    if not text.startswith("---\n"):
        title, _, body = text.partition("\n")
        return SampleIssue(title=title.lstrip("# ").strip(), body=body.strip(), labels=())
    front, _, body = text.removeprefix("---\n").partition("\n---\n")
    values = dict(_front_matter(front))
    labels = tuple(label.strip() for label in values.get("labels", "").split(",") if label.strip())
    return SampleIssue(title=values["title"], body=body.strip(), labels=labels)


def _front_matter(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, _, value = line.partition(":")
        yield key.strip(), value.strip()


def _git(path: Path, *arguments: str, when: str = "") -> None:
    dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when} if when else {}
    environment = {**_ALONE, **_AUTHOR, **_COMMITTER, **dates}
    subprocess.run(["git", *arguments], cwd=path, env=environment, check=True)
