import ssl
import traceback
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from app.domain.errors import (
    BadConfiguration,
    Conflict,
    Defect,
    NotAllowed,
    NotFound,
    RateLimited,
    TryAgain,
    Unreachable,
)
from app.github.failures import TooLarge, Unprocessable
from tests.github.scripted import NOW

COMMENTS = "/repos/ada/dates/issues/12/comments"
ISSUE = "/repos/ada/dates/issues/12"


def said(status, message="No.", headers=None, **body):
    return httpx.Response(
        status, json={"message": message, "documentation_url": "d", **body}, headers=headers
    )


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (said(403, "Forbidden"), NotAllowed, "Forbidden"),
        (said(403, "Repository was archived so is read-only."), NotAllowed, "archived"),
        (said(451, "Blocked"), NotAllowed, "Blocked"),
        (said(404), NotFound, "issues/12/comments"),
        (said(410, "Issues are disabled"), NotFound, "disabled"),
        (said(409, "Git Repository is empty."), Unprocessable, "empty"),
        (said(405), Conflict, "as things stand"),
        (said(400, "Problems parsing JSON"), Defect, "parsing JSON"),
        (said(406, "too big"), TooLarge, "too big"),
        (said(500), Unreachable, "500"),
        (httpx.Response(502, text="<html>Bad gateway</html>"), Unreachable, "502"),
        (
            httpx.Response(301, headers={"location": "https://hub.test/api/v3/repositories/1"}),
            NotFound,
            "moved",
        ),
        (httpx.ConnectError("refused"), Unreachable, "ConnectError"),
        (httpx.ReadTimeout("slow"), Unreachable, "ReadTimeout"),
        (httpx.RemoteProtocolError("reset"), Unreachable, "RemoteProtocolError"),
        (httpx.UnsupportedProtocol("ftp"), BadConfiguration, "address"),
        (ssl.SSLError("odd"), Defect, "SSLError"),
        (httpx.Response(201, text="<html>a proxy says hello</html>"), Unreachable, "shape"),
        (httpx.Response(201, json={"id": "five"}), Unreachable, "shape"),
        (httpx.Response(201, json=[]), Unreachable, "shape"),
    ],
)
async def test_each_failure_is_sorted_by_who_must_act_and_never_repeated(dates, script, answer, error, words):
    script.on("POST", COMMENTS, answer)
    with pytest.raises(error, match=words) as caught:
        await dates.issues.create_comment(12, "hello")
    assert type(caught.value) is error
    assert len(script.sent("POST", COMMENTS)) == 1


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (said(403, "no", {"retry-after": "30"}), 30),
        (said(429, "no", {"retry-after": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}), 90),
        (said(429, "no", {"retry-after": "soon"}), 60),
        (said(429), 60),
        (said(422, "Validation Failed", errors=["was submitted too quickly"]), 60),
        (said(403, "You have exceeded a secondary rate limit."), 60),
        (said(403, "You have triggered an abuse detection mechanism."), 60),
        (
            said(
                403,
                "no",
                {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 600)},
            ),
            600,
        ),
        (
            said(
                403, "no", {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) - 5)}
            ),
            1,
        ),
        (said(403, "no", {"x-ratelimit-remaining": "0"}), 60),
        (said(403, "no", {"retry-after": "999999999"}), 6 * 3600),
    ],
)
async def test_a_rate_limit_says_how_long_and_the_call_does_not_wait(dates, script, answer, seconds):
    script.on("POST", COMMENTS, answer)
    with pytest.raises(RateLimited) as caught:
        await dates.issues.create_comment(12, "hello")
    assert caught.value.after_seconds == seconds
    assert len(script.sent("POST", COMMENTS)) == 1


async def test_after_a_rate_limit_nobody_asks_until_it_is_over(dates, script, clock):
    script.on("POST", COMMENTS, said(403, "no", {"retry-after": "30"}))
    for _ in range(2):
        with pytest.raises(RateLimited):
            await dates.issues.create_comment(12, "hello")
    assert len(script.sent("POST", COMMENTS)) == 1
    clock.pass_by(timedelta(seconds=30))
    with pytest.raises(RateLimited):
        await dates.issues.create_comment(12, "hello")
    assert len(script.sent("POST", COMMENTS)) == 2


