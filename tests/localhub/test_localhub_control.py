import asyncio
import json
import signal
import sys

import httpx
import pytest

from localhub.client import ControlRefused, HubControl

BEYOND_THEIR_ROLE = [
    ("mallory", {"do": "label", "label": "handoff"}, "triage"),
    ("bert", {"do": "push", "files": {"a": "1"}}, "write"),
    ("mallory", {"do": "edit_issue", "body": "changed"}, "write"),
    ("bert", {"do": "merge"}, "write"),
    ("ada", {"do": "set_role", "login": "bert", "role": "admin"}, "admin"),
]


async def test_people_can_do_only_what_their_role_allows(world):
    number = (await world.control.act("ada", "open_issue", world.repository, title="t"))["number"]
    for by, act, role in BEYOND_THEIR_ROLE:
        with pytest.raises(ControlRefused, match=f"needs the {role} role"):
            await world.control.act(by, repository=world.repository, number=number, **act)


async def test_roles_change_and_take_effect(world):
    number = (await world.control.act("ada", "open_issue", world.repository, title="t"))["number"]
    await world.control.act("acme", "set_role", world.repository, login="mallory", role="triage")
    await world.control.act("mallory", "label", world.repository, number=number, label="handoff")
    await world.control.act("acme", "remove_collaborator", world.repository, login="mallory")
    with pytest.raises(ControlRefused):
        await world.control.act("mallory", "unlabel", world.repository, number=number, label="handoff")


async def test_a_wrong_wish_is_explained(world):
    for more, told in [
        ({"by": "ada", "do": "dance"}, "Nobody knows how to dance"),
        ({"by": "nobody", "do": "comment"}, "There is no user nobody"),
        ({"by": "ada", "do": "comment", "number": 99}, "There is no issue 99"),
        ({"by": "ada", "do": "review", "number": 99}, "There is no pull request 99"),
    ]:
        with pytest.raises(ControlRefused, match=told):
            await world.control.act(more.pop("by"), more.pop("do"), world.repository, **more)
    with pytest.raises(ControlRefused, match="There is no repository"):
        await world.control.act("ada", "comment", "acme/nowhere")
    with pytest.raises(ControlRefused, match="extra_forbidden"):
        await world.control.act("ada", "comment", world.repository, boddy="typo")


async def test_the_log_finds_what_breaks_githubs_openapi(world):
    await world.rest("POST", "/issues", {"title": "t", "boddy": "misspelt"})
    await world.rest("GET", "/issues?labls=handoff")
    await world.rest("GET", "/no/such/route")
    problems = await world.control.log(problems=True)
    assert [entry["problems"][0].split(":")[0] for entry in problems] == ["request"] * 3
    await world.control.clear_log()
    assert await world.control.log() == []


async def test_the_log_holds_no_credential(world):
    await world.mint()
    written = json.dumps(await world.control.log())
    assert world.token not in written
    assert "Bearer" not in written
    state = json.dumps(await world.control.state())
    assert world.token not in state
    assert "s3cret" not in state
    assert "PRIVATE KEY" not in state


async def test_after_a_reset_nothing_is_left(world):
    await world.control.reset()
    state = await world.control.state()
    assert (state["repositories"], state["apps"], state["users"]) == ({}, [], [])
    assert (await world.rest("GET", "")).status_code == 401
    await world.control.add_repository(world.repository)
    await world.control.clear_log()


async def test_the_program_serves_a_seeded_world_and_ends_cleanly(tmp_path):
    seed = tmp_path / "seed.json"
    document = {
        "users": [{"login": "ada"}],
        "apps": [{"slug": "handoff", "permissions": {"issues": "write"}}],
        "repositories": [{"owner": "ada", "name": "r", "install_app": "handoff"}],
        "acts": [{"by": "ada", "do": "open_issue", "repository": "ada/r", "title": "Seeded"}],
    }
    seed.write_text(json.dumps(document))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "localhub", "--data", str(tmp_path / "data"), "--seed", str(seed),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    first = json.loads(await process.stdout.readline())
    assert first["url"].startswith("http://127.0.0.1:")
    assert "PRIVATE KEY" in first["made"]["apps"][0]["pem"]
    async with HubControl(first["url"]) as control:
        assert (await control.state("ada/r"))["issues"]["1"]["title"] == "Seeded"
        hold = await control.hold("/meta")
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            asking = asyncio.create_task(client.get(f"{first['url']}/meta"))
            await control.held(hold)
            process.send_signal(signal.SIGTERM)
            with pytest.raises(httpx.TransportError):
                await asking
    _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
