"""A person lets an App know who they are: the page, the code, the token, and what the token shows."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

BACK = "http://127.0.0.1:9/login/github/callback"
SECRET = "the client secret"
VERIFIER = "a verifier that is long enough to be one, as the standard wants it"


@pytest.fixture
async def asked(world):
    await world.control.change_app(world.app["id"], callback_urls=[BACK])
    client = await world.control.add_app("elsewhere", client_secret=SECRET, callback_urls=[BACK])
    await world.control.install("elsewhere", "acme", None)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    return {
        "client_id": client["client_id"], "redirect_uri": BACK, "state": "s/1",
        "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip


async def code_for(world, asked, login, button="allow"):
    answer = await world.client.post(
        "/login/oauth/authorize",
        data={**asked, button: "yes"},
        headers={"Cookie": f"localhub_person={login}"},
    )
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query)


async def exchange(world, asked, code, **changed):
    sent = {"client_id": asked["client_id"], "client_secret": SECRET, "code": code, "code_verifier": VERIFIER}
    answer = await world.client.post(
        "/login/oauth/access_token", data={**sent, **changed}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 200
    return answer.json()


async def test_the_page_says_who_asks_and_has_two_buttons(world, asked):
    page = await world.client.get("/login/oauth/authorize", params=asked, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "elsewhere" in page.text
    assert 'name="allow"' in page.text
    assert 'name="deny"' in page.text


async def test_a_yes_is_worth_a_token_once(world, asked):
    back = await code_for(world, asked, "ada")
    assert back["state"] == ["s/1"]
    told = await exchange(world, asked, back["code"][0])
    assert told["access_token"].startswith("ghu_")
    assert (told["token_type"], told["expires_in"]) == ("bearer", 28800)
    assert (await exchange(world, asked, back["code"][0]))["error"] == "bad_verification_code"


async def test_a_no_is_worth_nothing(world, asked):
    back = await code_for(world, asked, "ada", "deny")
    assert (back["error"], "code" in back) == (["access_denied"], False)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_secret": "wrong"}, "incorrect_client_credentials"),
        ({"client_id": "wrong"}, "incorrect_client_credentials"),
        ({"code": "wrong"}, "bad_verification_code"),
        ({"code_verifier": "wrong"}, "bad_verification_code"),
        ({"redirect_uri": "http://127.0.0.1:9/elsewhere"}, "redirect_uri_mismatch"),
    ],
)
async def test_what_is_wrong_is_said_in_githubs_words(world, asked, changed, error):
    back = await code_for(world, asked, "ada")
    assert (await exchange(world, asked, **{"code": back["code"][0], **changed}))["error"] == error


async def test_nobody_is_sent_where_the_app_has_no_callback(world, asked):
    for strange in ({"redirect_uri": "https://evil.example.com/"}, {"client_id": "unknown"}):
        answer = await world.client.get(
            "/login/oauth/authorize", params={**asked, **strange}, headers={"Accept": "text/html"}
        )
        assert answer.status_code in {400, 404}


async def test_the_token_shows_who_it_is_and_what_both_can_reach(world, asked):
    await world.control.add_repository("acme/open", collaborators={})
    token = (await exchange(world, asked, (await code_for(world, asked, "bert"))["code"][0]))["access_token"]
    assert (await world.rest("GET", "//user", token=token)).json()["login"] == "bert"
    [installation] = (await world.rest("GET", "//user/installations", token=token)).json()["installations"]
    assert installation["app_slug"] == "elsewhere"
    path = f"//user/installations/{installation['id']}/repositories"
    listed = (await world.rest("GET", path, token=token)).json()
    assert [each["full_name"] for each in listed["repositories"]] == ["acme/clock"]


async def test_a_stranger_reaches_no_installation(world, asked):
    token = (await exchange(world, asked, (await code_for(world, asked, "mallory"))["code"][0]))[
        "access_token"
    ]
    listed = (await world.rest("GET", "//user/installations", token=token)).json()
    assert (listed["total_count"], listed["installations"]) == (0, [])


async def test_an_installations_own_token_is_nobody(world, asked):
    assert (await world.rest("GET", "//user")).status_code == 403
    assert (await world.rest("GET", "//user/installations")).status_code == 403
