"""Conditional questions, tokens for a whole installation, and what is gone: at the transport, as GitHub would have it."""

from datetime import timedelta

import httpx
import pytest

from app.domain.errors import NotFound
from app.github.failures import Gone
from app.github.permissions import READ, SURVEY

EVENTS = "/repos/ada/dates/issues/events"
TOKENS = "/app/installations/7/access_tokens"
COVERED = "/installation/repositories"


def answered_with(etag):
    """Like GitHub: nothing but the ETag when the question already names it."""

    def answer(request):
        same = request.headers.get("if-none-match") == etag
        return httpx.Response(304 if same else 200, headers={"ETag": etag}, json=None if same else [])

    return answer


def whole_grant(request):
    return httpx.Response(
        201,
        json={
            "token": "ghs_" + "9" * 36,
            "expires_at": "2026-03-01T13:00:00Z",
            "permissions": {"metadata": "read"},
            "repository_selection": "all",
        },
    )


async def test_a_question_with_the_etag_of_its_last_answer_is_answered_with_nothing(dates, script):
    script.on("GET", EVENTS, answered_with('W/"one"'))

    first = await dates.news.happenings()
    again = await dates.news.happenings(etag=first.etag)
    otherwise = await dates.news.happenings(etag='W/"other"')

    assert (first.value, first.etag, again, otherwise.value) == ([], 'W/"one"', None, [])


async def test_questions_share_one_token_for_as_long_as_it_lives(dates, script, clock):
    script.on("GET", EVENTS, answered_with('W/"one"'))
    for _ in range(3):
        await dates.news.happenings()
        clock.pass_by(timedelta(minutes=15))
    assert script.sent("POST", TOKENS) == [{"repositories": ["dates"], "permissions": dict(READ)}]


async def test_what_an_installation_covers_is_asked_with_a_token_that_can_do_nothing_else(door, script):
    script.on("POST", TOKENS, whole_grant)
    full = {"id": 42, "name": "dates", "owner": {"login": "ada", "id": 1, "type": "User"}}
    script.on("GET", COVERED, httpx.Response(200, json={"total_count": 1, "repositories": [full]}))

    [found] = await door.repositories_of(7)

    assert (found.id, found.full_name, found.installation_id) == (42, "ada/dates", 7)
    assert script.sent("POST", TOKENS) == [{"permissions": dict(SURVEY)}]


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (410, "This issue was deleted", Gone),
        (410, "Issues are disabled for this repo", NotFound),
        (404, "Not Found", NotFound),
    ],
)
async def test_what_was_deleted_is_told_from_what_we_cannot_see(dates, script, status, message, kind):
    script.on(
        "GET",
        "/repos/ada/dates/issues/12",
        httpx.Response(status, json={"message": message}),
    )
    with pytest.raises(NotFound) as told:
        await dates.news.standing(12)
    assert type(told.value) is kind
