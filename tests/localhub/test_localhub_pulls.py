import pytest

CHANGED = "".join(f"line {number}\n" for number in range(1, 41)).replace("line 20\n", "line twenty\n")


async def _open(world, **changed):
    body = {"title": "Fix", "head": "fix", "base": "main", "body": "why", **changed}
    return await world.rest("POST", "/pulls", body)


async def test_a_draft_is_opened_listed_and_read(world, listener):
    await world.control.act("ada", "push", world.repository, branch="fix", files={"clock.py": CHANGED})
    answer = await _open(world, draft=True)
    assert answer.status_code == 201
    pull = answer.json()
    assert (pull["draft"], pull["mergeable"], pull["mergeable_state"]) == (True, True, "draft")
    assert (pull["additions"], pull["deletions"], pull["changed_files"], pull["commits"]) == (1, 1, 1, 1)
    assert pull["user"]["login"] == "handoff[bot]"
    await world.control.act("ada", "label", world.repository, number=pull["number"], label="handoff")
    found = (await world.rest("GET", "/pulls?head=acme:fix&base=main&state=all")).json()
    assert [each["number"] for each in found] == [pull["number"]]
    assert (await world.rest("GET", "/pulls?head=acme:other")).json() == []
    assert (await world.rest("GET", f"/issues/{pull['number']}")).json()["pull_request"]["merged_at"] is None
    await world.control.idle()
    assert listener.payload("pull_request.opened")["pull_request"]["head"]["ref"] == "fix"


async def test_what_cannot_be_a_pull_request_is_refused_in_githubs_words(world):
    await world.control.act("ada", "push", world.repository, branch="fix", files={"clock.py": CHANGED})
    missing = await _open(world, head="nowhere")
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, "head")
    nothing = await _open(world, head="main")
    assert "No commits between main and main" in nothing.text
    assert (await _open(world)).status_code == 201
    again = await _open(world)
    assert again.status_code == 422
    assert again.json()["errors"][0]["message"] == "A pull request already exists for acme:fix."


async def test_the_diff_is_gits_and_files_say_what_they_are(world):
    number = await world.open_pull({
        "clock.py": CHANGED, "README.md": None, "new name.py": "new = 1\n", "blob.bin": "\0\1\2",
    })  # fmt: skip
    diff = await world.rest("GET", f"/pulls/{number}", headers={"Accept": "application/vnd.github.diff"})
    assert diff.headers["content-type"].startswith("application/vnd.github.diff")
    assert "-line 20\n+line twenty\n" in diff.text
    files = {each["filename"]: each for each in (await world.rest("GET", f"/pulls/{number}/files")).json()}
    assert {name: each["status"] for name, each in files.items()} == {
        "clock.py": "modified", "README.md": "removed", "new name.py": "added", "blob.bin": "added",
    }  # fmt: skip
    assert files["clock.py"]["patch"].startswith("@@ -17,7 +17,7 @@")
    assert "patch" not in files["blob.bin"]
    commits = (await world.rest("GET", f"/pulls/{number}/commits")).json()
    assert [each["commit"]["message"] for each in commits] == ["Change"]
    paged = await world.rest("GET", f"/pulls/{number}/files?per_page=3&page=2")
    assert len(paged.json()) == 1


async def test_a_rename_keeps_its_past(world):
    text = "".join(f"line {number}\n" for number in range(1, 41))
    number = await world.open_pull({"clock.py": None, "watch.py": text})
    [file] = (await world.rest("GET", f"/pulls/{number}/files")).json()
    assert (file["status"], file["previous_filename"], file.get("patch")) == ("renamed", "clock.py", None)


@pytest.mark.parametrize("files", [{f"f{n}.txt": "x\n" for n in range(301)}, {"long.txt": "x\n" * 20_001}])
async def test_a_diff_that_is_too_large_is_406(world, files):
    number = await world.open_pull(files)
    answer = await world.rest("GET", f"/pulls/{number}", headers={"Accept": "application/vnd.github.diff"})
    assert answer.status_code == 406
    assert answer.json()["errors"][0]["code"] == "too_large"


