async def _issue(world, **more):
    made = await world.control.act("ada", "open_issue", world.repository, title="Slow", **more)
    return made["number"]


async def test_an_app_comments_edits_reacts_and_pages(world):
    number = await _issue(world, body="It is slow.")
    ids = [
        (await world.rest("POST", f"/issues/{number}/comments", {"body": f"c{n}"})).json()["id"]
        for n in range(3)
    ]
    page = await world.rest("GET", f"/issues/{number}/comments?per_page=2")
    assert [each["body"] for each in page.json()] == ["c0", "c1"]
    assert 'rel="next"' in page.headers["link"]
    rest = await world.rest("GET", f"/issues/{number}/comments?per_page=2&page=2")
    assert [each["body"] for each in rest.json()] == ["c2"]
    edited = await world.rest("PATCH", f"/issues/comments/{ids[0]}", {"body": "better"})
    assert edited.json()["body"] == "better"
    assert edited.json()["performed_via_github_app"]["slug"] == "handoff"
    assert (await world.rest("DELETE", f"/issues/comments/{ids[1]}")).status_code == 204
    assert (await world.rest("GET", f"/issues/comments/{ids[1]}")).status_code == 404
    too_long = await world.rest("POST", f"/issues/{number}/comments", {"body": "x" * 65_537})
    assert too_long.status_code == 422
    assert "65536" in too_long.text


