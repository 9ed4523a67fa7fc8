"""What a head changes, file by file, however files are named and whatever they hold."""

import pytest

from app.domain.errors import Refused
from workers.workspace.change import Status, change
from workers.workspace.commit import keep


async def test_a_change_is_told_file_by_file_since_the_branch_left(origin, mirror):
    origin.commit(
        {"old name.py": "".join(f"line {n}\n" for n in range(20)), "gone.txt": "bye\n", "kept.txt": "a\nb\n"}
    )
    base = origin.run("rev-parse", "HEAD")
    origin.run("mv", "old name.py", "new \t name.py")
    head = origin.commit({"gone.txt": None, "kept.txt": "a\nc\nd\n", "größe\n.txt": "x\n"}, branch="work")
    origin.run("checkout", "--quiet", "-b", "elsewhere", base)
    later = origin.commit({"unrelated": "to the change\n"})
    await mirror.fetch(origin.url, None)
    found = await change(mirror, later, head)
    assert found.merge_base_sha == base
    assert [(f.path, f.old_path, f.status, f.additions, f.deletions, f.size_bytes) for f in found.files] == [
        ("gone.txt", "gone.txt", Status.DELETED, 0, 1, 0),
        ("größe\n.txt", "größe\n.txt", Status.ADDED, 1, 0, 2),
        ("kept.txt", "kept.txt", Status.MODIFIED, 2, 1, 6),
        ("new \t name.py", "old name.py", Status.RENAMED, 0, 0, 150),
    ]
    assert [line.subject for line in found.commits] == ["change gone.txt, kept.txt, größe .txt"]
    assert found.diff.count(b"diff --git ") == 4
    assert b"-b\n+c\n+d\n" in found.diff
    assert found.diff_bytes == len(found.diff)


async def test_binary_files_links_and_modes_are_told_apart(job, origin):
    job.agent(
        "printf 'a\\0b' > data.bin; ln -s data.bin link; chmod +x README.md; printf '\\351' > \"$(printf 'latin-\\351')\""
    )
    made = await job.commit()
    await keep(job.mirror, made, "job-7")
    found = await change(job.mirror, job.base, made.sha)
    assert {(f.path, f.mode, f.binary) for f in found.files} == {
        ("README.md", "100755", False),
        ("data.bin", "100644", True),
        ("link", "120000", False),
        ("latin-\udce9", "100644", False),
    }


async def test_a_file_cannot_hide_from_the_diff_by_its_attributes(origin, mirror):
    base = origin.run("rev-parse", "HEAD")
    head = origin.commit({".gitattributes": "* -diff\n", "src/dates.py": "evil\n"})
    await mirror.fetch(origin.url, None)
    found = await change(mirror, base, head)
    assert b"+evil\n" in found.diff
    assert not any(file.binary for file in found.files)


async def test_a_diff_beyond_the_limit_is_left_out_and_its_files_still_told(origin, mirror):
    base = origin.run("rev-parse", "HEAD")
    head = origin.commit({"big.txt": "x\n" * 10_000})
    await mirror.fetch(origin.url, None)
    found = await change(mirror, base, head, limit_bytes=5_000)
    assert (found.diff, found.diff_bytes) == (None, None)
    assert [(file.path, file.additions) for file in found.files] == [("big.txt", 10_000)]


async def test_no_change_is_empty(origin, mirror):
    await mirror.fetch(origin.url, None)
    head = await mirror.head_of("main")
    found = await change(mirror, head, head)
    assert (found.files, found.commits, found.diff) == ((), (), b"")


async def test_histories_without_a_common_beginning_are_refused(origin, mirror):
    base = origin.run("rev-parse", "HEAD")
    origin.run("checkout", "--quiet", "--orphan", "fresh")
    head = origin.commit({"README.md": "another\n"}, branch="fresh")
    await mirror.fetch(origin.url, None)
    with pytest.raises(Refused, match="nothing in common"):
        await change(mirror, base, head)


async def test_the_diff_applies(origin, mirror, tmp_path):
    base = origin.run("rev-parse", "HEAD")
    head = origin.commit({"src/dates.py": "def parse(text):\n    return utc(text)\n", "a b/c.txt": "x"})
    await mirror.fetch(origin.url, None)
    found = await change(mirror, base, head)
    (tmp_path / "patch").write_bytes(found.diff)
    origin.run("checkout", "--quiet", base)
    origin.run("apply", str(tmp_path / "patch"))
    assert (origin.tree / "a b" / "c.txt").read_text() == "x"
    assert origin.run("diff", "--stat", head, "--", "src") == ""
