"""What setting up does not let happen: strangers, copied links, codes of somebody else's App, second tries."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.config.registration import registration_of
from app.domain.errors import BadConfiguration, Refused
from tests.setup.browser import Browser
from tests.setup.world import SettingUp, setting_up


def nothing_happened(world: SettingUp) -> bool:
    """No App is registered here, and GitHub's API was not asked for anything."""
    return registration_of(world.data) is None and world.hub.log.entries() == []


@pytest.fixture
async def stranger():
    """Another browser, which has no cookie."""
    browser = Browser()
    yield browser
    await browser.client.aclose()


async def test_without_the_link_there_is_nothing_to_see(world: SettingUp):
    for query in ("", "?token=", "?token=guess"):
        assert (await world.browser.open(f"{world.base}/setup{query}")).status_code == 403
        assert "Stop handoff up with Ctrl-C" in world.browser.page.text.replace("`", "")
        assert world.browser.page.forms == []
    headers = world.browser.answer.headers
    assert (headers["x-frame-options"], headers["cache-control"]) == ("DENY", "no-store")
    assert "server" not in headers


async def test_the_link_opens_once(world: SettingUp, stranger: Browser):
    assert (await world.browser.open(world.link)).status_code == 200
    assert (await stranger.open(world.link)).status_code == 403
    assert (await world.browser.open(world.link)).status_code == 200, "the same browser may open it twice"


async def test_the_token_leaves_the_address_bar(world: SettingUp):
    await world.browser.open(world.link)
    assert world.browser.url == f"{world.base}/setup"


async def test_a_link_is_good_for_an_hour(world: SettingUp):
    world.hours_pass(1.01)
    assert (await world.browser.open(world.link)).status_code == 403


async def test_a_visit_ends_after_an_hour(world: SettingUp):
    await world.browser.open(world.link)
    world.hours_pass(1.01)
    assert (await world.browser.open(f"{world.base}/setup")).status_code == 403
    assert nothing_happened(world)


