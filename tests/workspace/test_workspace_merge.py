"""Merging into a checkout, once, and what an agent made of the places that git could not decide."""

import asyncio
from functools import partial

import pytest

from app.domain.agenda import Stage
from app.domain.decide import open_job
from tests.builders import requested
from workers.runs.journal import Journal
from workers.runs.log import RunLog
from workers.runs.visit import RunVisit
from workers.workspace.commit import FILE_BYTES
from workers.workspace.merge import merge_into, unresolved

MARKED = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"


@pytest.fixture
async def sides(origin, mirror):
    """Two commits that change the same line: ours, theirs."""
    base = origin.run("rev-parse", "HEAD")
    theirs = origin.commit({"README.md": "theirs\n"})
    origin.run("checkout", "--quiet", base)
    ours = origin.commit({"README.md": "ours\n"}, branch="refs/heads/ours")
    await mirror.fetch(origin.url, None)
    return ours, theirs


def visit(folder, fence):
    return RunVisit(
        run="run-1",
        stage=Stage.REBASE,
        job=open_job(requested()).job,
        fence=fence,
        folder=folder,
        cancelled=asyncio.Event(),
        log=RunLog(str, folder),
        journal=Journal.of(folder),
    )


async def test_a_merge_in_the_middle_of_which_a_worker_died_is_begun_anew_and_one_that_is_done_is_not(
    tmp_path, mirror, sides
):
    ours, theirs = sides
    folder = tmp_path / "run"
    folder.mkdir()

    async def dies(workspace):
        await merge_into(workspace, theirs)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await visit(folder, 1).check_out(mirror, ours, then=dies)
    assert not visit(folder, 1).workspace.exists(), "nobody works in what is half done"

    merging = partial(merge_into, sha=theirs)
    assert tuple(await visit(folder, 2).check_out(mirror, ours, then=merging)) == ("README.md",)
    (folder / "workspace" / "README.md").write_text("resolved\n")
    assert tuple(await visit(folder, 3).check_out(mirror, ours, then=merging)) == ("README.md",)
    assert (folder / "workspace" / "README.md").read_text() == "resolved\n"


def test_each_claim_of_a_run_commits_in_a_git_directory_of_its_own(tmp_path):
    assert visit(tmp_path, 1).git_dir != visit(tmp_path, 2).git_dir


def test_what_still_has_markers_is_told_and_no_link_is_followed_to_find_out(tmp_path):
    outside, workspace = tmp_path / "outside", tmp_path / "workspace"
    for folder in (outside, workspace / "src"):
        folder.mkdir(parents=True)
    for path in (outside / "a", workspace / "src" / "a", workspace / "marked"):
        path.write_text(MARKED)
    (workspace / "clean").write_text("a\n")
    (workspace / "link").symlink_to(outside / "a")
    (workspace / "folder").symlink_to(outside)
    with (workspace / "endless").open("w") as file:
        file.write(MARKED)
        file.truncate(FILE_BYTES + 1)
    paths = ("clean", "link", "folder/a", "gone", "src", "src/a", "endless", "marked")
    assert unresolved(workspace, paths) == ("src/a", "marked")
