import httpx
import pytest


async def _issue(world, title="t"):
    return (await world.control.act("ada", "open_issue", world.repository, title=title))["number"]


async def test_a_delivery_is_dropped_and_stays_in_the_list_of_failures(world, listener):
    await world.control.add_fault("drop_delivery", match={"event": "issues", "action": "opened"})
    await _issue(world)
    await _issue(world)
    await world.control.idle()
    assert listener.names().count("issues.opened") == 1
    failed = (await world.as_app("GET", "/app/hook/deliveries?status=failure")).json()
    assert [each["event"] for each in failed] == ["issues"]
    await world.as_app("POST", f"/app/hook/deliveries/{failed[0]['id']}/attempts")
    await world.control.idle()
    assert listener.names().count("issues.opened") == 2


async def test_a_delivery_can_be_lost_without_a_trace(world, listener):
    await world.control.add_fault("drop_delivery", match={"event": "issues"}, recorded=False)
    await _issue(world)
    await world.control.idle()
    assert "issues.opened" not in listener.names()
    assert (await world.as_app("GET", "/app/hook/deliveries?status=failure")).json() == []


async def test_a_delivery_comes_twice_with_the_same_guid(world, listener):
    await world.control.add_fault("duplicate_delivery", match={"event": "issues"}, copies=5)
    await _issue(world)
    await world.control.idle()
    guids = [
        headers["x-github-delivery"]
        for headers, _ in listener.deliveries
        if headers["x-github-event"] == "issues"
    ]
    assert len(guids) == 5
    assert len(set(guids)) == 1


async def test_deliveries_overtake_and_come_late(world, listener):
    await world.control.add_fault("reorder_deliveries", match={"event": "issues", "action": "opened"})
    number = await _issue(world)
    await world.control.act("ada", "label", world.repository, number=number, label="handoff")
    await world.control.idle()
    assert listener.names()[-2:] == ["issues.labeled", "issues.opened"]
    await world.control.add_fault(
        "delay_delivery", match={"event": "issues", "action": "opened"}, seconds=0.3
    )
    await _issue(world, "late")
    await world.control.act("ada", "comment", world.repository, number=number, body="early")
    await world.control.idle()
    assert listener.names()[-2:] == ["issue_comment.created", "issues.opened"]


async def test_a_reordered_delivery_that_nothing_overtakes_comes_in_the_end(world, listener):
    await world.control.add_fault("reorder_deliveries", match={"event": "issues"})
    await _issue(world)
    assert await world.control.idle()
    assert listener.names()[-1] == "issues.opened"


async def test_a_502_after_the_write_leaves_the_write(world):
    number = await _issue(world)
    await world.control.add_fault("error_after_commit", match={"method": "POST", "path_regex": "comments$"})
    answer = await world.rest("POST", f"/issues/{number}/comments", {"body": "once"})
    assert answer.status_code == 502
    assert [each["body"] for each in (await world.rest("GET", f"/issues/{number}/comments")).json()] == [
        "once"
    ]
    assert (await world.rest("POST", f"/issues/{number}/comments", {"body": "twice"})).status_code == 201


async def test_a_502_before_the_write_leaves_nothing(world):
    number = await _issue(world)
    await world.control.add_fault("error_before", match={"path_regex": "comments$"}, status=503, times=2)
    for _ in range(2):
        answer = await world.rest("POST", f"/issues/{number}/comments", {"body": "never"})
        assert answer.status_code == 503
    assert (await world.rest("GET", f"/issues/{number}/comments")).json() == []


async def test_what_was_just_written_lags_in_lists_only(world):
    number = await _issue(world)
    await world.control.add_fault("lag", match={"method": "POST"}, seconds=0.7)
    made = (await world.rest("POST", f"/issues/{number}/comments", {"body": "late"})).json()
    assert (await world.rest("GET", f"/issues/{number}/comments")).json() == []
    assert (await world.rest("GET", f"/issues/comments/{made['id']}")).status_code == 200
    for _ in range(200):
        if (await world.rest("GET", f"/issues/{number}/comments")).json():
            return
    pytest.fail("the comment never appeared")


async def test_rate_limits_come_with_and_without_their_headers(world):
    await world.control.add_fault("rate_limit", limit="primary", seconds=90)
    primary = await world.rest("GET", "")
    assert (primary.status_code, primary.headers["x-ratelimit-remaining"]) == (403, "0")
    await world.control.add_fault("rate_limit", limit="secondary", seconds=7)
    secondary = await world.rest("GET", "")
    assert secondary.headers["retry-after"] == "7"
    assert "secondary rate limit" in secondary.json()["message"]
    await world.control.add_fault("rate_limit", limit="secondary", headers=False)
    bare = await world.rest("GET", "")
    assert bare.status_code == 403
    assert "retry-after" not in bare.headers
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    await world.control.add_fault("rate_limit", limit="secondary", status=429, retry_after=date)
    dated = await world.rest("GET", "")
    assert (dated.status_code, dated.headers["retry-after"]) == (429, date)
    assert (await world.rest("GET", "")).status_code == 200


async def test_tokens_expire_in_mid_job(world):
    await world.control.add_fault("expire_tokens", match={"path_regex": "/issues$"})
    assert (await world.rest("GET", "")).status_code == 200
    assert (await world.rest("GET", "/issues")).status_code == 401
    world.token = (await world.mint())["token"]
    assert (await world.rest("GET", "/issues")).status_code == 200


async def test_a_connection_is_reset(world):
    await world.control.add_fault("reset_connection", match={"method": "POST"})
    with pytest.raises(httpx.TransportError):
        await world.rest("POST", "/issues", {"title": "never"})
    assert (await world.control.state(world.repository))["issues"] == {}
    entry = (await world.control.log())[-1]
    assert (entry["status"], entry["faults"]) == (None, ["reset_connection"])


async def test_graphql_is_matched_by_its_operation(world):
    await world.control.add_fault("error_before", match={"path_regex": "^/graphql:viewer$"})
    other = await world.rest("POST", "//graphql", {"query": "{ rateLimit { limit } }"})
    assert other.status_code == 200
    assert (await world.rest("POST", "//graphql", {"query": "{ viewer { login } }"})).status_code == 502


async def test_faults_are_listed_lifted_and_spelled_right(world):
    await world.control.add_fault("lag", times=None)
    [rule] = await world.control.faults()
    assert rule["kind"] == "lag"
    await world.control.clear_faults()
    assert await world.control.faults() == []
    answer = await world.client.post("/_hub/faults", json={"kind": "lag", "tmies": 3})
    assert answer.status_code == 422
    assert (await world.client.post("/_hub/faults", json={"kind": "boredom"})).status_code == 422
