"""Signed commits through the door, against the pretend GitHub over real HTTP and real git."""

import asyncio
import os

import pytest

from app.domain.errors import Conflict, NotAllowed
from app.github.failures import Unprocessable
from app.github.signed import TREE_BYTES_MAX, FileChange
from tests.github.practice import BRANCH
from tests.world.repository import FILES

BINARY = bytes(range(256))


async def git(world, *arguments):
    """Ask the hub's own repository."""
    path = (await world.hub.state("acme/clock"))["path"]
    process = await asyncio.create_subprocess_exec(
        "git",
        "-C",
        path,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "HOME": path},
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output


async def main(world):
    return await world.clock.code.head("main")


async def test_a_rule_for_signatures_is_seen_where_it_is_in_force(world):
    signed = world.clock.signed
    assert not await signed.requires_signatures(BRANCH)
    await world.act("require_signatures", branch="handoff/*")
    assert await signed.requires_signatures(BRANCH)
    assert not await signed.requires_signatures("main")
    await world.act("drop_signatures")
    assert not await signed.requires_signatures(BRANCH)


async def test_a_commit_has_exactly_the_changes_and_is_verified(world):
    parent = await main(world)
    changes = [
        FileChange(path="clock.py", content=b"HOURS = 24\r\n"),
        FileChange(path="README.md"),
        FileChange(path="bin/run", mode="100755", content=b"#!/bin/sh\n"),
        FileChange(path="link", mode="120000", content=b"clock.py"),
        FileChange(path="data.bin", content=BINARY),
        FileChange(path="empty", content=b""),
        FileChange(path="ünï/a b.txt", content="Grüße, ohne Zeilenende".encode()),
    ]
    message = "Tell hours\n\nAssisted-by: somebody\n"
    sha = await world.clock.signed.write_commit(BRANCH, parent_sha=parent, message=message, changes=changes)
    assert await world.clock.code.head(BRANCH) == sha
    assert (await git(world, "rev-parse", f"{sha}^")).decode().strip() == parent
    listed = (
        await git(
            world, "-c", "core.quotePath=false", "ls-tree", "-r", "-z", "--format=%(objectmode) %(path)", sha
        )
    ).decode()
    assert sorted(listed.strip("\0").split("\0")) == [
        "100644 .github/handoff.yml",
        "100644 clock.py",
        "100644 data.bin",
        "100644 empty",
        "100644 test_clock.py",
        "100644 ünï/a b.txt",
        "100755 bin/run",
        "120000 link",
    ]
    for change in changes:
        if change.content is not None:
            assert await git(world, "cat-file", "blob", f"{sha}:{change.path}") == change.content
    author, committer, text = (
        (await git(world, "log", "-1", "--format=%an%x00%cn%x00%B", sha)).decode().split("\0")
    )
    assert (author, committer, text.strip()) == ("handoff[bot]", "GitHub", message.strip())
    seen = await world.clock.place.get(dict, lambda kit: kit.rest.git.async_get_commit("acme", "clock", sha))
    assert seen["verification"]["verified"] is True


async def test_a_second_commit_goes_on_top_and_a_second_call_finds_the_first(world):
    signed, parent = world.clock.signed, await main(world)
    asked = {"parent_sha": parent, "message": "One", "changes": [FileChange(path="a", content=b"1\n")]}
    one = await signed.write_commit(BRANCH, **asked)
    assert await signed.write_commit(BRANCH, **asked) == one
    two = await signed.write_commit(
        BRANCH, parent_sha=one, message="Two", changes=[FileChange(path="a", content=b"2\n")]
    )
    assert await world.clock.code.head(BRANCH) == two
    assert (await git(world, "rev-list", "--count", f"{parent}..{two}")).decode().strip() == "2"


