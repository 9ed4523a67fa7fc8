import asyncio
import json
from datetime import timedelta

import httpx
import jwt
import pytest
from pydantic import SecretStr

from app.domain.errors import BadConfiguration, NotAllowed, NotFound, Refused, TryAgain
from app.github.auth import AppKey
from app.github.permissions import PUBLISH, READ, REPORT
from tests.github.scripted import NOW, token_answer

TOKENS = "/app/installations/7/access_tokens"
ISSUE = "/repos/ada/dates/issues/12"
REFUSED = httpx.Response(
    401, json={"message": "Bad credentials", "documentation_url": "https://docs.github.com"}
)


def issue():
    return httpx.Response(
        200,
        json={
            "number": 12,
            "title": "Dates",
            "body": None,
            "state": "open",
            "user": {"login": "ada", "id": 1, "type": "User"},
            "labels": [{"name": "handoff"}],
            "updated_at": "2026-03-01T12:00:00Z",
        },
    )


def test_the_jwt_is_valid_for_ten_minutes_in_all_and_forgives_a_slow_clock(private_key):
    token = AppKey("Iv1.app", SecretStr(private_key)).jwt(NOW)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims == {"iss": "Iv1.app", "iat": NOW.timestamp() - 60, "exp": NOW.timestamp() + 540}
    assert jwt.get_unverified_header(token)["alg"] == "RS256"


@pytest.mark.parametrize(
    "pem", ["", "not a key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"]
)
def test_a_key_that_is_none_is_bad_configuration(pem):
    with pytest.raises(BadConfiguration, match="private key"):
        AppKey("Iv1.app", SecretStr(pem)).jwt(NOW)


def test_the_key_is_not_in_its_repr(private_key):
    assert "PRIVATE" not in repr(AppKey("Iv1.app", SecretStr(private_key)))


async def test_a_token_is_asked_for_one_repository_and_the_stage_at_hand(dates, script):
    script.on("GET", ISSUE, issue())
    await dates.issues.get(12)
    assert script.sent("POST", TOKENS) == [{"repositories": ["dates"], "permissions": dict(READ)}]


async def test_twenty_calls_at_once_mint_one_token(dates, script):
    script.on("GET", ISSUE, issue())
    await asyncio.gather(*(dates.issues.get(12) for _ in range(20)))
    assert script.minted == 1


async def test_a_token_is_renewed_five_minutes_before_it_ends(dates, script, clock):
    script.on("GET", ISSUE, issue())
    await dates.issues.get(12)
    clock.pass_by(timedelta(minutes=54))
    await dates.issues.get(12)
    assert script.minted == 1
    clock.pass_by(timedelta(minutes=1))
    script.on("POST", TOKENS, script.grant)
    await dates.issues.get(12)
    assert script.minted == 2


async def test_each_stage_has_its_own_token(dates, script):
    read, push = await dates.git_token(push=False), await dates.git_token(push=True)
    assert read != push
    assert [body["permissions"] for body in script.sent("POST", TOKENS)] == [dict(READ), dict(PUBLISH)]


@pytest.mark.parametrize(
    "changes",
    [
        {"permissions": dict(READ) | {"administration": "write"}},
        {"permissions": dict(READ) | {"contents": "write"}},
        {"permissions": {"metadata": "read"}},
        {"permissions": {}},
        {"repositories": [{"id": 42, "name": "dates"}, {"id": 43, "name": "other"}]},
        {"repositories": [{"id": 43, "name": "other"}]},
        {"repositories": []},
    ],
)
async def test_a_token_that_differs_from_what_was_asked_is_refused_and_not_used(
    dates, script, redactor, changes
):
    def grant(request):
        return httpx.Response(
            201, json=token_answer("ghs_" + "x" * 36, json.loads(request.content), **changes)
        )

    script.on("POST", TOKENS, grant)
    with pytest.raises(Refused, match="do not use it"):
        await dates.issues.get(12)
    assert [request.method for request in script.seen] == ["POST"]
    assert "ghs_" not in redactor.redact("ghs_" + "x" * 36)


async def test_a_token_for_all_repositories_is_refused(dates, script):
    def grant(request):
        answer = token_answer("ghs_" + "x" * 36, json.loads(request.content))
        return httpx.Response(201, json={k: v for k, v in answer.items() if k != "repositories"})

    script.on("POST", TOKENS, grant)
    with pytest.raises(Refused, match="every repository"):
        await dates.issues.get(12)


async def test_a_missing_permission_is_named(dates, script):
    said = {
        "message": "The permissions requested are not granted to this installation.",
        "documentation_url": "d",
    }
    held = {"id": 7, "account": {"login": "ada", "id": 1}, "permissions": {"metadata": "read", "checks": "read", "contents": "write", "pull_requests": "write", "issues": "write"}}  # fmt: skip
    script.on("POST", TOKENS, httpx.Response(422, json=said))
    script.on("GET", "/app/installations/7", httpx.Response(200, json=held))
    with pytest.raises(NotAllowed, match="no `checks: write` at ada"):
        await dates.issues.react_with_eyes(12)


@pytest.mark.parametrize("write", [False, True])
async def test_a_refused_token_is_dropped_and_the_call_made_once_more(dates, script, write):
    path = f"{ISSUE}/comments" if write else ISSUE
    comment = {
        "id": 5,
        "body": "b",
        "user": None,
        "created_at": "2026-03-01T12:00:00Z",
        "updated_at": "2026-03-01T12:00:00Z",
    }
    script.on(
        "POST" if write else "GET", path, REFUSED, httpx.Response(201, json=comment) if write else issue()
    )
    await (dates.issues.create_comment(12, "b") if write else dates.issues.get(12))
    assert script.minted == 2
    used = [request.headers["authorization"] for request in script.seen if request.url.path.endswith(path)]
    assert len(set(used)) == 2


async def test_a_token_refused_twice_is_for_the_queue(dates, script):
    script.on("GET", ISSUE, REFUSED)
    with pytest.raises(TryAgain, match="does not accept the token"):
        await dates.issues.get(12)
    assert sum(request.method == "GET" for request in script.seen) == 2


async def test_a_wrong_key_is_bad_configuration(dates, script):
    script.on("POST", TOKENS, httpx.Response(401, json={"message": "A JSON web token could not be decoded"}))
    with pytest.raises(BadConfiguration, match="belong together"):
        await dates.issues.get(12)


async def test_a_clock_that_is_ahead_is_named(dates, script):
    at = "Sun, 01 Mar 2026 11:30:00 GMT"
    script.on(
        "POST",
        TOKENS,
        httpx.Response(401, json={"message": "'exp' is too far in the future"}, headers={"date": at}),
    )
    with pytest.raises(BadConfiguration, match="1800 seconds ahead of GitHub's"):
        await dates.issues.get(12)


async def test_every_minted_token_is_known_to_the_redactor(dates, redactor):
    token = (await dates.git_token(push=True)).get_secret_value()
    assert token not in redactor.redact(f"git push https://x-access-token:{token}@hub.test")
    assert token not in str(await dates.git_token(push=True))


async def test_an_app_that_is_not_installed_is_not_found(door):
    with pytest.raises(NotFound):
        await door.installation_of("ada", "dates")


def test_the_stages_differ():
    assert len({tuple(sorted(stage.items())) for stage in (READ, PUBLISH, REPORT)}) == 3
