"""Submodules and Git LFS: found in a commit, refused or left out, and never changed by a commit of ours."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Refused
from app.domain.left_out import LeftOut, refusal, told
from app.domain.policy import Policy
from workers.workspace.checkout import check_out
from workers.workspace.commit import commit_workspace
from workers.workspace.git import git
from workers.workspace.kept import brought_together
from workers.workspace.left_out import left_out_at, require_whole
from workers.workspace.merge import merge_into

JANUARY = datetime(2026, 1, 2, tzinfo=UTC)
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4' * 64}\nsize 12345\n"
LFS = {
    ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
    "art/logo.bin": POINTER,
    "docs/about.md": f"A pointer looks like this:\n{POINTER}{'and so on ' * 200}",
}


def link(origin, path: str, sha: str, branch: str = "main") -> str:
    """Put a submodule into the origin's tree, as `git submodule add` would."""
    (origin.tree / path).mkdir(parents=True, exist_ok=True)
    origin.run("update-index", "--add", "--cacheinfo", f"160000,{sha},{path}")
    origin.run("commit", "--quiet", "--message", f"submodule {path}")
    origin.run("push", "--quiet", "--force", str(origin.path), f"HEAD:{branch}")
    return origin.run("rev-parse", "HEAD")


async def in_tree(job, sha: str, path: str) -> str:
    return (await git("ls-tree", sha, path, git_dir=job.git_dir)).decode().strip()


async def test_a_repository_without_either_is_whole(origin, mirror):
    await mirror.fetch(origin.url, None)

    assert await require_whole(mirror, await mirror.head_of("main"), Policy()) == LeftOut()


async def test_submodules_are_refused_by_name_unless_the_file_leaves_them_out(origin, mirror):
    base = link(origin, "vendor/parser", origin.run("rev-parse", "HEAD"))
    await mirror.fetch(origin.url, None)

    with pytest.raises(
        Refused, match=r"submodules \(`vendor/parser`\).*`submodules: leave-out` to `.github/hand"
    ):
        await require_whole(mirror, base, Policy(leave_out_lfs=True))
    found = await require_whole(mirror, base, Policy(leave_out_submodules=True))
    assert "left out (`vendor/parser`)" in told(found)[0]


async def test_files_in_lfs_are_refused_and_a_text_that_only_speaks_of_pointers_is_none(origin, mirror):
    base = origin.commit(LFS)
    await mirror.fetch(origin.url, None)

    with pytest.raises(Refused, match=r"files in Git LFS \(`art/logo.bin`\).*`lfs: leave-out`"):
        await require_whole(mirror, base, Policy(leave_out_submodules=True))
    assert await require_whole(mirror, base, Policy(leave_out_lfs=True)) == LeftOut(lfs=("art/logo.bin",))


@pytest.mark.parametrize(
    "files",
    [
        {"logo.bin": POINTER},
        {".gitattributes": "*.bin filter=lfs\n"},
        {".gitattributes": "# filter=lfs\n", "a.bin": POINTER},
    ],
    ids=["pointer without attribute", "attribute without pointer", "attribute in a comment"],
)
async def test_half_of_lfs_is_none(origin, mirror, files):
    base = origin.commit(files)
    await mirror.fetch(origin.url, None)

    assert await left_out_at(mirror, base) == LeftOut()


def test_both_are_said_in_one_sentence():
    said = refusal(LeftOut(submodules=("a", "b", "c", "d"), lfs=("e",)), Policy())

    assert said is not None
    assert "`a`, `b`, `c` and 1 more" in said
    assert "submodules: leave-out" in said
    assert "lfs: leave-out" in said


@pytest.mark.parametrize("script", ["true", "rm -rf vendor", "mv vendor elsewhere"])
async def test_a_submodule_whose_folder_is_empty_or_gone_is_kept(origin, job, script):
    base = link(origin, "vendor", job.base)
    await job.mirror.fetch(origin.url, None)
    job.agent(f"mkdir -p vendor; {script}; echo changed > README.md")

    made = await job.commit(base)

    assert await in_tree(job, made.sha, "vendor") == f"160000 commit {job.base}\tvendor"
    assert (await git("diff", "--name-only", base, made.sha, git_dir=job.git_dir)).decode() == "README.md\n"


@pytest.mark.parametrize(
    "script",
    [
        "mkdir vendor; echo mine > vendor/file",
        "echo mine > vendor",
        "ln -s src vendor",
        "mkdir -p vendor/deep/er",
    ],
    ids=["a file in it", "a file", "a link", "folders"],
)
async def test_what_takes_the_place_of_a_submodule_is_refused(origin, job, script):
    base = link(origin, "vendor", job.base)
    await job.mirror.fetch(origin.url, None)
    job.agent(script)

    with pytest.raises(Refused, match="vendor is a submodule, and something was put in its place"):
        await job.commit(base)


