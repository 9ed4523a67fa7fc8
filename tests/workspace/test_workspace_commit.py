"""The host's commit of what an agent left: all of its files, and nothing of its tricks is ever run."""

import os
import socket
from datetime import UTC, datetime

import pytest

from app.domain.errors import NotFound, Refused
from workers.workspace.commit import commit_file, keep
from workers.workspace.git import git


async def test_what_the_agent_changed_becomes_one_commit_on_the_base(job):
    job.agent("""
        echo changed > README.md; rm src/dates.py; echo new > "src/with space.py"
        printf '#!/bin/sh\\n' > run.sh; chmod +x run.sh; ln -s run.sh link
    """)
    made = await job.commit()
    assert await job.files(made.sha) == {
        "README.md": b"changed\n",
        "src/with space.py": b"new\n",
        "run.sh": b"#!/bin/sh\n",
        "link": b"run.sh",
    }
    said = (await git("cat-file", "commit", made.sha, git_dir=job.git_dir)).decode()
    assert said == (
        f"tree {made.tree}\nparent {job.base}\n"
        "author handoff[bot] <handoff@example.com> 1795176000 +0000\n"
        "committer handoff[bot] <handoff@example.com> 1795176000 +0000\n"
        "\nParse dates in UTC\n\nFixes #12\n"
    )
    modes = (await git("ls-tree", made.sha, "run.sh", "link", git_dir=job.git_dir)).decode()
    assert modes.startswith("120000 blob")
    assert "\n100755 blob" in modes


async def test_the_same_files_make_the_same_commit(job):
    job.agent("echo changed > README.md")
    assert (await job.commit()).sha == (await job.commit()).sha


async def test_nothing_changed_is_no_commit(job):
    job.agent(
        "touch README.md; git -c user.name=x -c user.email=x commit --quiet --allow-empty -m 'I did it'"
    )
    assert await job.commit() is None


async def test_the_agents_own_commits_change_nothing_but_its_files_count(job):
    job.agent(
        "echo changed > README.md; git add -A; git -c user.name=x -c user.email=x commit --quiet -m mine"
    )
    made = await job.commit()
    assert made.parent == job.base
    assert (await job.files(made.sha))["README.md"] == b"changed\n"


async def test_a_second_commit_can_stand_on_the_first(job):
    job.agent("echo one > README.md")
    first = await job.commit()
    await keep(job.mirror, first, "job-7")
    job.agent("echo two > README.md")
    second = await job.commit(first.sha)
    assert second.parent == first.sha
    assert (await job.files(second.sha))["README.md"] == b"two\n"


HOSTILE = """
    mkdir -p .git/hooks
    for hook in pre-commit post-commit commit-msg prepare-commit-msg post-checkout post-index-change reference-transaction
    do printf '#!/bin/sh\\ntouch %s\\n' "$CANARY" > .git/hooks/$hook; chmod +x .git/hooks/$hook; done
    git config core.hooksPath .git/hooks
    git config core.fsmonitor "touch $CANARY; false"
    git config filter.evil.clean "touch $CANARY; cat"
    git config filter.evil.smudge "touch $CANARY; cat"
    git config filter.evil.process "touch $CANARY"
    git config filter.evil.required true
    git config diff.evil.textconv "touch $CANARY; cat"
    git config diff.external "touch $CANARY"
    git config core.pager "touch $CANARY"
    git config core.sshCommand "touch $CANARY"
    git config commit.gpgSign true
    git config gpg.program "touch $CANARY"
    git config include.path "$PWD/more-config"
    git config core.worktree /
    printf '[alias]\\n\\tadd = !touch %s\\n' "$CANARY" > more-config
    echo '* filter=evil diff=evil' > .gitattributes
    echo changed > README.md
"""


async def test_hooks_filters_and_configuration_of_the_agent_are_never_run(job):
    job.agent(HOSTILE)
    made = await job.commit()
    files = await job.files(made.sha)
    assert files["README.md"] == b"changed\n"
    assert files[".gitattributes"] == b"* filter=evil diff=evil\n"
    assert not job.canary.exists()


