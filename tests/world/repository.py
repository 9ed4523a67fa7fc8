"""A small repository with a real test suite, made anew for each story by real git."""

import os
import subprocess
from pathlib import Path

CLOCK = '''"""Tells the time."""


def minutes(text: str) -> int:
    """Return the minutes in a text such as 1:30."""
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)
'''
TESTS = """import unittest

from clock import minutes


class Minutes(unittest.TestCase):
    def test_hours_count_sixty(self):
        self.assertEqual(minutes("1:30"), 90)
"""
POLICY = """checks:
- name: tests
  run: python3 -m unittest -q
"""
FILES = {"clock.py": CLOCK, "test_clock.py": TESTS, ".github/handoff.yml": POLICY, "README.md": "# Clock\n"}

_ALONE = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "PATH": os.environ["PATH"],
}


def make_repository(path: Path, files: dict[str, str]) -> Path:
    """Commit these files to a new repository."""
    path.mkdir(parents=True)
    git(path, "init", "-q", "--initial-branch=main")
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    git(path, "add", "-A")
    git(path, "commit", "-qm", "Begin")
    return path


def git(path: Path, *arguments: str) -> str:
    ended = subprocess.run(
        ["git", *arguments], cwd=path, env=_ALONE, check=True, capture_output=True, text=True
    )
    return ended.stdout
