import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


async def test_an_app_is_known_by_its_signed_token(world):
    answer = await world.as_app("GET", "/app")
    assert answer.status_code == 200
    assert answer.json()["slug"] == "handoff"
    by_number = await world.as_app("GET", "/app", jwt=world.jwt(iss=str(world.app["id"])))
    assert by_number.status_code == 200


async def test_an_app_token_with_wrong_times_or_a_foreign_key_is_refused(world):
    now = int(time.time())
    ahead = await world.as_app("GET", "/app", jwt=world.jwt(iat=now + 300))
    assert (ahead.status_code, "'iat'" in ahead.json()["message"]) == (401, True)
    too_long = await world.as_app("GET", "/app", jwt=world.jwt(exp=now + 900))
    assert (too_long.status_code, "too far in the future" in too_long.json()["message"]) == (401, True)
    expired = await world.as_app("GET", "/app", jwt=world.jwt(exp=now - 5))
    assert (expired.status_code, "'exp'" in expired.json()["message"]) == (401, True)
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = stranger.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    claims = {"iat": now, "exp": now + 60, "iss": world.app["client_id"]}
    forged = await world.as_app("GET", "/app", jwt=jwt.encode(claims, pem, algorithm="RS256"))
    assert (forged.status_code, forged.json()["message"]) == (401, "A JSON web token could not be decoded")
    confused = jwt.encode(claims, "a-shared-secret-that-is-long-enough", algorithm="HS256")
    assert (await world.as_app("GET", "/app", jwt=confused)).status_code == 401
    assert (await world.as_app("GET", "/app", jwt=world.jwt(iss="Iv23linobody"))).status_code == 404


async def test_an_installation_token_has_the_format_of_2026(world):
    minted = await world.mint()
    assert minted["token"].startswith(f"ghs_{world.app['id']}_")
    assert 450 <= len(minted["token"]) <= 600
    assert minted["expires_at"].endswith("Z")
    assert "." not in minted["expires_at"]
    assert minted["permissions"]["contents"] == "write"
    assert minted["repository_selection"] == "selected"


async def test_a_narrowed_token_is_told_what_it_got_and_is_held_to_it(world):
    minted = await world.mint(repositories=["clock"], permissions={"contents": "read"})
    assert minted["permissions"] == {"contents": "read", "metadata": "read"}
    assert [each["full_name"] for each in minted["repositories"]] == ["acme/clock"]
    narrow = minted["token"]
    assert (await world.rest("GET", "/contents/clock.py", token=narrow)).status_code == 200
    refused = await world.rest("POST", "/issues", {"title": "Hi"}, token=narrow)
    assert (refused.status_code, refused.json()["message"]) == (403, "Resource not accessible by integration")


TOO_MUCH = [
    ({"permissions": {"conntents": "write"}}, '"conntents" is not a permitted key'),
    ({"permissions": {"administration": "write"}}, "not granted to this installation"),
    ({"permissions": {"statuses": "write"}}, "not granted to this installation"),
    ({"repositories": ["nowhere"]}, "does not exist or is not accessible"),
    ({"repository_ids": [1]}, "does not exist or is not accessible"),
]


async def test_a_token_cannot_be_more_than_the_installation(world):
    found = await world.as_app("GET", f"/repos/{world.repository}/installation")
    for asked, told in TOO_MUCH:
        answer = await world.as_app("POST", f"/app/installations/{found.json()['id']}/access_tokens", asked)
        assert (answer.status_code, asked) == (422, asked)
        assert told in answer.json()["message"]
    await world.control.clear_log()  # a misspelt permission is no OpenAPI document either


async def test_a_repository_outside_the_installation_does_not_exist(world):
    await world.control.add_repository("acme/other")
    answer = await world.rest("GET", "//repos/acme/other")
    assert answer.status_code == 404
    listed = (await world.rest("GET", "//installation/repositories")).json()
    assert [each["full_name"] for each in listed["repositories"]] == ["acme/clock"]


async def test_forged_revoked_and_missing_tokens_are_refused(world):
    forged = await world.rest("GET", "", token=f"ghs_{world.app['id']}_eyJ.forged.token")
    assert (forged.status_code, forged.json()["message"]) == (401, "Bad credentials")
    assert (await world.client.get(f"/repos/{world.repository}")).status_code == 401
    assert (await world.rest("DELETE", "//installation/token")).status_code == 204
    assert (await world.rest("GET", "")).status_code == 401


async def test_a_suspended_or_removed_installation_ends_its_tokens(world):
    await world.control.act("acme", "suspend_installation", world.repository, app="handoff")
    assert (await world.rest("GET", "")).status_code == 403
    await world.control.act("acme", "unsuspend_installation", world.repository, app="handoff")
    assert (await world.rest("GET", "")).status_code == 200
    await world.control.act("acme", "uninstall", world.repository, app="handoff")
    assert (await world.rest("GET", "")).status_code == 401


async def test_an_unchanged_answer_is_304_but_only_for_the_same_token(world):
    first = await world.rest("GET", "/issues")
    again = {"If-None-Match": first.headers["etag"]}
    assert (await world.rest("GET", "/issues", headers=again)).status_code == 304
    other = (await world.mint())["token"]
    assert (await world.rest("GET", "/issues", headers=again, token=other)).status_code == 200
    assert int(first.headers["x-ratelimit-remaining"]) > 0
    assert first.headers["x-github-request-id"]