async def test_somebody_who_was_faster_is_not_overwritten(world):
    parent = await main(world)
    pushed = (await world.act("push", branch=BRANCH, files={"ada.py": "1\n"}))["after"]
    with pytest.raises(Conflict, match=BRANCH):
        await world.clock.signed.write_commit(
            BRANCH, parent_sha=parent, message="Mine", changes=[FileChange(path="a", content=b"1\n")]
        )
    assert await world.clock.code.head(BRANCH) == pushed


async def test_somebody_who_is_faster_in_the_last_moment_is_not_overwritten_either(world):
    signed, parent = world.clock.signed, await main(world)
    one = await signed.write_commit(
        BRANCH, parent_sha=parent, message="One", changes=[FileChange(path="a", content=b"1\n")]
    )
    hold = await world.hub.hold("git/refs/heads", method="PATCH")
    writing = asyncio.create_task(
        signed.write_commit(
            BRANCH, parent_sha=one, message="Two", changes=[FileChange(path="a", content=b"2\n")]
        )
    )
    await world.hub.held(hold)
    pushed = (await world.act("push", branch=BRANCH, files={"ada.py": "1\n"}))["after"]
    await world.hub.release(hold)
    with pytest.raises(Conflict, match="in the meantime"):
        await writing
    assert await world.clock.code.head(BRANCH) == pushed


async def test_where_signatures_are_asked_for_ours_passes(world):
    await world.act("require_signatures")
    sha = await world.clock.signed.write_commit(
        BRANCH,
        parent_sha=await main(world),
        message="Mine",
        changes=[FileChange(path="clock.py", content=FILES["clock.py"].encode() + b"\n\nHOURS = 24\n")],
    )
    opened = await world.clock.pulls.open_draft(title="Dates", body="", head=BRANCH, base="main")
    assert opened.head_sha == sha
    await world.clock.pulls.mark_ready(opened.node_id)
    await world.act("merge", number=opened.number)
    assert (await world.clock.pulls.get(opened.number)).merged


async def test_an_unsigned_commit_is_refused_there_by_a_ref_too(world):
    unsigned = (await world.act("push", branch="elsewhere", files={"a": "1\n"}))["after"]
    await world.act("delete_branch", branch="elsewhere")
    await world.act("require_signatures", branch="handoff/*")
    with pytest.raises(Unprocessable, match="verified signatures"):
        await world.clock.signed._move(BRANCH, unsigned, begun=False)
    assert await world.clock.code.head(BRANCH) is None


async def test_a_path_that_is_not_there_cannot_be_deleted(world):
    with pytest.raises(Unprocessable):
        await world.clock.signed.write_commit(
            BRANCH, parent_sha=await main(world), message="m", changes=[FileChange(path="gone")]
        )


async def test_a_workflow_needs_a_permission_that_we_do_not_have(world):
    change = FileChange(path=".github/workflows/ci.yml", content=b"on: push\n")
    with pytest.raises(NotAllowed):
        await world.clock.signed.write_commit(
            BRANCH, parent_sha=await main(world), message="m", changes=[change]
        )


async def test_a_file_may_become_a_folder_and_much_text_goes_in_parts(world):
    changes = [
        FileChange(path="README.md/inside", content=b"x\n"),
        FileChange(path="README.md"),
        *(FileChange(path=f"big/{n}", content=b"x" * (TREE_BYTES_MAX // 2)) for n in range(3)),
        FileChange(path="huge", content=b"y" * (TREE_BYTES_MAX + 1)),
    ]
    sha = await world.clock.signed.write_commit(
        BRANCH, parent_sha=await main(world), message="Much", changes=changes
    )
    assert await git(world, "cat-file", "blob", f"{sha}:README.md/inside") == b"x\n"
    assert int(await git(world, "cat-file", "-s", f"{sha}:huge")) == TREE_BYTES_MAX + 1
    log = await world.hub.log()
    assert sum(entry["path"].endswith("/git/trees") for entry in log) == 3
    assert sum(entry["path"].endswith("/git/blobs") for entry in log) == 1
