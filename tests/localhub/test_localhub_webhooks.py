import hashlib
import hmac
import json
import uuid


async def test_a_delivery_is_signed_named_and_shaped_as_githubs(world, listener):
    made = await world.control.act("ada", "open_issue", world.repository, title="Slow", body="b")
    assert await world.control.idle()
    headers, body = listener.deliveries[-1]
    expected = hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature-256"] == f"sha256={expected}"
    assert uuid.UUID(headers["x-github-delivery"]).version == 4
    assert headers["user-agent"].startswith("GitHub-Hookshot/")
    assert headers["x-github-hook-installation-target-id"] == str(world.app["id"])
    payload = json.loads(body)
    assert payload["issue"]["number"] == made["number"]
    assert payload["sender"]["login"] == "ada"
    assert payload["repository"]["full_name"] == "acme/clock"
    assert payload["installation"]["id"] > 0


async def test_the_app_is_pinged_and_told_of_its_installation(world, listener):
    await world.control.idle()
    assert listener.names()[:2] == ["ping", "installation.created"]
    assert listener.payload("installation.created")["repositories"][0]["full_name"] == "acme/clock"
    await world.control.add_repository("acme/second", install_app="handoff")
    await world.control.act("acme", "remove_from_installation", "acme/second", app="handoff")
    await world.control.act("acme", "suspend_installation", world.repository, app="handoff")
    await world.control.act("acme", "uninstall", world.repository, app="handoff")
    await world.control.idle()
    assert listener.names()[-4:] == [
        "installation_repositories.added", "installation_repositories.removed",
        "installation.suspend", "installation.deleted",
    ]  # fmt: skip


async def test_an_installation_on_everything_lists_every_repository(world, listener):
    for name in ("one", "two"):
        await world.control.add_repository(f"beta/{name}")
    await world.control.install("handoff", "beta")
    await world.control.idle()
    listed = listener.payload("installation.created")["repositories"]
    assert [each["full_name"] for each in listed] == ["beta/one", "beta/two"]


async def test_a_strangers_issue_template_labels_the_issue_in_the_strangers_name(world, listener):
    await world.control.act("mallory", "open_issue", world.repository, title="Me first", labels=["handoff"])
    await world.control.idle()
    assert listener.names()[-2:] == ["issues.opened", "issues.labeled"]
    labeled = listener.payload("issues.labeled")
    assert labeled["label"]["name"] == "handoff"
    assert labeled["sender"]["login"] == "mallory"


async def test_every_act_on_an_issue_is_told(world, listener):
    number = (await world.control.act("ada", "open_issue", world.repository, title="t", body="b"))["number"]
    at = {"repository": world.repository, "number": number}
    await world.control.act("ada", "edit_issue", **at, body="b2")
    await world.control.act("ada", "label", **at, label="handoff")
    await world.control.act("ada", "unlabel", **at, label="handoff")
    comment = await world.control.act("bert", "comment", **at, body="hm")
    await world.control.act("bert", "edit_comment", world.repository, comment_id=comment["id"], body="hmm")
    await world.control.act("bert", "delete_comment", world.repository, comment_id=comment["id"])
    await world.control.act("ada", "assign", **at, login="bert")
    await world.control.act("ada", "close_issue", **at)
    await world.control.act("ada", "reopen_issue", **at)
    await world.control.add_repository("acme/elsewhere")
    await world.control.act("ada", "transfer_issue", **at, target="acme/elsewhere")
    gone = (await world.control.act("ada", "open_issue", world.repository, title="t2"))["number"]
    await world.control.act("acme", "delete_issue", world.repository, number=gone)
    await world.control.idle()
    told = [name for name in listener.names() if name.startswith("issue")]
    assert told == [
        "issues.opened", "issues.edited", "issues.labeled", "issues.unlabeled", "issue_comment.created",
        "issue_comment.edited", "issue_comment.deleted", "issues.assigned", "issues.closed", "issues.reopened",
        "issues.transferred", "issues.opened", "issues.deleted",
    ]  # fmt: skip
    assert listener.payload("issues.edited")["changes"] == {"body": {"from": "b"}}


async def test_the_apps_own_writes_are_told_to_it_too(world, listener):
    number = (await world.control.act("ada", "open_issue", world.repository, title="t"))["number"]
    await world.rest("POST", f"/issues/{number}/comments", {"body": "hello"})
    await world.control.idle()
    sender = listener.payload("issue_comment.created")["sender"]
    assert (sender["login"], sender["type"], sender["id"]) == ("handoff[bot]", "Bot", world.app["bot_id"])


async def test_only_subscribed_events_are_sent(world, listener):
    await world.control.change_app(world.app["id"], events=["issues"])
    await world.control.act("acme", "accept_permissions", world.repository, app="handoff")
    number = (await world.control.act("ada", "open_issue", world.repository, title="t"))["number"]
    await world.control.act("ada", "comment", world.repository, number=number, body="hm")
    await world.control.idle()
    assert "issues.opened" in listener.names()
    assert "issue_comment.created" not in listener.names()


async def test_a_failed_delivery_is_listed_and_can_be_asked_for_again(world, listener):
    listener.status = 503
    await world.control.act("ada", "open_issue", world.repository, title="t")
    await world.control.idle()
    failed = (await world.as_app("GET", "/app/hook/deliveries?status=failure")).json()
    assert [(each["event"], each["status_code"], each["redelivery"]) for each in failed] == [
        ("issues", 503, False)
    ]
    listener.status = 202
    answer = await world.as_app("POST", f"/app/hook/deliveries/{failed[0]['id']}/attempts")
    assert answer.status_code == 202
    await world.control.idle()
    (first, body), (again, same) = listener.deliveries[-2:]
    assert first["x-github-delivery"] == again["x-github-delivery"]
    assert body == same
    attempts = (await world.as_app("GET", "/app/hook/deliveries")).json()[:2]
    assert [(each["redelivery"], each["status"]) for each in attempts] == [
        (True, "OK"), (False, "Invalid HTTP Response: 503"),
    ]  # fmt: skip
    whole = (await world.as_app("GET", f"/app/hook/deliveries/{attempts[0]['id']}")).json()
    assert whole["request"]["payload"]["action"] == "opened"
    assert "s3cret" not in json.dumps(whole)


async def test_deliveries_are_listed_by_cursor(world):
    for number in range(3):
        await world.control.act("ada", "open_issue", world.repository, title=f"t{number}")
    await world.control.idle()
    first = await world.as_app("GET", "/app/hook/deliveries?per_page=2")
    assert 'rel="next"' in first.headers["link"]
    cursor = first.json()[-1]["id"]
    second = await world.as_app("GET", f"/app/hook/deliveries?per_page=2&cursor={cursor}")
    assert not {each["id"] for each in first.json()} & {each["id"] for each in second.json()}


async def test_the_hook_can_be_pointed_elsewhere(world, listener):
    await world.as_app("PATCH", "/app/hook/config", {"url": "http://127.0.0.1:9/nowhere", "secret": "new"})
    config = (await world.as_app("GET", "/app/hook/config")).json()
    assert config["url"] == "http://127.0.0.1:9/nowhere"
    assert config["secret"] == "********"
    await world.control.idle()
    lost = (await world.as_app("GET", "/app/hook/deliveries?status=failure")).json()
    assert [each["event"] for each in lost] == ["ping"]
    assert [e["body"]["secret"] for e in await world.control.log() if e["method"] == "PATCH"] == ["***"]