async def test_the_hostile_workspace_above_would_have_worked_on_a_careless_host(job):
    job.agent(HOSTILE + "git config --unset core.worktree; git add -A || true")
    assert job.canary.exists()


async def test_a_workspace_whose_own_git_folder_is_gone_or_is_a_file_still_commits(job):
    job.agent("rm -rf .git; echo 'gitdir: /nowhere' > .git; echo changed > README.md")
    assert (await job.files((await job.commit()).sha))["README.md"] == b"changed\n"
    job.agent("rm .git; ln -s /etc .git; echo again > README.md")
    assert set(await job.files((await job.commit()).sha)) == {"README.md", "src/dates.py"}


@pytest.mark.parametrize(
    "script",
    [
        "mkdir -p src/inner; git init --quiet src/inner; touch src/inner/file",
        "mkdir -p src/inner; echo 'gitdir: ../../.git' > src/inner/.git",
        "mkdir -p src/inner; ln -s ../../.git src/inner/.git",
        "mkdir -p src/inner/.GIT",
        "mkdir -p src/inner; mkfifo src/inner/.git",
    ],
    ids=["repository", "file", "link", "other case", "pipe"],
)
async def test_a_repository_inside_the_workspace_is_refused_by_name(job, script):
    job.agent(script)
    with pytest.raises(Refused, match="src/inner is a git repository inside the workspace"):
        await job.commit()


async def test_a_repository_in_an_ignored_folder_is_nobodys_business(job):
    job.agent("echo .venv/ > .gitignore; mkdir -p .venv/src; git init --quiet .venv/src/dependency")
    assert set(await job.files((await job.commit()).sha)) == {".gitignore", "README.md", "src/dates.py"}


async def test_a_submodule_of_the_base_stays_and_what_takes_its_place_is_refused(origin, mirror, job):
    link = origin.run("rev-parse", "HEAD")
    origin.run("update-index", "--add", "--cacheinfo", f"160000,{link},vendor")
    origin.run("commit", "--quiet", "--message", "submodule")
    origin.run("push", "--quiet", str(origin.path), "HEAD:main")
    await mirror.fetch(origin.url, None)
    base = await mirror.head_of("main")
    job.agent("mkdir vendor")
    assert await job.commit(base) is None
    job.agent("rmdir vendor; echo changed > README.md")
    made = await job.commit(base)
    assert f"160000 commit {link}\tvendor" in (await git("ls-tree", made.sha, git_dir=job.git_dir)).decode()
    job.agent("echo mine > vendor")
    with pytest.raises(Refused, match="vendor is a submodule, and something was put in its place"):
        await job.commit(base)


async def test_links_are_committed_as_links_and_never_followed(job, tmp_path):
    (tmp_path / "secret").write_text("private")
    job.agent(f"ln -s {tmp_path}/secret link; ln -s {tmp_path} folder; rm -r src; ln -s / src")
    files = await job.files((await job.commit()).sha)
    assert files == {
        "README.md": b"hello\n",
        "link": f"{tmp_path}/secret".encode(),
        "folder": str(tmp_path).encode(),
        "src": b"/",
    }


async def test_ignored_and_special_files_stay_out(job):
    job.agent("echo '*.log' > .gitignore; echo noise > a.log; mkfifo pipe src/pipe; echo changed > README.md")
    with socket.socket(socket.AF_UNIX) as listener:
        where = os.open(job.workspace, os.O_RDONLY)
        listener.bind(f"/proc/self/fd/{where}/agent.sock")
        os.close(where)
        files = await job.files((await job.commit()).sha)
    assert set(files) == {".gitignore", "README.md", "src/dates.py"}


@pytest.mark.parametrize("name", [".gitignore", ".gitattributes", "src/.gitignore", ".gitmodules"])
async def test_a_pipe_that_git_would_wait_for_is_refused_at_once(job, name):
    job.agent(f"mkfifo {name}")
    with pytest.raises(Refused, match=f"{name} is not a file that git could read"):
        await job.commit()