async def merged(origin, job, *, ours: str, theirs: str) -> str:
    """Merge `theirs` into a checkout of `ours`, and commit as a rebase run does."""
    await job.mirror.fetch(origin.url, None)
    workspace = await check_out(job.mirror, ours, job.workspace.parent / "merging")
    await merge_into(workspace, theirs)
    commit = await commit_workspace(
        workspace,
        mirror=job.mirror,
        git_dir=job.git_dir,
        base_sha=ours,
        message="Merge main",
        author_name="handoff[bot]",
        author_email="handoff@example.com",
        at=JANUARY,
        merged=theirs,
    )
    assert commit is not None
    return commit.sha


async def test_a_submodule_that_was_moved_or_added_on_the_other_side_comes_with_the_merge(origin, job):
    first = link(origin, "vendor", job.base)
    ours = origin.commit({"ours.txt": "x\n"}, branch="change")
    origin.run("checkout", "--quiet", "--force", first)
    link(origin, "vendor", first)
    theirs = link(origin, "more", job.base)

    sha = await merged(origin, job, ours=ours, theirs=theirs)

    assert await in_tree(job, sha, "vendor") == f"160000 commit {first}\tvendor"
    assert await in_tree(job, sha, "more") == f"160000 commit {job.base}\tmore"
    assert "ours.txt" in await in_tree(job, sha, "ours.txt")


async def test_a_submodule_that_became_a_folder_on_the_other_side_is_one_after_the_merge(origin, job):
    first = link(origin, "vendor", job.base)
    ours = origin.commit({"ours.txt": "x\n"}, branch="change")
    origin.run("checkout", "--quiet", "--force", first)
    origin.run("rm", "--quiet", "--cached", "vendor")
    theirs = origin.commit({"vendor/file.txt": "now a file\n"})

    sha = await merged(origin, job, ours=ours, theirs=theirs)

    assert "100644 blob" in await in_tree(job, sha, "vendor/file.txt")


LINKS = st.dictionaries(st.sampled_from([b"a", b"b"]), st.sampled_from([b"1" * 40, b"2" * 40]))


@given(before=LINKS, theirs=LINKS)
def test_a_side_that_changed_nothing_has_no_say_in_a_merge(before, theirs):
    assert brought_together(before, before, theirs) == theirs
    assert brought_together(before, theirs, before) == theirs


def test_a_submodule_that_both_sides_moved_is_a_persons():
    with pytest.raises(Refused, match="a is a submodule that both sides changed"):
        brought_together({b"a": b"1"}, {b"a": b"2"}, {b"a": b"3"})


@pytest.mark.parametrize(
    "script",
    ["echo real > art/logo.bin", "echo new > art/new.bin", "sed -i s/444/555/ art/logo.bin"],
    ids=["content", "a new file", "another pointer"],
)
async def test_a_change_to_what_lfs_keeps_is_refused_by_name(origin, job, script):
    base = origin.commit(LFS)
    await job.mirror.fetch(origin.url, None)
    workspace = await check_out(job.mirror, base, job.workspace.parent / "with-lfs")
    there = type(job)(job.mirror, base, workspace, job.git_dir, job.canary)
    there.agent(script)

    with pytest.raises(Refused, match=r"art/\w+.bin is a file that this repository keeps in Git LFS"):
        await there.commit()


async def test_pointers_stay_move_and_go_as_other_files_do(origin, job):
    base = origin.commit({**LFS, "art/old.bin": POINTER.replace("4", "5")})
    await job.mirror.fetch(origin.url, None)
    workspace = await check_out(job.mirror, base, job.workspace.parent / "with-lfs")
    there = type(job)(job.mirror, base, workspace, job.git_dir, job.canary)
    there.agent("mv art/logo.bin art/sign.bin; rm art/old.bin; echo changed > README.md")

    made = await there.commit()

    files = await there.files(made.sha)
    assert files["art/sign.bin"] == POINTER.encode()
    assert "art/old.bin" not in files


async def test_pointers_of_the_other_side_come_with_the_merge(origin, job):
    origin.commit(LFS)
    ours = origin.commit({"ours.txt": "x\n"}, branch="change")
    origin.run("checkout", "--quiet", "--force", f"{ours}^")
    theirs = origin.commit({"art/new.bin": POINTER.replace("4", "6")})

    sha = await merged(origin, job, ours=ours, theirs=theirs)

    assert "100644 blob" in await in_tree(job, sha, "art/new.bin")
