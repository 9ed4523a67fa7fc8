"""Registering an App from a manifest as GitHub does it: what it wants of one, and the code that works once."""

import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from localhub.client import HubControl
from localhub.loopback import loopback_client
from localhub.serve import running_hub

MANIFEST: dict[str, Any] = {
    "name": "Helper",
    "url": "https://example.com",
    "redirect_url": "http://localhost:1/back?from=github",
    "hook_attributes": {"url": "https://example.com/hook", "active": False},
    "setup_url": "http://localhost:1/installed",
    "public": False,
    "default_permissions": {"issues": "write", "contents": "read"},
    "default_events": ["issues", "push"],
}
PAGES = {"Accept": "text/html"}


@dataclass(frozen=True)
class World:
    """A hub with one person and one repository, and no App yet."""

    control: HubControl
    client: httpx.AsyncClient


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with (
        running_hub(tmp_path / "hub") as running,
        HubControl(running.url) as control,
        loopback_client(30, running.url) as client,
    ):
        await control.add_user("ada")
        await control.add_repository("acme/clock")
        yield World(control, client)
        assert await control.log(problems=True) == []


async def send(world: World, manifest: Any, path: str = "/settings/apps/new") -> Any:
    text = manifest if isinstance(manifest, str) else json.dumps(manifest)
    return await world.client.post(
        f"{path}?state=s1",
        data={"manifest": text},
        headers={**PAGES, "Origin": "http://localhost:1", "Sec-Fetch-Site": "cross-site"},
    )


async def create(world: World, name: str = "Helper", **changed: Any) -> Any:
    fields = {"manifest": json.dumps({**MANIFEST, **changed}), "state": "s1", "name": name}
    return await world.client.post("/settings/apps/create", data=fields, headers=PAGES)


def code_of(answer: Any) -> str:
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


async def test_the_page_shows_what_is_asked_for_and_makes_nothing(world: World):
    answer = await send(world, MANIFEST)
    assert answer.status_code == 200
    assert re.search(r"issues: <b>write</b>", answer.text)
    assert "none, switched off" in answer.text
    assert [app["slug"] for app in (await world.control.state())["apps"]] == []


async def test_the_button_leads_back_with_a_code_that_works_once(world: World):
    answer = await create(world)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("http://localhost:1/back?from=github&code=")
    assert answer.headers["location"].endswith("&state=s1")

    told = await world.client.post(f"/app-manifests/{code_of(answer)}/conversions")
    assert told.status_code == 201
    app = told.json()
    assert (app["slug"], app["permissions"]) == (
        "helper",
        {"metadata": "read", "issues": "write", "contents": "read"},
    )
    assert app["pem"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert len(app["client_secret"]) == 40
    again = await world.client.post(f"/app-manifests/{code_of(answer)}/conversions")
    assert again.status_code == 404


async def test_the_key_is_the_apps(world: World):
    app = (await world.client.post(f"/app-manifests/{code_of(await create(world))}/conversions")).json()
    now = int(time.time())
    proof = jwt.encode(
        {"iat": now - 60, "exp": now + 500, "iss": app["client_id"]}, app["pem"], algorithm="RS256"
    )
    answer = await world.client.get("/app", headers={"Authorization": f"Bearer {proof}"})
    assert answer.json()["name"] == "Helper"


async def test_a_name_that_is_taken_is_asked_for_again(world: World):
    await create(world)
    answer = await create(world)
    assert answer.status_code == 422
    assert "Name is already taken." in answer.text
    assert (await create(world, "x" * 35)).status_code == 422
    assert (await create(world, "Another")).status_code == 302


async def test_a_manifest_that_github_would_refuse_is_refused(world: World):
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"colour": "red"}, "colour is not a key of a manifest"),
        ({"redirect_url": "/back"}, "redirect_url is no web address"),
        ({"hook_attributes": {"active": False}}, "hook url is no web address"),
        ({"default_events": ["pull_request"]}, "event pull_request is not supported by the permissions"),
        ({"default_permissions": {"issue": "write"}, "default_events": []}, "is not a permitted key"),
        ({"callback_urls": ["http://localhost:1/"] * 11}, "there are too many callback urls"),
    ]
    for changed, said in wrong:
        answer = await send(world, {**MANIFEST, **changed})
        assert answer.status_code == 422
        assert said in answer.text.replace("&#34;", '"')


async def test_what_is_no_manifest_is_refused(world: World):
    for text in ("", "[]", "{"):
        assert (await send(world, text)).status_code == 422


async def test_an_organization_must_be_there(world: World):
    path = "/organizations/acme-corp/settings/apps/new"
    assert (await send(world, MANIFEST, path)).status_code == 404
    await world.control.add_user("acme-corp", type="Organization")
    answer = await send(world, MANIFEST, path)
    assert "Create GitHub App for acme-corp" in answer.text


async def test_only_the_proposal_may_come_from_another_site(world: World):
    fields = {"manifest": json.dumps(MANIFEST), "state": "s1", "name": "Helper"}
    answer = await world.client.post(
        "/settings/apps/create", data=fields, headers={**PAGES, "Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


async def test_a_private_app_is_installed_on_its_owners_account_only(world: World):
    app = (await world.client.post(f"/app-manifests/{code_of(await create(world))}/conversions")).json()
    page = await world.client.get(f"/apps/{app['slug']}/installations/new", headers=PAGES)
    assert "acme/clock" not in page.text
    answer = await world.client.post(
        f"/apps/{app['slug']}/installations", data={"account": "acme", "selection": "all"}, headers=PAGES
    )
    assert answer.status_code == 404


async def test_installing_leads_to_where_the_app_wants_people(world: World):
    app = (await world.client.post(f"/app-manifests/{code_of(await create(world))}/conversions")).json()
    path, account = f"/apps/{app['slug']}/installations", app["owner"]["login"]
    nothing = await world.client.post(path, data={"account": account, "selection": "selected"}, headers=PAGES)
    assert nothing.status_code == 422
    answer = await world.client.post(path, data={"account": account, "selection": "all"}, headers=PAGES)
    assert re.fullmatch(
        r"http://localhost:1/installed\?installation_id=\d+&setup_action=install", answer.headers["location"]
    )
    assert app["name"] in (await world.client.get(f"/apps/{app['slug']}", headers=PAGES)).text
