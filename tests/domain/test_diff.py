"""Anchors against real `git diff` output, strange names and contents included."""

import os
import subprocess
from pathlib import Path

from app.domain.critique import Side
from app.domain.diff import commentable

GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org",
    "PATH": os.environ["PATH"],
}


def git(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=folder, env=GIT, check=True, capture_output=True).stdout


def diff_of(folder: Path, before: dict[str, bytes], after: dict[str, bytes]) -> bytes:
    git(folder, "init", "-q")
    for state in (before, after):
        for old in folder.rglob("*"):
            if ".git" not in old.parts and old.is_file():
                old.unlink()
        for name, content in state.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "state", "--allow-empty")
    return git(folder, "-c", "core.quotePath=false", "diff", "--find-renames", "-U3", "HEAD~1", "HEAD")


def test_added_and_context_lines_are_commentable_and_distant_ones_are_not(tmp_path: Path):
    lines = [f"line {n}\n".encode() for n in range(1, 41)]
    changed = [*lines[:19], b"new\n", *lines[20:]]

    hunks = commentable(diff_of(tmp_path, {"a.py": b"".join(lines)}, {"a.py": b"".join(changed)}))

    assert hunks["a.py", Side.RIGHT] == (range(17, 24),)
    assert hunks["a.py", Side.LEFT] == (range(17, 24),)


def test_a_new_file_has_no_left_side_and_a_deleted_one_no_right_side(tmp_path: Path):
    hunks = commentable(diff_of(tmp_path, {"old.txt": b"a\nb\n"}, {"new.txt": b"completely\nother\nwords\n"}))

    assert set(hunks) == {("old.txt", Side.LEFT), ("new.txt", Side.RIGHT)}


def test_strange_names_and_contents_that_look_like_headers(tmp_path: Path):
    before = {
        "a b/c.txt": b"1\n2\n",
        'qu"ote.txt': b"1\n",
        "umlaut-\xc3\xa4.txt".encode("latin-1").decode(): b"1\n",
    }
    after = {
        name: content + b"--- a/evil\n+++ b/evil\n@@ -1 +1 @@\ndiff --git a/x b/x\n"
        for name, content in before.items()
    }

    hunks = commentable(diff_of(tmp_path, before, after))

    assert {path for path, _ in hunks} == set(before)
    assert hunks["a b/c.txt", Side.RIGHT] == (range(1, 7),)


def test_a_missing_newline_at_the_end_is_not_a_line(tmp_path: Path):
    hunks = commentable(diff_of(tmp_path, {"a": b"1\n2"}, {"a": b"1\n2\n3"}))

    assert hunks["a", Side.RIGHT] == (range(1, 4),)


def test_a_renamed_file_is_named_by_its_new_path_on_both_sides(tmp_path: Path):
    text = b"".join(b"line %d\n" % n for n in range(30))
    hunks = commentable(
        diff_of(tmp_path, {"old.py": text}, {"new.py": text.replace(b"line 15", b"line fifteen")})
    )

    assert {path for path, _ in hunks} == {"new.py"}


def test_binary_files_and_garbage_have_no_lines(tmp_path: Path):
    assert commentable(diff_of(tmp_path, {"a": b"\x00\x01"}, {"a": b"\x00\x02"})) == {}
    assert commentable(b"@@ -1,5 +1,5 @@\n cut off") == {}
