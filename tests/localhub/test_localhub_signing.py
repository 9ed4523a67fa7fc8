"""Branches that take signed commits only, and the git-data API that makes them."""

import base64

import pytest

from localhub.client import ControlRefused


async def _commit(world, parent, files, **named):
    """A tree on top of a commit's, and a commit of it; the answer of the second."""
    tree = await world.rest("GET", f"/git/commits/{parent}")
    entries = [
        {"path": path, "mode": "100644", "type": "blob", "content": text} for path, text in files.items()
    ]
    made = await world.rest("POST", "/git/trees", {"base_tree": tree.json()["tree"]["sha"], "tree": entries})
    assert made.status_code == 201, made.text
    body = {"message": "By the API", "tree": made.json()["sha"], "parents": [parent], **named}
    return (await world.rest("POST", "/git/commits", body)).json()


async def _tip(world, branch="main"):
    return (await world.rest("GET", f"/git/ref/heads/{branch}")).json()["object"]["sha"]


async def _push(world, folder, branch):
    folder.mkdir()
    await world.git("clone", "-q", f"{world.url}/{world.repository}.git", "work", cwd=folder)
    work = folder / "work"
    (work / "new.py").write_text("new = 1\n")
    await world.git("checkout", "-q", "-B", branch, cwd=work)
    await world.git("add", "new.py", cwd=work)
    await world.git("commit", "-q", "-m", "New", cwd=work)
    return await world.git("push", "origin", branch, cwd=work)


async def test_an_unsigned_push_is_refused_where_signatures_are_required(world, tmp_path):
    await world.control.act("acme", "require_signatures", world.repository, branch="handoff/*")
    code, output = await _push(world, tmp_path / "a", "handoff/1-dates")
    assert code != 0
    assert "GH013: Repository rule violations found for refs/heads/handoff/1-dates." in output
    assert "Commits must have verified signatures." in output
    code, output = await _push(world, tmp_path / "b", "free")
    assert code == 0, output


async def test_a_rule_is_told_for_branches_that_match_it(world):
    await world.control.act("acme", "require_signatures", world.repository, branch="handoff/*")
    (rule,) = (await world.rest("GET", "/rules/branches/handoff/1-dates")).json()
    assert rule["type"] == "required_signatures"
    assert (await world.rest("GET", "/rules/branches/main")).json() == []


async def test_only_an_owner_makes_rules(world):
    with pytest.raises(ControlRefused):
        await world.control.act("ada", "require_signatures", world.repository)


async def test_an_apps_commit_without_names_is_verified_and_one_with_names_is_not(world):
    parent = await _tip(world)
    ours = await _commit(world, parent, {"a.py": "a = 1\n"})
    named = await _commit(world, parent, {"a.py": "a = 1\n"}, author={"name": "Ada", "email": "a@b"})
    assert (ours["verification"]["verified"], ours["author"]["name"], ours["committer"]["name"]) == (
        True,
        "handoff[bot]",
        "GitHub",
    )
    assert (named["verification"]["verified"], named["author"]["name"]) == (False, "Ada")
    await world.control.act("acme", "require_signatures", world.repository)
    for commit, status in ((named, 422), (ours, 201)):
        answer = await world.rest("POST", "/git/refs", {"ref": "refs/heads/fix", "sha": commit["sha"]})
        assert answer.status_code == status, answer.text


async def test_a_commit_by_the_api_can_be_fetched_and_built_upon_by_git(world, tmp_path):
    ours = await _commit(world, await _tip(world), {"dir/a.py": "a = 1\n"})
    await world.rest("POST", "/git/refs", {"ref": "refs/heads/fix", "sha": ours["sha"]})
    (tmp_path / "a").mkdir()
    code, output = await world.git(
        "clone", "-q", "-b", "fix", f"{world.url}/{world.repository}.git", "work", cwd=tmp_path / "a"
    )
    assert code == 0, output
    assert (tmp_path / "a/work/dir/a.py").read_text() == "a = 1\n"
    assert (tmp_path / "a/work/clock.py").exists()


async def test_a_ref_moves_forward_and_is_forced_only_when_asked(world, listener):
    parent = await _tip(world)
    one, other = [await _commit(world, parent, {"a.py": text}) for text in ("1\n", "2\n")]
    created = await world.rest("POST", "/git/refs", {"ref": "refs/heads/fix", "sha": one["sha"]})
    assert created.status_code == 201
    again = await world.rest("POST", "/git/refs", {"ref": "refs/heads/fix", "sha": one["sha"]})
    assert (again.status_code, again.json()["message"]) == (422, "Reference already exists")
    aside = await world.rest("PATCH", "/git/refs/heads/fix", {"sha": other["sha"]})
    assert (aside.status_code, aside.json()["message"]) == (422, "Update is not a fast forward")
    forced = await world.rest("PATCH", "/git/refs/heads/fix", {"sha": other["sha"], "force": True})
    assert forced.json()["object"]["sha"] == other["sha"]
    await world.control.idle()
    assert listener.payload("push")["forced"] is True


async def test_a_merge_of_unsigned_commits_is_refused_where_signatures_are_required(world):
    number = await world.open_pull({"new.py": "1\n"}, by_app=False)
    await world.control.act("acme", "require_signatures", world.repository, branch="main")
    with pytest.raises(ControlRefused, match="verified signatures"):
        await world.control.act("ada", "merge", world.repository, number=number)
    merged = await world.control.act("ada", "merge", world.repository, number=number, method="squash")
    assert merged["merged"]


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/git/blobs", {"content": "?", "encoding": "base64"}, "content is not valid Base64"),
        ("/git/trees", {"tree": []}, "Invalid tree info"),
        ("/git/trees", {"tree": [{"path": "a", "mode": "100644"}]}, "Must supply either tree.sha or tree.content."),
        ("/git/trees", {"tree": [{"path": "a", "mode": "100644", "sha": "0" * 39 + "1"}]}, "GitRPC::BadObjectState"),
        ("/git/trees", {"tree": [{"path": "a", "mode": "100644", "sha": None}]}, "GitRPC::BadObjectState"),
        ("/git/trees", {"tree": [{"path": "../a", "mode": "100644", "content": "a"}]}, "tree.path contains a malformed path component"),
        ("/git/commits", {"message": "m", "tree": "0" * 40}, "Tree SHA does not exist"),
        ("/git/refs", {"ref": "refs/heads/x", "sha": "0" * 40}, "Object does not exist"),
        ("/git/refs", {"ref": "x", "sha": "0" * 40}, "Reference name must start with 'refs/' and have at least two slashes."),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_refused_in_githubs_words(world, path, body, message):
    answer = await world.rest("POST", path, body)
    assert (answer.status_code, answer.json()["message"]) == (422, message)


async def test_a_blob_keeps_every_byte(world):
    content = bytes(range(256))
    sent = {"content": base64.b64encode(content).decode(), "encoding": "base64"}
    blob = (await world.rest("POST", "/git/blobs", sent)).json()
    entry = {"path": "data", "mode": "100644", "type": "blob", "sha": blob["sha"]}
    tree = (await world.rest("POST", "/git/trees", {"tree": [entry]})).json()
    assert [each["path"] for each in tree["tree"]] == ["data"]
    reader = (await world.mint(permissions={"contents": "read"}))["token"]
    assert (await world.rest("POST", "/git/blobs", sent, token=reader)).status_code == 403
