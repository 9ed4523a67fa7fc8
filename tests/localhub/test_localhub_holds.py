import asyncio
import os
import signal

import httpx
import pytest


async def _count(world, number):
    return len((await world.control.state(world.repository))["issues"][str(number)]["comment_list"])


@pytest.fixture
async def number(world):
    return (await world.control.act("ada", "open_issue", world.repository, title="t"))["number"]


async def _say(world, number, text="held"):
    return await world.rest("POST", f"/issues/{number}/comments", {"body": text})


async def test_the_nth_request_is_held_before_its_work(world, number):
    hold = await world.control.hold("/comments$", method="POST", nth=2)
    assert (await _say(world, number, "first")).status_code == 201
    second = asyncio.create_task(_say(world, number))
    held = await world.control.held(hold)
    assert (held["state"], held["method"], held["seen"]) == ("reached", "POST", 2)
    assert await _count(world, number) == 1
    await world.control.release(hold)
    assert (await second).status_code == 201
    assert await _count(world, number) == 2


async def test_a_request_is_held_after_its_work_and_then_cut(world, number):
    hold = await world.control.hold("/comments$", method="POST", after=True)
    saying = asyncio.create_task(_say(world, number))
    assert (await world.control.held(hold))["state"] == "reached"
    assert await _count(world, number) == 1
    assert (await world.control.drop(hold))["state"] == "dropped"
    with pytest.raises(httpx.TransportError):
        await saying
    assert await _count(world, number) == 1


async def test_a_request_that_is_cut_before_its_work_does_nothing(world, number):
    hold = await world.control.hold("/comments$", method="POST")
    saying = asyncio.create_task(_say(world, number))
    await world.control.held(hold)
    await world.control.drop(hold)
    with pytest.raises(httpx.TransportError):
        await saying
    assert await _count(world, number) == 0


async def test_a_hold_that_nothing_reaches_says_so(world):
    hold = await world.control.hold("/never$")
    assert (await world.control.held(hold, seconds=0.1))["state"] == "waiting"


async def test_the_rest_of_the_world_goes_on_meanwhile(world, number):
    hold = await world.control.hold("/comments$", method="POST")
    saying = asyncio.create_task(_say(world, number))
    await world.control.held(hold)
    assert (await world.rest("GET", f"/issues/{number}")).status_code == 200
    await world.control.act("ada", "comment", world.repository, number=number, body="meanwhile")
    await world.control.release(hold)
    await saying
    assert await _count(world, number) == 2


@pytest.mark.parametrize("lands", [False, True])
async def test_who_pushes_can_be_killed_just_before_or_just_after_the_push_lands(world, tmp_path, lands):
    await world.git("clone", "-q", f"{world.url}/{world.repository}.git", "work", cwd=tmp_path)
    hold = await world.control.hold("git-receive-pack$", method="POST", after=lands)
    pushing = await world.start_git("push", "origin", "HEAD:refs/heads/fix", cwd=tmp_path / "work")
    assert (await world.control.held(hold))["state"] == "reached"
    assert ("refs/heads/fix" in (await world.control.state(world.repository))["refs"]) is lands
    os.killpg(pushing.pid, signal.SIGKILL)
    await pushing.communicate()
    await world.control.drop(hold)
    assert ("refs/heads/fix" in (await world.control.state(world.repository))["refs"]) is lands


async def test_a_hold_finds_a_graphql_operation(world):
    hold = await world.control.hold("^/graphql:viewer$")
    asking = asyncio.create_task(world.rest("POST", "//graphql", {"query": "{ viewer { login } }"}))
    assert (await world.control.held(hold))["state"] == "reached"
    await world.control.release(hold)
    assert (await asking).json()["data"]["viewer"]["login"] == "handoff"
