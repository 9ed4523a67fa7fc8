import pytest

CHANGED = (
    "".join(f"line {number}\n" for number in range(1, 41))
    .replace("line 10\n", "line ten\n")
    .replace("line 30\n", "")
)


async def _review(world, number, **asked):
    return await world.rest("POST", f"/pulls/{number}/reviews", {"event": "COMMENT", "body": "Look", **asked})


def _at(line, **more):
    return {"path": "clock.py", "line": line, "body": "Hm.", **more}


@pytest.fixture
async def number(world):
    return await world.open_pull({"clock.py": CHANGED, "other.py": "a\nb\n", "blob.bin": "\0\1"})


async def test_one_review_with_comments_fires_one_plus_n_events(world, listener, number):
    answer = await _review(
        world, number, comments=[_at(10), _at(13), _at(30, side="LEFT"), _at(11, start_line=9)]
    )
    assert answer.status_code == 200, answer.text
    review = answer.json()
    assert (review["state"], review["user"]["login"]) == ("COMMENTED", "handoff[bot]")
    comments = (await world.rest("GET", f"/pulls/{number}/reviews/{review['id']}/comments")).json()
    assert [(each["line"], each["side"]) for each in comments] == [
        (10, "RIGHT"), (13, "RIGHT"), (30, "LEFT"), (11, "RIGHT"),
    ]  # fmt: skip
    assert comments[0]["diff_hunk"].endswith("+line ten")
    assert comments[3]["start_line"] == 9
    await world.control.idle()
    told = [name for name in listener.names() if name.startswith("pull_request_review")]
    assert told == ["pull_request_review.submitted"] + ["pull_request_review_comment.created"] * 4
    submitted = listener.payload("pull_request_review.submitted")["review"]
    assert (submitted["state"], submitted["body"]) == ("commented", "Look")


REFUSED = [
    ({"comments": [_at(25)]}, "Line could not be resolved"),
    ({"comments": [_at(50, side="LEFT")]}, "Line could not be resolved"),
    ({"comments": [_at(10), _at(1)]}, "Line could not be resolved"),
    ({"comments": [_at(1, path="nowhere.py")]}, "Path could not be resolved"),
    ({"comments": [_at(1, path="a/clock.py")]}, "Path could not be resolved"),
    ({"comments": [_at(1, path="blob.bin")]}, "Line could not be resolved"),
    ({"comments": [_at(29, start_line=10)]}, "start line must be part of the same hunk as the line"),
    ({"comments": [_at(10, start_line=10)]}, "start line must precede the end line"),
    ({"comments": [_at(10, start_line=12)]}, "start line must precede the end line"),
    ({"comments": [{"path": "clock.py", "position": 999, "body": "x"}]}, "Position is invalid"),
    ({"comments": [_at(10, body="x" * 65_537)]}, "Body is too long (maximum is 65536 characters)"),
    ({"body": "x" * 65_537}, "Body is too long (maximum is 65536 characters)"),
    ({"body": ""}, "can't be blank"),
    ({"commit_id": "1" * 40}, "The commitOID is not part of the pull request"),
    ({"event": "APPROVE"}, "Review Can not approve your own pull request"),
    ({"event": "REQUEST_CHANGES"}, "Review Can not request changes on your own pull request"),
]


async def test_what_github_refuses_in_a_review_is_refused_whole_and_in_its_words(world, number):
    for asked, told in REFUSED:
        answer = await _review(world, number, **asked)
        assert (answer.status_code, asked) == (422, asked)
        assert told in answer.json()["errors"][0]
    assert (await world.rest("GET", f"/pulls/{number}/reviews")).json() == []
    assert (await world.rest("GET", f"/pulls/{number}/comments")).json() == []


async def test_a_file_comment_cannot_be_in_a_batch(world, number):
    wrong = {"path": "clock.py", "body": "x", "subject_type": "file"}
    assert (await _review(world, number, comments=[wrong])).status_code == 422
    problems = await world.control.log(problems=True)
    assert "subject_type" in problems[0]["problems"][0]
    await world.control.clear_log()


