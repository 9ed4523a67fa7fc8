"""GitHub says no, or nothing, or the disk does: what a person reads then, and that they can begin again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from app.config.registration import registration_of
from tests.setup.world import SettingUp, setting_up

CONVERSIONS = {"path_regex": "^/app-manifests/"}


async def meets(world: SettingUp, kind: str, **more: Any) -> None:
    await world.people.post("/_hub/faults", {"kind": kind, "match": CONVERSIONS, **more})


async def fails(world: SettingUp, *sentences: str, status: int = 502) -> None:
    """Coming back ends with these sentences, and with the way to begin again."""
    await world.to_github()
    answer = await world.browser.send("/settings/apps/create")
    assert answer.status_code == status
    for sentence in sentences:
        assert sentence in world.browser.page.text
    assert world.browser.page.links["Begin again"] == "/setup"
    assert "app-manifests" not in world.browser.page.text
    assert registration_of(world.data) is None


async def begins_again(world: SettingUp) -> None:
    await world.browser.open(f"{world.base}/setup")
    await world.browser.send("/setup/register", agent="claude", name="Second try")
    await world.browser.send("/settings/apps/new")
    await world.browser.send("/settings/apps/create")
    assert "Second try is registered" in world.browser.page.text


async def test_a_code_that_is_used_up(world: SettingUp):
    await meets(world, "error_before", status=404)
    await fails(world, "it was used already, or it is older than an hour", "delete it there first")
    await begins_again(world)


async def test_a_github_that_fails(world: SettingUp):
    """Whether the code is still good is unknown, so it is not tried twice."""
    await meets(world, "error_after_commit", status=502)
    await fails(world, "did not answer when I asked for its key (it said 502)", "Delete the App on GitHub")
    assert world.asked_github() == ["app-manifests"]
    await begins_again(world)


async def test_a_connection_that_breaks(world: SettingUp):
    await meets(world, "reset_connection")
    await fails(world, "did not answer when I asked for its key", "Delete the App on GitHub")
    await begins_again(world)


async def test_a_rate_limit(world: SettingUp):
    await meets(world, "rate_limit", limit="secondary", headers=True, seconds=60)
    await fails(world, "GitHub's rate limit")


async def test_a_code_that_somebody_else_has_used(world: SettingUp):
    await world.to_github()
    back = await world.come_back()
    code = back.partition("code=")[2].partition("&")[0]
    await world.people.post(f"/app-manifests/{code}/conversions")
    assert (await world.browser.open(back)).status_code == 502
    assert "it was used already" in world.browser.page.text
    assert registration_of(world.data) is None


async def test_a_code_is_good_for_an_hour_at_github(world: SettingUp):
    await world.to_github()
    back = await world.come_back()
    (conversion,) = world.hub.world.conversions.values()
    conversion.expires_at -= timedelta(hours=1)
    assert (await world.browser.open(back)).status_code == 502
    assert "older than an hour" in world.browser.page.text


async def test_an_app_without_a_webhook_secret_gets_one_that_nobody_knows(world: SettingUp):
    """GitHub's description allows it to be null."""
    await world.to_github()
    back = await world.come_back()
    (conversion,) = world.hub.world.conversions.values()
    conversion.webhook_secret = None
    assert (await world.browser.open(back)).status_code == 200
    assert len((world.secrets / "webhook-secret").read_text().strip()) == 64


async def test_keys_that_cannot_be_kept_are_said_to_be_lost(tmp_path: Path):
    async with setting_up(tmp_path) as world:
        await world.start()
        (world.data / "secrets").write_text("in the way")
        await world.to_github()
        answer = await world.browser.send("/settings/apps/create")
        assert answer.status_code == 500
        text = world.browser.page.text
        assert "its keys could not be kept on this machine" in text
        assert "delete the App on GitHub" in text
        assert registration_of(world.data) is None
        (world.data / "secrets").unlink()
        await begins_again(world)


async def test_a_person_who_cannot_be_logged_in_is_registered_all_the_same(tmp_path: Path):
    async with setting_up(tmp_path) as world:
        await world.start(database_url="postgresql://nobody@127.0.0.1:1/nothing")
        await world.to_github()
        await world.browser.send("/settings/apps/create")
        assert "is registered" in world.browser.page.text
        assert registration_of(world.data) is not None
        assert [name for name in world.browser.client.cookies if not name.endswith("-setup")] == []
