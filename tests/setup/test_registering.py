"""Setting up as a person does it: from the link in the terminal to an App that is registered and installed."""

import logging
import re
import stat
import tomllib
from pathlib import Path

import pytest
import yaml

from app.config.registration import registration_of
from app.web.setup.permissions import in_plain_words
from tests.setup.world import SettingUp


async def test_from_the_link_to_an_app_that_is_registered(world: SettingUp):
    await world.to_github()
    await world.browser.send("/settings/apps/create")

    assert world.browser.answer.status_code == 200
    assert "Handoff of ada is registered" in world.browser.page.text
    app = world.hub.world.app_by_slug("handoff-of-ada")
    found = registration_of(world.data)
    assert app is not None
    assert found is not None
    assert (found.app_id, found.slug, found.client_id) == (app.id, app.slug, app.client_id)
    assert (found.owner, found.html_url) == ("ada", f"{world.hub.url}/apps/handoff-of-ada")
    await world.ended()
    assert [entry["problems"] for entry in world.hub.log.entries()] == [[]]


async def test_secrets_are_files_that_only_we_may_read(world: SettingUp):
    await world.to_github()
    await world.browser.send("/settings/apps/create")

    app = world.hub.world.app_by_slug("handoff-of-ada")
    assert app is not None
    assert (world.secrets / "webhook-secret").read_text().strip() == app.webhook_secret
    assert (world.secrets / "client-secret").read_text().strip() == app.client_secret
    assert "PRIVATE KEY-----" in (world.secrets / "private-key.pem").read_text()
    kept = [world.data, world.secrets, *world.secrets.iterdir()]
    kept += [world.data / "registration.json", world.data / "handoff.toml"]
    assert {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in kept} == {
        "data": "0o700",
        "secrets": "0o700",
        "private-key.pem": "0o600",
        "webhook-secret": "0o600",
        "client-secret": "0o600",
        "registration.json": "0o600",
        "handoff.toml": "0o600",
    }


async def test_no_secret_is_on_the_page_or_in_what_is_said(
    world: SettingUp, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    token = world.link.partition("token=")[2]
    await world.to_github()
    back = await world.come_back()
    await world.browser.open(back)
    await world.ended()

    kept = {path.name: path.read_text().strip() for path in world.secrets.iterdir()}
    shown = world.browser.answer.text
    assert [name for name, secret in kept.items() if secret in shown or secret in caplog.text] == []
    code = back.partition("code=")[2].partition("&")[0]
    ours = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("httpcore")
    )
    assert token not in ours.replace(f"GET {world.link}", "")
    assert code
    assert kept["private-key.pem"] not in ours


async def test_the_app_may_be_an_organizations(world: SettingUp):
    await world.to_github(account="organization", organization="acme", name="Handoff of acme")
    assert world.browser.url.startswith(f"{world.hub.url}/organizations/acme/settings/apps/new?state=")
    await world.browser.send("/settings/apps/create")

    found = registration_of(world.data)
    assert found is not None
    assert found.owner == "acme"


async def test_the_person_may_choose_another_name_at_github(world: SettingUp):
    await world.to_github()
    await world.browser.send("/settings/apps/create", name="Ada's Helper")

    found = registration_of(world.data)
    assert found is not None
    assert (found.name, found.slug) == ("Ada's Helper", "ada-s-helper")


async def test_the_proposed_name_is_another_one_every_time(world: SettingUp):
    await world.browser.open(world.link)
    assert re.fullmatch(r"Handoff-[0-9a-f]{4}", world.browser.page.forms[0].fields["name"])


async def test_the_app_is_private_and_deliveries_are_off_without_a_public_address(world: SettingUp):
    await world.browser.open(world.link)
    assert "I ask GitHub for news every minute" in world.browser.page.text
    await world.browser.send("/setup/register", agent="claude")

    asked = yaml.safe_load((Path(__file__).parents[2] / "app.yml").read_text())
    told = world.manifest()
    assert told["public"] is False
    assert told["hook_attributes"] == {"url": "https://example.com/webhooks/github", "active": False}
    assert told["redirect_url"] == f"{world.base}/setup/registered"
    assert told["setup_url"] == f"{world.base}/setup/done"
    assert told["default_permissions"] == asked["default_permissions"]
    assert told["default_events"] == asked["default_events"]


async def test_every_permission_is_explained_before_it_is_asked_for(world: SettingUp):
    await world.browser.open(world.link)
    await world.browser.send("/setup/register", agent="claude")
    for sentence in (
        "See which repositories it is installed on",
        "It never pushes to your default branch",
        "Read issues, comment on them",
        "It never approves or merges",
        "Show the result of its checks",
    ):
        assert sentence in world.browser.page.text
    asked = yaml.safe_load((Path(__file__).parents[2] / "app.yml").read_text())["default_permissions"]
    assert [each for each in in_plain_words(asked) if ": write." in each or ": read." in each] == []


async def test_the_chosen_agent_is_a_setting_afterwards(world: SettingUp):
    line = 'my-agent --say "hello" {brief}'
    await world.to_github(agent="own", agent_line=line, model_url="http://127.0.0.1:11434")
    await world.browser.send("/settings/apps/create")

    chosen = {"agent": line, "model_url": "http://127.0.0.1:11434"}
    assert tomllib.loads((world.data / "handoff.toml").read_text()) == chosen


async def test_what_the_settings_file_says_already_stays(world: SettingUp):
    (world.data / "handoff.toml").write_text('label = "robot"\n')
    (world.data / "handoff.toml").chmod(0o600)
    await world.to_github()
    await world.browser.send("/settings/apps/create")

    assert tomllib.loads((world.data / "handoff.toml").read_text()) == {"agent": "claude", "label": "robot"}


async def test_installing_it_leads_back_to_us(world: SettingUp):
    await world.to_github()
    await world.browser.send("/settings/apps/create")
    await world.ended()

    await world.browser.open(f"{world.hub.url}/apps/handoff-of-ada/installations/new")
    assert "ada/clock" in world.browser.page.text
    assert "acme/site" not in world.browser.page.text, "a private App is for its owner's account only"
    repository = world.hub.world.repository("ada", "clock")
    assert repository is not None
    world.browser.client.follow_redirects = False
    answer = await world.browser.send("/installations", **{f"repository_{repository.id}": "1"})

    (installation,) = world.hub.world.installations.values()
    assert answer.headers["location"] == (
        f"{world.base}/setup/done?installation_id={installation.id}&setup_action=install"
    )
    assert installation.repository_ids == {repository.id}