async def test_a_leftover_draft_blocks_every_further_review(world, listener, number):
    draft = await world.rest("POST", f"/pulls/{number}/reviews", {})
    assert draft.json()["state"] == "PENDING"
    listed = (await world.rest("GET", f"/pulls/{number}/reviews")).json()
    assert [each["state"] for each in listed] == ["PENDING"]
    assert "submitted_at" not in listed[0]
    blocked = await _review(world, number)
    assert blocked.json()["errors"] == ["User can only have one pending review per pull request"]
    single = {"body": "x", "path": "clock.py", "line": 10, "commit_id": listed[0]["commit_id"]}
    assert (await world.rest("POST", f"/pulls/{number}/comments", single)).status_code == 422
    assert (await world.rest("DELETE", f"/pulls/{number}/reviews/{listed[0]['id']}")).status_code == 200
    assert (await _review(world, number)).status_code == 200
    await world.control.idle()
    assert listener.names().count("pull_request_review.submitted") == 1


async def test_a_draft_is_submitted_by_its_owner_and_seen_by_nobody_else(world, listener, number):
    asked = {"comments": [_at(10)]}
    draft = (await world.rest("POST", f"/pulls/{number}/reviews", asked)).json()
    ada = await world.rest("GET", f"/pulls/{number}/reviews", token=await _token_of(world, "eve"))
    assert ada.json() == []
    assert (await world.rest("GET", f"/pulls/{number}/comments")).json() == []
    events = f"/pulls/{number}/reviews/{draft['id']}/events"
    done = await world.rest("POST", events, {"event": "COMMENT", "body": "Now"})
    assert (done.json()["state"], done.json()["body"]) == ("COMMENTED", "Now")
    assert (await world.rest("POST", events, {"event": "COMMENT"})).status_code == 422
    edited = await world.rest("PUT", f"/pulls/{number}/reviews/{draft['id']}", {"body": "Better"})
    assert edited.json()["body"] == "Better"
    assert (await world.rest("DELETE", f"/pulls/{number}/reviews/{draft['id']}")).status_code == 422


async def _token_of(world, login):
    return (await world.control.add_user(login))["token"]


async def test_a_single_comment_and_a_reply_each_fire_both_events(world, listener, number):
    head = (await world.rest("GET", f"/pulls/{number}")).json()["head"]["sha"]
    single = {"body": "Hm.", "path": "clock.py", "line": 10, "side": "RIGHT", "commit_id": head}
    comment = await world.rest("POST", f"/pulls/{number}/comments", single)
    assert comment.status_code == 201, comment.text
    top = comment.json()["id"]
    reply = await world.rest("POST", f"/pulls/{number}/comments/{top}/replies", {"body": "Yes."})
    assert reply.json()["in_reply_to_id"] == top
    nested = await world.rest(
        "POST", f"/pulls/{number}/comments/{reply.json()['id']}/replies", {"body": "No."}
    )
    assert nested.status_code == 404
    without = await world.client.post(
        f"/repos/{world.repository}/pulls/comments/{top}/replies",
        json={"body": "x"}, headers={"Authorization": f"Bearer {world.token}"},
    )  # fmt: skip
    assert without.status_code == 404
    reviews = (await world.rest("GET", f"/pulls/{number}/reviews")).json()
    assert [(each["state"], each["body"]) for each in reviews] == [("COMMENTED", "")] * 2
    await world.control.idle()
    told = [name for name in listener.names() if name.startswith("pull_request_review")]
    assert told == ["pull_request_review.submitted", "pull_request_review_comment.created"] * 2
    assert listener.payload("pull_request_review.submitted")["review"]["body"] is None
    await world.control.clear_log()  # the misplaced reply is no documented route