async def test_a_reaction_twice_is_one(world):
    number = await _issue(world)
    first = await world.rest("POST", f"/issues/{number}/reactions", {"content": "eyes"})
    second = await world.rest("POST", f"/issues/{number}/reactions", {"content": "eyes"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    listed = (await world.rest("GET", f"/issues/{number}/reactions")).json()
    assert [each["content"] for each in listed] == ["eyes"]
    assert (await world.rest("DELETE", f"/issues/{number}/reactions/{first.json()['id']}")).status_code == 204
    comment = (await world.rest("POST", f"/issues/{number}/comments", {"body": "c"})).json()["id"]
    answer = await world.rest("POST", f"/issues/comments/{comment}/reactions", {"content": "rocket"})
    assert answer.status_code == 201


async def test_labels_come_and_go_with_events_that_have_ids(world):
    number = await _issue(world)
    await world.control.act("bert", "label", world.repository, number=number, label="handoff")
    added = await world.rest("POST", f"/issues/{number}/labels", {"labels": ["handoff", "busy"]})
    assert {each["name"] for each in added.json()} == {"handoff", "busy"}
    assert (await world.rest("DELETE", f"/issues/{number}/labels/busy")).status_code == 200
    gone = await world.rest("DELETE", f"/issues/{number}/labels/busy")
    assert (gone.status_code, gone.json()["message"]) == (404, "Label does not exist")
    events = (await world.rest("GET", f"/issues/{number}/events")).json()
    told = [(each["event"], each["actor"]["login"], each["label"]["name"]) for each in events]
    assert told == [
        ("labeled", "bert", "handoff"),
        ("labeled", "handoff[bot]", "busy"),
        ("unlabeled", "handoff[bot]", "busy"),
    ]
    assert len({each["id"] for each in events}) == 3
    timeline = await world.rest("GET", f"/issues/{number}/timeline")
    assert timeline.status_code == 200
    created = await world.rest("POST", "/labels", {"name": "new one", "color": "ff0000", "description": "d"})
    assert created.status_code == 201
    assert (await world.rest("POST", "/labels", {"name": "NEW ONE"})).status_code == 422
    assert (await world.rest("GET", "/labels")).status_code == 200


async def test_lists_filter_by_state_and_label(world):
    first, second = await _issue(world), await _issue(world)
    await world.control.act("ada", "label", world.repository, number=first, label="handoff")
    await world.control.act("ada", "close_issue", world.repository, number=second)
    numbers = [each["number"] for each in (await world.rest("GET", "/issues?labels=handoff")).json()]
    assert numbers == [first]
    closed = (await world.rest("GET", "/issues?state=closed")).json()
    assert [(each["number"], each["state_reason"]) for each in closed] == [(second, "completed")]
    reopened = await world.rest("PATCH", f"/issues/{second}", {"state": "open"})
    assert reopened.json()["state"] == "open"
    made = await world.rest("POST", "/issues", {"title": "From the App", "labels": ["handoff"]})
    assert made.status_code == 201
    assert (await world.rest("POST", "/issues", {"title": ""})).status_code == 422


async def test_roles_are_told_as_github_tells_them(world):
    async def role(login):
        return (await world.rest("GET", f"/collaborators/{login}/permission")).json()

    assert ((await role("ada"))["role_name"], (await role("ada"))["permission"]) == ("write", "write")
    assert ((await role("bert"))["role_name"], (await role("bert"))["permission"]) == ("triage", "read")
    assert (await role("bert"))["user"]["permissions"]["triage"] is True
    assert (await role("mallory"))["role_name"] == "read"
    assert (await role("acme"))["role_name"] == "admin"
    assert (await world.rest("GET", "/collaborators/nobody/permission")).status_code == 404
    await world.control.add_repository("acme/secret", private=True, install_app="handoff")
    token = (await world.mint())["token"]
    hidden = await world.rest("GET", "//repos/acme/secret/collaborators/mallory/permission", token=token)
    assert hidden.json()["role_name"] == "none"
    bot = await world.rest("GET", "//users/handoff[bot]")
    assert (bot.json()["type"], bot.json()["id"]) == ("Bot", world.app["bot_id"])


async def test_files_refs_and_commits_are_those_of_git(world):
    ref = (await world.rest("GET", "/git/ref/heads/main")).json()["object"]["sha"]
    assert (await world.rest("GET", "/branches/main")).json()["commit"]["sha"] == ref
    commit = (await world.rest("GET", f"/commits/{ref}")).json()
    assert commit["commit"]["message"] == "Begin"
    assert commit["author"]["login"] == "ada"
    file = await world.rest("GET", "/contents/README.md?ref=main")
    assert file.json()["content"] == "Q2xvY2sK\n"
    assert (await world.rest("GET", "/contents/none.md")).status_code == 404
    assert (await world.rest("GET", "/commits/nowhere")).status_code == 422
    assert (await world.rest("GET", f"/commits/{ref}/status")).json()["state"] == "pending"
    await world.control.act("ada", "push", world.repository, branch="old", files={"a": "1\n"})
    assert (await world.rest("DELETE", "/git/refs/heads/old")).status_code == 204
    assert (await world.rest("DELETE", "/git/refs/heads/old")).status_code == 422
    assert (await world.rest("GET", "/git/ref/heads/old")).status_code == 404


async def test_the_rest_of_the_world_is_reachable(world):
    assert (await world.rest("GET", "")).json()["default_branch"] == "main"
    assert (await world.rest("GET", "//meta")).status_code == 200
    assert (await world.rest("GET", "//rate_limit")).json()["resources"]["core"]["limit"] == 5000


async def _act(world, do, **what):
    return await world.control.act("ada", do, world.repository, **what)


async def test_the_history_of_all_issues_has_the_newest_first_with_the_issue_as_it_is(world):
    first = (await _act(world, "open_issue", title="One", body="x"))["number"]
    second = (await _act(world, "open_issue", title="Two", body="x"))["number"]
    await _act(world, "label", number=first, label="handoff")
    await _act(world, "close_issue", number=second)
    await _act(world, "edit_issue", number=first, title="Uno")

    lines = (await world.rest("GET", "/issues/events")).json()

    assert [(line["event"], line["issue"]["number"]) for line in lines] == [
        ("renamed", first), ("closed", second), ("labeled", first),
    ]  # fmt: skip
    assert [line["issue"]["title"] for line in lines] == ["Uno", "Two", "Uno"]
    assert [line["id"] for line in (await world.rest("GET", "/issues/events?per_page=1&page=3")).json()] == [
        lines[2]["id"]
    ]


async def test_a_deleted_issue_is_gone_and_not_merely_not_found(world):
    number = (await _act(world, "open_issue", title="One", body="x"))["number"]
    await world.control.act("acme", "delete_issue", world.repository, number=number)

    assert (await world.rest("GET", f"/issues/{number}")).status_code == 410
    assert (await world.rest("GET", "/issues/99")).status_code == 404


async def test_activity_tells_who_moved_which_branch(world):
    made = await _act(world, "push", branch="work", files={"a.txt": "a\n"})
    moved = await _act(world, "push", branch="work", files={"a.txt": "b\n"})
    await _act(world, "push", branch="work", files={"a.txt": "c\n"}, force=True)
    await _act(world, "push", branch="other", files={"a.txt": "c\n"})

    lines = (await world.rest("GET", "/activity?ref=refs/heads/work")).json()

    assert [line["activity_type"] for line in lines] == ["force_push", "push", "branch_creation"]
    assert (lines[1]["before"], lines[1]["after"], lines[1]["actor"]["login"]) == (
        made["after"], moved["after"], "ada",
    )  # fmt: skip