async def test_a_file_that_became_a_pipe_is_refused_by_name(job):
    job.agent("rm README.md; mkfifo README.md")
    with pytest.raises(Refused, match=r"README\.md"):
        await job.commit()


async def test_a_file_that_github_would_refuse_is_refused_by_name(job):
    job.agent("truncate -s 2G src/huge.bin")
    with pytest.raises(Refused, match=r"src/huge\.bin is larger than 100 MB"):
        await job.commit()
    job.agent("echo '*.bin' > .gitignore")
    assert await job.commit() is not None


async def test_names_that_are_hard_are_committed_as_they_are(job):
    job.agent("""
        rm -r src; touch -- -rf "$(printf 'new\\nline')" ':(glob)*' "$(printf 'latin-\\351')" 'back\\slash'
    """)
    made = await job.commit()
    listed = await git("ls-tree", "-r", "-z", "--name-only", made.sha, git_dir=job.git_dir)
    assert set(listed.split(b"\0")) == {
        b"", b"-rf", b":(glob)*", b"README.md", b"back\\slash", b"latin-\xe9", b"new\nline",
    }  # fmt: skip


async def test_a_name_that_is_git_on_other_systems_is_refused(job):
    job.agent("mkdir -p 'GIT~1'; touch 'GIT~1/config'")
    with pytest.raises(Refused, match="Git could not take the files as they are"):
        await job.commit()


async def test_what_is_kept_is_in_the_mirror_and_survives_the_workspace(job, origin):
    job.agent("echo changed > README.md")
    made = await job.commit()
    assert not await job.mirror.has(made.sha)
    await keep(job.mirror, made, "job-7")
    assert await job.mirror.has(made.sha)
    assert await job.mirror.job_head("job-7") == made.sha
    origin.run("commit", "--quiet", "--amend", "--message", "rewritten")
    origin.run("push", "--quiet", "--force", str(origin.path), "HEAD:main")
    await job.mirror.fetch(origin.url, None)
    await git("gc", "--prune=now", "--quiet", git_dir=job.mirror.path)
    assert await job.mirror.has(made.sha)
    assert await job.mirror.has(job.base)
    await job.mirror.forget("job-7")
    assert await job.mirror.job_head("job-7") is None


async def test_a_base_that_is_not_here_is_not_found(job):
    with pytest.raises(NotFound, match="is not in the repository any more"):
        await job.commit("0" * 40)


async def one_file(job, mirror, base, path=".github/handoff.yml"):
    return await commit_file(
        path,
        b"checks: []\n",
        mirror=mirror,
        git_dir=job.git_dir,
        base_sha=base,
        message="Say how\n",
        author_name="handoff[bot]",
        author_email="handoff@example.com",
        at=datetime(2026, 11, 20, tzinfo=UTC),
    )


async def test_one_file_of_ours_is_committed_without_a_checkout(job, mirror):
    made = await one_file(job, mirror, job.base)
    assert (await job.files(made.sha)) == {
        ".github/handoff.yml": b"checks: []\n",
        "README.md": b"hello\n",
        "src/dates.py": b"def parse(text):\n    return text\n",
    }
    assert (made.parent, (await one_file(job, mirror, job.base)).sha) == (job.base, made.sha)


@pytest.mark.parametrize("kind", ["link", "file"])
async def test_what_is_in_the_way_of_our_file_is_refused_and_never_followed(
    origin, mirror, job, tmp_path, kind
):
    outside = tmp_path / "outside"
    outside.mkdir()
    if kind == "link":
        (origin.tree / ".github").symlink_to(outside)
    else:
        (origin.tree / ".github").write_text("no folder\n")
    base = origin.commit({"notes.txt": "seen\n"})
    await mirror.fetch(origin.url, None)

    with pytest.raises(Refused, match=r"`\.github/handoff\.yml` cannot be added"):
        await one_file(job, mirror, base)
    assert list(outside.iterdir()) == []