async def test_a_file_can_be_commented_as_a_whole(world, number):
    head = (await world.rest("GET", f"/pulls/{number}")).json()["head"]["sha"]
    whole = {"body": "Hm.", "path": "blob.bin", "subject_type": "file", "commit_id": head}
    comment = await world.rest("POST", f"/pulls/{number}/comments", whole)
    assert comment.status_code == 201
    assert (comment.json()["subject_type"], comment.json()["line"]) == ("file", None)
    without_line = {"body": "Hm.", "path": "clock.py", "commit_id": head}
    assert (await world.rest("POST", f"/pulls/{number}/comments", without_line)).status_code == 422


async def test_review_comments_are_edited_and_deleted_without_the_pull_requests_number(
    world, listener, number
):
    await _review(world, number, comments=[_at(10)])
    [comment] = (await world.rest("GET", f"/pulls/{number}/comments")).json()
    path = f"/pulls/comments/{comment['id']}"
    assert (await world.rest("PATCH", path, {"body": "Edited"})).json()["body"] == "Edited"
    assert (await world.rest("GET", path)).json()["body"] == "Edited"
    assert (await world.rest("POST", f"{path}/reactions", {"content": "+1"})).status_code == 201
    assert (await world.rest("DELETE", path)).status_code == 204
    assert (await world.rest("GET", path)).status_code == 404
    await world.control.idle()
    assert listener.names()[-2:] == [
        "pull_request_review_comment.edited",
        "pull_request_review_comment.deleted",
    ]


async def test_people_review_approve_and_are_dismissed(world, listener, number):
    asked = await world.control.act(
        "ada", "review", world.repository, number=number, state="REQUEST_CHANGES", body="No.",
        comments=[_at(10), _at(20, body="This line is in no hunk.")],
    )  # fmt: skip
    assert asked["state"] == "CHANGES_REQUESTED"
    comments = (await world.rest("GET", f"/pulls/{number}/reviews/{asked['id']}/comments")).json()
    assert [each["line"] for each in comments] == [10, 20]
    dismissed = await world.rest(
        "PUT", f"/pulls/{number}/reviews/{asked['id']}/dismissals", {"message": "Done"}
    )  # fmt: skip
    assert dismissed.json()["state"] == "DISMISSED"
    await world.control.act("ada", "review", world.repository, number=number, state="APPROVE")
    await world.control.act("mallory", "review", world.repository, number=number, body="Me too")
    await world.control.idle()
    assert listener.payload("pull_request_review.dismissed")["review"]["state"] == "dismissed"
    assert listener.payload("pull_request_review.submitted")["sender"]["login"] == "mallory"


async def test_a_comment_follows_its_line_until_the_line_changes(world, number):
    await _review(world, number, comments=[_at(10), _at(29)])
    head = (await world.rest("GET", f"/pulls/{number}")).json()["head"]["sha"]
    shifted = "first\n" + CHANGED.replace("line 29\n", "line twenty-nine\n")
    moved = await world.control.act(
        "ada", "push", world.repository, branch="fix", files={"clock.py": shifted}
    )
    followed, outdated = (await world.rest("GET", f"/pulls/{number}/comments")).json()
    assert (followed["line"], followed["original_line"]) == (11, 10)
    assert (followed["commit_id"], followed["original_commit_id"]) == (moved["after"], head)
    assert (outdated["line"], outdated["position"], outdated["original_line"]) == (None, None, 29)
    assert outdated["commit_id"] == head
    [review] = (await world.rest("GET", f"/pulls/{number}/reviews")).json()
    assert review["commit_id"] == head, "a plain push leaves reviews where they were"


async def test_after_a_force_push_old_reviews_claim_the_new_head(world, number):
    await _review(world, number, comments=[_at(10)])
    moved = await world.control.act(
        "ada", "push", world.repository, branch="fix", files={"clock.py": "all new\n"}, force=True
    )  # fmt: skip
    [review] = (await world.rest("GET", f"/pulls/{number}/reviews")).json()
    assert review["commit_id"] == moved["after"]
    [comment] = (await world.rest("GET", f"/pulls/{number}/comments")).json()
    assert comment["line"] is None
    old = comment["original_commit_id"]
    late = await _review(world, number, commit_id=old)
    assert late.json()["errors"] == ["The commitOID is not part of the pull request"]