async def test_reviewers_must_be_collaborators_and_not_the_author(world, listener):
    number = await world.open_pull({"clock.py": CHANGED})
    path = f"/pulls/{number}/requested_reviewers"
    asked = await world.rest("POST", path, {"reviewers": ["ada"]})
    assert [each["login"] for each in asked.json()["requested_reviewers"]] == ["ada"]
    own = await world.rest("POST", path, {"reviewers": ["handoff[bot]"]})
    assert (own.status_code, own.json()["message"]) == (
        422, "Review cannot be requested from pull request author.",
    )  # fmt: skip
    assert (await world.rest("POST", path, {"reviewers": ["mallory"]})).status_code == 422
    assert (await world.rest("DELETE", path, {"reviewers": ["ada"]})).json()["requested_reviewers"] == []
    assert (await world.rest("GET", path)).json() == {"users": [], "teams": []}
    await world.control.idle()
    assert listener.payload("pull_request.review_requested")["requested_reviewer"]["login"] == "ada"


async def test_a_push_synchronizes_and_a_merge_is_real(world, listener):
    issue = (await world.control.act("ada", "open_issue", world.repository, title="Slow"))["number"]
    number = await world.open_pull({"clock.py": CHANGED})
    await world.rest("PATCH", f"/pulls/{number}", {"body": f"Fixes #{issue}"})
    before = (await world.rest("GET", f"/pulls/{number}")).json()["head"]["sha"]
    moved = await world.control.act("ada", "push", world.repository, branch="fix", files={"more.py": "1\n"})
    pull = (await world.rest("GET", f"/pulls/{number}")).json()
    assert pull["head"]["sha"] == moved["after"] != before
    merged = await world.control.act("ada", "merge", world.repository, number=number)
    after = (await world.rest("GET", f"/pulls/{number}")).json()
    assert (after["merged"], after["state"], after["merge_commit_sha"]) == (True, "closed", merged["sha"])
    assert after["changed_files"] == 2
    commit = (await world.rest("GET", "/commits/main")).json()
    assert [each["sha"] for each in commit["parents"]][1] == moved["after"]
    assert (await world.rest("GET", f"/issues/{issue}")).json()["state"] == "closed"
    await world.control.idle()
    synchronize = listener.payload("pull_request.synchronize")
    assert (synchronize["before"], synchronize["after"]) == (before, moved["after"])
    assert listener.payload("pull_request.closed")["pull_request"]["merged"] is True


async def test_a_conflict_cannot_be_merged(world):
    number = await world.open_pull({"clock.py": CHANGED})
    await world.control.act("ada", "push", world.repository, files={"clock.py": "other\n"})
    pull = (await world.rest("GET", f"/pulls/{number}")).json()
    assert (pull["mergeable"], pull["mergeable_state"]) == (False, "dirty")
    assert (await world.rest("PUT", f"/pulls/{number}/merge", {})).status_code == 405


async def test_merging_checks_the_head_and_can_squash(world):
    number = await world.open_pull({"clock.py": CHANGED})
    stale = await world.rest("PUT", f"/pulls/{number}/merge", {"sha": "0" * 40})
    assert stale.status_code == 409
    done = await world.rest(
        "PUT", f"/pulls/{number}/merge", {"merge_method": "squash", "commit_title": "One"}
    )
    assert done.json()["merged"] is True
    commit = (await world.rest("GET", "/commits/main")).json()
    assert (len(commit["parents"]), commit["commit"]["message"]) == (1, "One")


async def test_deleting_the_branch_closes_the_pull_request(world, listener):
    number = await world.open_pull({"clock.py": CHANGED})
    await world.control.act("ada", "delete_branch", world.repository, branch="fix")
    assert (await world.rest("GET", f"/pulls/{number}")).json()["state"] == "closed"
    await world.control.idle()
    assert listener.payload("delete")["ref"] == "fix"
    assert listener.payload("pull_request.closed")["pull_request"]["merged"] is False


async def test_what_reaches_main_by_a_push_counts_as_merged(world, tmp_path):
    number = await world.open_pull({"clock.py": CHANGED})
    await world.git("clone", "-q", f"{world.url}/{world.repository}.git", "work", cwd=tmp_path)
    code, output = await world.git("push", "origin", "origin/fix:refs/heads/main", cwd=tmp_path / "work")
    assert code == 0, output
    assert (await world.rest("GET", f"/pulls/{number}")).json()["merged"] is True