async def test_the_cookie_cannot_be_read_by_scripts_and_is_not_sent_by_other_sites_forms(world: SettingUp):
    world.browser.client.follow_redirects = False
    cookie = (await world.browser.open(world.link)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_a_form_of_another_page_is_refused(world: SettingUp):
    await world.browser.open(world.link)
    for token in (None, "", "guess"):
        await world.browser.open(f"{world.base}/setup")
        answer = await world.browser.send("/setup/register", agent="claude", form=token)
        assert answer.status_code == 403
        assert world.browser.page.forms == []


async def test_a_stranger_cannot_send_the_form(world: SettingUp, stranger: Browser):
    await world.browser.open(world.link)
    fields = {**world.browser.page.forms[0].fields, "agent": "claude"}
    answer = await stranger.client.post(f"{world.base}/setup/register", data=fields)
    assert answer.status_code == 403


async def test_a_code_without_its_state_is_refused(world: SettingUp):
    """Else anybody could make this browser register an App of theirs."""
    await world.to_github()
    back = await world.come_back()
    code = parse_qs(urlsplit(back).query)["code"][0]
    for query in (f"code={code}", f"code={code}&state=", f"code={code}&state=guess"):
        answer = await world.browser.open(f"{world.base}/setup/registered?{query}")
        assert answer.status_code == 403
        assert "Begin again" in world.browser.page.text
    assert nothing_happened(world)


async def test_a_state_is_bound_to_the_browser_that_went(world: SettingUp, stranger: Browser):
    await world.to_github()
    back = await world.come_back()
    assert (await stranger.open(back)).status_code == 403
    stranger.client.cookies.set("handoff-setup", "guess", domain="localhost.local")
    assert (await stranger.open(back)).status_code == 403
    assert nothing_happened(world)
    assert (await world.browser.open(back)).status_code == 200, "the right browser still can"


async def test_a_state_is_good_once(world: SettingUp):
    await world.to_github()
    back = await world.come_back()
    state = parse_qs(urlsplit(back).query)["state"][0]
    first = await world.browser.open(f"{world.base}/setup/registered?code=unknown&state={state}")
    assert first.status_code == 502
    assert (await world.browser.open(back)).status_code == 403
    assert registration_of(world.data) is None


async def test_a_state_is_void_when_a_later_one_is_given_out(world: SettingUp):
    await world.to_github()
    early = await world.come_back()
    await world.browser.open(f"{world.base}/setup")
    await world.browser.send("/setup/register", agent="claude")
    assert (await world.browser.open(early)).status_code == 403
    assert nothing_happened(world)


async def test_who_takes_more_than_an_hour_at_github_begins_again(world: SettingUp):
    await world.to_github()
    back = await world.come_back()
    world.hours_pass(1.01)
    assert (await world.browser.open(back)).status_code == 403
    assert nothing_happened(world)


async def test_a_return_without_a_code_registers_nothing(world: SettingUp):
    await world.to_github()
    back = await world.come_back()
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert (await world.browser.open(f"{world.base}/setup/registered?state={state}")).status_code == 400
    await world.browser.open(f"{world.base}/setup")
    await world.browser.send("/setup/register", agent="claude")
    state = parse_qs(urlsplit(world.browser.page.forms[0].action).query)["state"][0]
    long = f"{world.base}/setup/registered?code={'x' * 201}&state={state}"
    assert (await world.browser.open(long)).status_code == 400
    assert nothing_happened(world)


async def test_another_name_for_us_is_refused(world: SettingUp):
    port = urlsplit(world.base).port
    for host in ("evil.example", "localhost", f"127.0.0.1:{port}", f"localhost:{port}.evil.example"):
        answer = await world.browser.client.get(world.link, headers={"Host": host})
        assert answer.status_code == 421
        assert world.base.removeprefix("http://") in answer.text
    assert (await world.browser.open(world.link)).status_code == 200, "the link was not used up"


async def test_headers_of_a_proxy_change_no_address(world: SettingUp):
    world.browser.client.headers.update(
        {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    )
    await world.browser.open(world.link)
    await world.browser.send("/setup/register", agent="claude")
    assert "evil.example" not in world.browser.answer.text


async def test_everything_is_gone_once_the_app_is_registered(world: SettingUp):
    await world.to_github()
    back = await world.come_back()
    (world.data / "registration.json").write_text(
        '{"app_id": 1, "slug": "other", "name": "Other", "client_id": "Iv1", "html_url": "http://x/", "owner": "ada"}'
    )
    (world.data / "registration.json").chmod(0o600)
    for answer in (
        await world.browser.open(world.link),
        await world.browser.open(f"{world.base}/setup"),
        await world.browser.open(back),
        await world.browser.client.post(f"{world.base}/setup/register", data={}),
    ):
        assert answer.status_code == 404
    found = registration_of(world.data)
    assert found is not None
    assert found.slug == "other"
    assert world.hub.log.entries() == []


async def test_there_is_nothing_but_setting_up(world: SettingUp):
    for path in ("/", "/docs", "/webhooks/github", "/readyz", "/login", "/setup/done", "/static/handoff.css"):
        assert (await world.browser.open(f"{world.base}{path}")).status_code == 404
    assert (await world.browser.open(f"{world.base}/healthz")).json() == {"status": "setting up"}


async def test_pages_load_nothing_and_send_forms_to_one_place_only(world: SettingUp):
    first = await world.browser.open(world.link)
    second = await world.browser.send("/setup/register", agent="claude")
    policies = [each.headers["content-security-policy"].split("; ") for each in (first, second)]
    assert all("default-src 'none'" in policy and "frame-ancestors 'none'" in policy for policy in policies)
    assert "form-action 'self'" in policies[0]
    assert f"form-action {world.hub.url}" in policies[1]


async def test_a_form_that_cannot_be_meant_is_asked_again(world: SettingUp):
    wishes: list[tuple[dict[str, str | None], str]] = [
        ({"name": ""}, "Give the App a name"),
        ({"name": "x" * 35}, "Give the App a name"),
        ({"account": "organization", "organization": ""}, "Write the organization"),
        ({"account": "organization", "organization": "../settings"}, "Write the organization"),
        ({"agent": None}, "Choose an agent"),
        ({"agent": "own", "agent_line": " "}, "Choose an agent"),
        ({"agent": "own", "agent_line": "a\nb"}, "Choose an agent"),
        ({"model_url": "localhost:11434"}, "Write the whole address"),
        ({"model_url": "http://[::1"}, "Write the whole address"),
    ]
    await world.browser.open(world.link)
    for wish, said in wishes:
        await world.browser.open(f"{world.base}/setup")
        answer = await world.browser.send("/setup/register", **{"agent": "claude", **wish})
        assert answer.status_code == 422, wish
        assert said in world.browser.page.text
        assert world.browser.page.forms[0].fields["organization"] == (wish.get("organization") or "")


async def test_a_form_that_is_too_long_is_not_read(world: SettingUp):
    await world.browser.open(world.link)
    assert (await world.browser.send("/setup/register", name="x" * 30_000)).status_code == 413


async def test_what_a_person_writes_stays_text(world: SettingUp):
    await world.browser.open(world.link)
    await world.browser.send("/setup/register", agent="own", agent_line='"><script>alert(1)</script>\x07')
    assert "<script>alert" not in world.browser.answer.text


async def test_it_does_not_start_where_an_app_is_registered(tmp_path: Path):
    async with setting_up(tmp_path) as world:
        await world.start()
        await world.to_github()
        await world.browser.send("/settings/apps/create")
        await world.ended()
        with pytest.raises(BadConfiguration, match=r"registered in .* already"):
            await world.start()


async def test_a_folder_that_cannot_be_used_is_said_before_anybody_goes_to_github(tmp_path: Path):
    async with setting_up(tmp_path) as world:
        world.data.write_text("a file")
        with pytest.raises((BadConfiguration, Refused), match="HANDOFF_DATA"):
            await world.start()
        assert world.link == ""


async def test_nobody_is_asked_for_an_agent_that_the_settings_name(tmp_path: Path):
    async with setting_up(tmp_path) as world:
        await world.start(agent="my-agent {brief}")
        await world.browser.open(world.link)
        assert "my-agent {brief} , as your settings say" in world.browser.page.text
        await world.browser.send("/setup/register")
        await world.browser.send("/settings/apps/new")
        await world.browser.send("/settings/apps/create")
        assert not (world.data / "handoff.toml").exists()


async def test_with_a_public_address_every_address_is_there(tmp_path: Path):
    """A browser finds us through a proxy, which passes the name on."""
    async with setting_up(tmp_path) as world:
        await world.start(public_url="https://handoff.example.com")
        assert world.link.startswith("https://handoff.example.com/setup?token=")
        port = world.port
        world.browser.client.headers["Host"] = "handoff.example.com"
        world.browser.client.follow_redirects = False
        answer = await world.browser.open(f"http://127.0.0.1:{port}/setup?{urlsplit(world.link).query}")
        kept = answer.headers["set-cookie"]
        assert kept.startswith("__Host-handoff-setup=")
        assert "Secure" in kept
        world.browser.client.headers["Cookie"] = kept.partition(";")[0]
        await world.browser.open(f"http://127.0.0.1:{port}/setup")
        await world.browser.send("/setup/register", agent="claude")

        told = world.manifest()
        assert told["hook_attributes"] == {
            "url": "https://handoff.example.com/webhooks/github",
            "active": True,
        }
        assert told["redirect_url"] == "https://handoff.example.com/setup/registered"
        assert told["callback_urls"] == ["https://handoff.example.com/login/github/callback"]
