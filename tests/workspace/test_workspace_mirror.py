"""The mirror of a repository and the checkouts made from it."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.errors import Defect, NotFound, RateLimited, Refused, TryAgain, Unreachable
from workers.workspace.checkout import check_out
from workers.workspace.git import git
from workers.workspace.locks import locked
from workers.workspace.mirror import Mirror

TOKEN = "ghs_token-for-tests"


async def test_a_fetch_follows_the_remote_and_keeps_what_jobs_made(origin, mirror):
    first = origin.commit({"a": "1"}, branch="feature")
    await mirror.fetch(origin.url, None)
    assert (await mirror.branches()).keys() == {"main", "feature"}
    await git("update-ref", "refs/jobs/job-7", first, git_dir=mirror.path)
    origin.run(
        "push", "--quiet", str(origin.path), ":feature", "HEAD:refs/heads/feature/deeper", "HEAD:refs/tags/v1"
    )
    second = origin.commit({"a": "2"})
    await mirror.fetch(origin.url, None)
    assert (await mirror.branches()).keys() == {"main", "feature/deeper"}
    assert await mirror.head_of("main") == second
    assert await mirror.job_head("job-7") == first
    assert await git("rev-parse", "refs/tags/v1", git_dir=mirror.path) == f"{first}\n".encode()


async def test_the_head_of_a_pull_request_is_fetched_on_demand(origin, mirror):
    sha = origin.commit({"fork.py": "x"}, branch="from-a-fork")
    origin.run("push", "--quiet", str(origin.path), ":from-a-fork", f"{sha}:refs/pull/9/head")
    await mirror.fetch(origin.url, None)
    assert not await mirror.has(sha)
    await mirror.fetch(origin.url, None, pulls=[9])
    assert await mirror.has(sha)


async def test_an_empty_repository_is_refused_with_what_to_do(mirror, tmp_path):
    await git("init", "--quiet", "--bare", str(tmp_path / "empty.git"))
    with pytest.raises(Refused, match="The repository is empty: push a first commit"):
        await mirror.fetch(f"file://{tmp_path}/empty.git", None)


async def test_what_is_not_there_is_not_found(origin, mirror, tmp_path):
    await mirror.fetch(origin.url, None)
    with pytest.raises(NotFound, match="no branch nope"):
        await mirror.head_of("nope")
    for sha in ("0" * 40, "main", "HEAD", "--all", ""):
        assert not await mirror.has(sha)
    with pytest.raises(NotFound):
        await check_out(mirror, "0" * 40, tmp_path / "workspace")
    with pytest.raises(NotFound, match="The repository was not found"):
        await mirror.fetch(f"file://{tmp_path}/gone.git", None)


@pytest.mark.parametrize("name", ["..", ".", "a/b", "", "-x y"])
def test_a_name_that_is_no_name_makes_no_mirror(tmp_path, name):
    with pytest.raises(Defect):
        Mirror.of(tmp_path, "acme", name)


async def test_the_token_goes_to_its_host_and_into_no_file_or_argument(server, mirror):
    await mirror.fetch(server.url, TOKEN)
    assert await mirror.head_of("main")
    assert {password for _, password in server.asked} == {"", TOKEN}
    for path in mirror.path.parent.rglob("*"):
        assert path.is_dir() or TOKEN.encode() not in path.read_bytes()


async def test_a_redirect_to_another_host_is_not_told_the_token(server, other_server, mirror):
    server.redirect = other_server.url.removesuffix("/origin.git")
    with pytest.raises(Refused):
        await mirror.fetch(server.url, TOKEN)
    assert other_server.asked
    assert TOKEN not in str(other_server.asked)


async def test_a_wrong_token_is_said_to_be_a_matter_of_access(server, mirror):
    with pytest.raises(Refused, match="did not accept the App's access"):
        await mirror.fetch(server.url, "ghs_wrong")
    with pytest.raises(Refused, match="did not accept the App's access"):
        await mirror.fetch(server.url, None)


@pytest.mark.parametrize(
    ("status", "error"),
    [(403, Refused), (404, NotFound), (429, RateLimited), (500, Unreachable), (502, Unreachable)],
)
async def test_answers_of_the_server_are_sorted_by_who_must_act(server, mirror, status, error):
    server.status = status
    with pytest.raises(error):
        await mirror.fetch(server.url, TOKEN)


async def test_a_server_that_is_not_there_is_unreachable(mirror):
    with pytest.raises(Unreachable):
        await mirror.fetch("http://127.0.0.1:9/acme/widgets.git", TOKEN)
    with pytest.raises(Unreachable):
        await mirror.fetch("http://nowhere.invalid/acme/widgets.git", TOKEN)


async def test_a_url_cannot_name_a_program(mirror, tmp_path):
    with pytest.raises(Defect, match="transport 'ext' not allowed"):
        await mirror.fetch(f"ext::sh -c touch% {tmp_path}/canary", None)
    assert not (tmp_path / "canary").exists()


async def test_fetches_of_one_mirror_take_turns(origin, mirror):
    await asyncio.gather(*(mirror.fetch(origin.url, None) for _ in range(4)))
    assert (await mirror.branches()).keys() == {"main"}


async def test_locks_of_a_git_that_died_are_waited_for_and_then_cleared(origin, mirror):
    await mirror.fetch(origin.url, None)
    origin.commit({"README.md": "newer\n"})
    lock = mirror.path / "refs" / "heads" / "main.lock"
    lock.touch()
    with pytest.raises(TryAgain, match="holds a lock"):
        await mirror.fetch(origin.url, None)
    os.utime(lock, (0, 0))
    await mirror.fetch(origin.url, None)
    assert await mirror.head_of("main") == origin.head("main")


async def test_a_fetch_that_is_cancelled_does_not_stand_in_the_way_of_the_next(origin, mirror, server):
    await mirror.fetch(origin.url, None)
    origin.commit({"README.md": "newer\n"})
    server.hold.set()
    fetching = asyncio.create_task(mirror.fetch(server.url, TOKEN))
    await asyncio.to_thread(server.held.wait, 20)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    server.hold.clear()
    assert list(mirror.path.rglob("*.lock")) == []
    await mirror.fetch(server.url, TOKEN)
    assert await mirror.head_of("main") == origin.head("main")


async def test_a_pull_request_without_a_branch_is_not_found(origin, mirror):
    with pytest.raises(NotFound, match="no branch on GitHub any more"):
        await mirror.fetch(origin.url, None, pulls=[404])


async def test_a_mirror_can_be_read_by_a_cage_whatever_our_umask(origin, mirror):
    before = os.umask(0o077)
    try:
        await mirror.fetch(origin.url, None)
    finally:
        os.umask(before)
    for path in (mirror.objects, *mirror.objects.rglob("*")):
        assert path.stat().st_mode & 0o044 == 0o044


async def test_a_lock_ends_with_the_process_that_held_it(tmp_path):
    path = tmp_path / "mirror.lock"
    script = "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); time.sleep(600)"
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", script, path, stdout=subprocess.PIPE)
    assert await holder.stdout.readline() == b"held\n"
    with pytest.raises(TryAgain, match=r"mirror\.lock was held by another process"):
        async with locked(path, 0.1):
            pass
    holder.kill()
    async with locked(path, 20):
        pass
    await holder.wait()


async def test_a_checkout_is_exactly_one_commit_and_shares_the_mirrors_objects(origin, mirror, tmp_path):
    await mirror.fetch(origin.url, None)
    old = await mirror.head_of("main")
    origin.commit({"README.md": "newer\n"})
    await mirror.fetch(origin.url, None)
    folder = await check_out(mirror, old, tmp_path / "run" / "workspace")
    assert (folder / "README.md").read_text() == "hello\n"
    assert origin.run("-C", str(folder), "rev-parse", "HEAD") == old
    assert origin.run("-C", str(folder), "status", "--porcelain") == ""
    assert origin.run("-C", str(folder), "remote") == ""
    assert origin.run("-C", str(folder), "log", "-1", "--format=%s", "origin/main") == "change README.md"
    assert (folder / ".git/objects/info/alternates").read_text().strip() == str(mirror.objects)
    assert not list((folder / ".git").glob("hooks/*"))


async def test_a_checkout_runs_no_filter_that_its_attributes_ask_for(origin, mirror, tmp_path):
    sha = origin.commit(
        {".gitattributes": "* filter=lfs diff=lfs merge=lfs -text\n", "big.bin": "version https://git-lfs\n"}
    )
    await mirror.fetch(origin.url, None)
    folder = await check_out(mirror, sha, tmp_path / "workspace")
    assert (folder / "big.bin").read_text() == "version https://git-lfs\n"


async def test_git_inherits_neither_our_environment_nor_the_users_configuration(origin, mirror, tmp_path):
    await mirror.fetch(origin.url, None)
    said = (await git("config", "--list", "--show-scope", git_dir=mirror.path)).decode().splitlines()
    assert {line.split("\t")[0] for line in said} == {"local", "command"}
    assert all(os.fsdecode(value) for value in said)
    with pytest.raises(Defect, match="git rev-parse ended with 128"):
        await git("rev-parse", "HEAD", cwd=Path(tmp_path))


async def test_git_that_takes_too_long_is_ended_with_its_children(origin, mirror, tmp_path):
    await mirror.fetch(origin.url, None)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(TryAgain, match="git hash-object took longer"):
        await git("hash-object", str(tmp_path / "pipe"), git_dir=mirror.path, timeout_seconds=0.3)
