"""Which lines can carry a comment: checked against git and the files themselves, on generated changes."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localhub.git.bare import Bare
from localhub.git.compose import Identity, create, write_commit
from localhub.git.diff import compute
from localhub.git.move import moved_line

ADA = Identity("Ada", "ada@example.org")
LINES = st.lists(
    st.sampled_from(["a", "b", "c", "--- a/evil", "+++ b/evil", "@@ -1 +1 @@", "diff --git a/x b/x", ""]),
    max_size=30,
)
NAMES = st.sampled_from(["plain.py", "with space.py", "a b/c.txt", 'ü\t"quoted".txt', "sub/folder/file"])


def _text(lines):
    return "".join(f"{line}\n" for line in lines)


def _repository(folder, before, after):
    path = Path(folder) / "r.git"
    create(path, None)
    bare = Bare(path)
    old = write_commit(bare, None, {"always": "x\n", **before}, "old", ADA)
    return bare, old, write_commit(bare, old, after, "new", ADA)


@settings(max_examples=25, deadline=None)
@given(before=st.dictionaries(NAMES, LINES, max_size=3), after=st.dictionaries(NAMES, LINES, max_size=3))
def test_every_line_of_every_hunk_is_where_the_files_have_it(before, after):
    with tempfile.TemporaryDirectory() as folder:
        bare, old, new = _repository(
            folder, {name: _text(lines) for name, lines in before.items()},
            {name: _text(lines) for name, lines in after.items()},
        )  # fmt: skip
        diff = compute(bare, old, new)
        named = bare.run("diff", "--name-only", "-z", "--find-renames", old, new).decode().split("\0")[:-1]
        assert [file.path for file in diff.files] == named
        for file in diff.files:
            olds = (bare.file(old, file.previous_path or file.path) or ("", b""))[1].decode().split("\n")
            news = (bare.file(new, file.path) or ("", b""))[1].decode().split("\n")
            for hunk in file.hunks:
                for line, shown in zip(hunk.lines, hunk.text[1:], strict=True):
                    assert line.old is None or olds[line.old - 1] == shown[1:]
                    assert line.new is None or news[line.new - 1] == shown[1:]
                    assert file.patch.split("\n")[line.position] == shown


@settings(max_examples=25, deadline=None)
@given(before=LINES, after=LINES)
def test_a_line_that_moved_is_the_same_line(before, after):
    with tempfile.TemporaryDirectory() as folder:
        bare, old, new = _repository(folder, {"f": _text(before)}, {"f": _text(after)})
        for number, text in enumerate(before, 1):
            there = moved_line(bare, old, new, "f", number)
            assert there is None or after[there - 1] == text


@pytest.mark.parametrize(
    "text", ["no newline at the end", "crlf\r\nline\r\n", "form\ffeed\n", "\u2028\u0085\n"]
)
def test_odd_line_ends_do_not_shift_numbers(tmp_path, text):
    bare, old, new = _repository(tmp_path, {"f": "one\n"}, {"f": f"one\n{text}"})
    [file] = compute(bare, old, new).files
    assert [line.new for line in file.hunks[0].lines] == list(range(1, len(file.hunks[0].lines) + 1))
    assert file.locate("RIGHT", 2) is not None
    assert file.locate("RIGHT", 99) is None