async def test_a_spent_budget_holds_the_next_request(dates, script):
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 100)}
    script.on("GET", "/repos/ada/dates/pulls", httpx.Response(200, json=[], headers=spent))
    assert await dates.pulls.find(head="a", base="main") is None
    with pytest.raises(RateLimited) as caught:
        await dates.pulls.find(head="a", base="main")
    assert caught.value.after_seconds == 100


async def test_a_missing_permission_of_the_app_is_named(dates, script):
    headers = {"x-accepted-github-permissions": "issues=write; pull_requests=write"}
    script.on("POST", COMMENTS, said(403, "Resource not accessible by integration", headers))
    with pytest.raises(NotAllowed, match=r"\(issues: write; pull_requests: write\)"):
        await dates.issues.create_comment(12, "hello")


async def test_all_objections_are_kept(dates, script):
    errors = [
        "Line could not be resolved",
        {"resource": "Review", "field": "path", "code": "invalid"},
        {"message": "odd"},
    ]
    script.on("POST", "/repos/ada/dates/pulls/3/reviews", said(422, "Unprocessable Entity", errors=errors))
    with pytest.raises(Unprocessable) as caught:
        await dates.reviews.create(3, commit_id="a" * 40, body="b", remarks=[])
    assert caught.value.messages == ("Line could not be resolved", "Review path invalid", "odd")
    assert "Line could not be resolved" in str(caught.value)


async def test_a_read_follows_a_renamed_repository(dates, script):
    moved = {"location": "https://hub.test/api/v3/repos/ada/times"}
    script.on("GET", "/repos/ada/dates", httpx.Response(301, headers=moved))
    found = {"id": 42, "name": "times", "owner": {"login": "ada", "id": 1}, "default_branch": "main", "private": True, "archived": False}  # fmt: skip
    script.on("GET", "/repos/ada/times", httpx.Response(200, json=found))
    assert (await dates.code.info()).name == "times"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("FORBIDDEN", NotAllowed),
        ("NOT_FOUND", NotFound),
        ("RATE_LIMITED", RateLimited),
        ("RATE_LIMIT", RateLimited),
        ("SERVICE_UNAVAILABLE", Unreachable),
        ("UNPROCESSABLE", Unprocessable),
    ],
)
async def test_graphql_errors_with_status_200_are_errors(dates, script, kind, error):
    body = {
        "data": None,
        "errors": [{"type": kind, "message": "No.", "path": ["x"], "locations": [{"line": 1, "column": 1}]}],
    }
    script.on("POST", "/api/graphql", httpx.Response(200, json=body))
    with pytest.raises(error) as caught:
        await dates.pulls.mark_ready("PR_1")
    assert type(caught.value) is error


@pytest.mark.parametrize(
    "answer", [httpx.Response(502, text="no"), httpx.Response(200, text="<html>"), httpx.ReadTimeout("x")]
)
async def test_graphql_that_fails_below_is_unreachable(dates, script, answer):
    script.on("POST", "/api/graphql", answer)
    with pytest.raises(Unreachable):
        await dates.pulls.mark_ready("PR_1")


def test_unreachable_is_for_the_queue_and_unprocessable_for_a_person():
    assert issubclass(Unreachable, TryAgain)
    assert not issubclass(Unprocessable, TryAgain)


async def test_text_that_is_no_unicode_is_our_defect_and_is_not_sent(dates, script):
    with pytest.raises(Defect, match="Unicode"):
        await dates.issues.create_comment(12, "half a pair: \ud83d")
    assert script.sent("POST", COMMENTS) == []


async def test_an_error_about_a_token_does_not_show_it(dates, script):
    token = "ghs_" + "x" * 36
    script.on("POST", "/app/installations/7/access_tokens", httpx.Response(201, json={"token": token}))
    with pytest.raises(Unreachable) as caught:
        await dates.issues.get(12)
    assert token not in "".join(traceback.format_exception(caught.value))
