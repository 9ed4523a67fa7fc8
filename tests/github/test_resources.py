"""Each verb: what it sends (held to GitHub's contract by the script) and how it reads the answer."""

import base64
from datetime import UTC, datetime

import httpx
import pytest

from app.domain.errors import NotAllowed, NotFound, Refused, Unreachable
from app.domain.ids import Actor
from app.github.checks import Verdict
from app.github.connection import API_VERSION
from app.github.failures import TooLarge, Unprocessable
from app.github.place import PAGES_MAX, PER_PAGE
from app.github.shapes import Remark

REPO = "/repos/ada/dates"
AT = "2026-03-01T12:00:00Z"
ADA = {"login": "ada", "id": 1, "type": "User", "unknown": True}


def ok(body, status=200, **headers):
    return httpx.Response(status, json=body, headers=headers)


def missing(message="Not Found", status=404, **body):
    return httpx.Response(status, json={"message": message, "documentation_url": "d", **body})


def issue(number=12, **changes):
    return {"number": number, "title": "Dates", "body": None, "state": "open", "user": ADA, "labels": [{"name": "handoff"}, "bare"], "updated_at": AT} | changes  # fmt: skip


def comment(number=5, **changes):
    return {"id": number, "body": "b", "user": ADA, "created_at": AT, "updated_at": AT} | changes


def pull(number=3, state="open", branch="handoff/12-dates", **changes):
    head, base = {"sha": "a" * 40, "ref": branch, "repo": {"id": 42}}, {"sha": "b" * 40, "ref": "main"}
    return {"number": number, "node_id": f"PR_{number}", "title": "t", "body": None, "state": state, "draft": True, "merged_at": None, "user": ADA, "head": head, "base": base} | changes  # fmt: skip


async def test_every_request_pins_the_version_of_the_interface(dates, script):
    script.on("GET", f"{REPO}/issues/12", ok(issue()))
    await dates.issues.get(12)
    assert {request.headers["x-github-api-version"] for request in script.seen} == {API_VERSION}


async def test_an_issue_is_read(dates, script):
    script.on("GET", f"{REPO}/issues/12", ok(issue(user=None, pull_request={"url": "x"})))
    found = await dates.issues.get(12)
    assert (found.body, found.labels, found.author.login, found.is_pull_request) == (
        "",
        ("handoff", "bare"),
        "ghost",
        True,
    )


async def test_a_long_list_is_read_to_its_end(dates, script):
    pages = [ok([issue(n) for n in range(PER_PAGE)]), ok([issue(500)])]
    script.on("GET", f"{REPO}/issues", *pages)
    found = await dates.issues.with_label("handoff", since=datetime(2026, 1, 1, tzinfo=UTC))
    assert len(found) == PER_PAGE + 1
    queries = [dict(request.url.params) for request in script.seen if request.method == "GET"]
    assert [query["page"] for query in queries] == ["1", "2"]
    assert queries[0]["since"] == "2026-01-01T00:00:00Z"
    assert queries[0]["labels"] == "handoff"


async def test_a_list_without_end_is_refused_rather_than_cut(dates, script):
    script.on("GET", f"{REPO}/issues/12/comments", ok([comment(n) for n in range(PER_PAGE)]))
    with pytest.raises(Refused, match="too long"):
        await dates.issues.comments(12)
    assert sum(request.method == "GET" for request in script.seen) == PAGES_MAX


async def test_a_comment_says_which_app_wrote_it(dates, script):
    app = {"id": 99, "slug": "handoff"}
    script.on(
        "GET",
        f"{REPO}/issues/12/comments",
        ok([comment(performed_via_github_app=app), comment(6, performed_via_github_app=None)]),
    )
    assert [found.app_id for found in await dates.issues.comments(12)] == [99, None]


async def test_comments_are_created_and_updated(dates, script):
    script.on("POST", f"{REPO}/issues/12/comments", ok(comment(), 201))
    script.on("PATCH", f"{REPO}/issues/comments/5", ok(comment(body="c")))
    assert (await dates.issues.create_comment(12, "b")).id == 5
    assert (await dates.issues.update_comment(5, "c")).body == "c"
    assert script.sent("PATCH", f"{REPO}/issues/comments/5") == [{"body": "c"}]


async def test_eyes_and_labels(dates, script):
    script.on("POST", f"{REPO}/issues/12/reactions", ok({"id": 1, "content": "eyes"}))
    script.on("POST", f"{REPO}/issues/12/labels", ok([{"name": "handoff"}]))
    script.on("DELETE", f"{REPO}/issues/12/labels/needs%20a%2Fb%3F", ok([]))
    await dates.issues.react_with_eyes(12)
    await dates.issues.add_label(12, "handoff")
    await dates.issues.remove_label(12, "needs a/b?")
    await dates.issues.remove_label(12, "not there")
    assert script.sent("POST", f"{REPO}/issues/12/reactions") == [{"content": "eyes"}]


async def test_a_role_is_githubs_role_name(dates, script):
    script.on(
        "GET",
        f"{REPO}/collaborators/eve/permission",
        ok({"permission": "read", "role_name": "triage", "user": ADA}),
    )
    assert await dates.code.role_of("eve") == "triage"
    assert await dates.code.role_of("nobody") == "none"


async def test_a_role_of_an_organisations_own_counts_as_its_base(dates, script):
    script.on(
        "GET",
        f"{REPO}/collaborators/eve/permission",
        ok({"permission": "write", "role_name": "release-manager"}),
    )
    script.on("GET", f"{REPO}/collaborators/bob/permission", ok({"role_name": "admins"}))
    assert await dates.code.role_of("eve") == "write"
    assert await dates.code.role_of("bob") == "none"


@pytest.mark.parametrize(
    ("answer", "error"),
    [(missing(status=500), Unreachable), (missing(status=403), NotAllowed), (httpx.ReadTimeout("slow"), Unreachable), (ok([]), Unreachable)],
)  # fmt: skip
async def test_a_role_that_cannot_be_looked_up_is_an_error_and_never_a_role(dates, script, answer, error):
    script.on("GET", f"{REPO}/collaborators/eve/permission", answer)
    with pytest.raises(error):
        await dates.code.role_of("eve")


async def test_a_login_cannot_lead_to_another_address(dates, script):
    script.on("GET", f"{REPO}/collaborators/..%2F..%2Fx%3Fy/permission", ok({"role_name": "read"}))
    assert await dates.code.role_of("../../x?y") == "read"


async def test_a_file_is_read_as_text(dates, script):
    content = base64.encodebytes("é = 1\n".encode() * 40).decode()
    script.on(
        "GET", f"{REPO}/contents/a%20b/c.py", ok({"type": "file", "encoding": "base64", "content": content})
    )
    assert await dates.code.file_at("a b/c.py", "main") == "é = 1\n" * 40
    assert await dates.code.file_at("gone.py", "main") is None
    assert script.seen[-1].url.params["ref"] == "main"


@pytest.mark.parametrize(
    "answer",
    [
        [{"type": "file"}],
        {"type": "dir"},
        {"type": "submodule"},
        {"type": "symlink", "target": "/etc/passwd"},
    ],
)
async def test_what_is_no_file_is_none(dates, script, answer):
    script.on("GET", f"{REPO}/contents/x", ok(answer))
    assert await dates.code.file_at("x", "main") is None


@pytest.mark.parametrize(
    "answer",
    [
        {"encoding": "none", "content": ""},
        {"encoding": "base64", "content": "/w=="},
        {"encoding": "base64", "content": "!"},
    ],
)
async def test_a_file_that_is_too_large_or_not_text_says_so(dates, script, answer):
    script.on("GET", f"{REPO}/contents/x", ok({"type": "file"} | answer))
    with pytest.raises(TooLarge):
        await dates.code.file_at("x", "main")


async def test_the_head_of_a_branch(dates, script):
    script.on("GET", f"{REPO}/git/ref/heads/handoff/12-dates", ok({"ref": "x", "object": {"sha": "a" * 40}}))
    script.on("GET", f"{REPO}/git/ref/heads/main", missing("Git Repository is empty.", 409))
    assert await dates.code.head("handoff/12-dates") == "a" * 40
    assert await dates.code.head("gone") is None
    assert await dates.code.head("main") is None


async def test_the_bot_has_an_id_of_its_own(dates, script):
    script.on("GET", "/users/handoff%5Bbot%5D", ok({"login": "handoff[bot]", "id": 555, "type": "Bot"}))
    assert await dates.code.bot("handoff") == Actor(login="handoff[bot]", id=555, is_bot=True)


async def test_an_open_pull_request_is_found_before_a_newer_closed_one(dates, script):
    found = [pull(9, "closed"), pull(4), pull(2, "closed"), pull(11, branch="other")]
    script.on("GET", f"{REPO}/pulls", ok(found))
    assert (await dates.pulls.find(head="handoff/12-dates", base="main")).number == 4
    assert script.seen[-1].url.params["head"] == "ada:handoff/12-dates"


async def test_a_pull_request_that_exists_already_is_adopted(dates, script):
    exists = missing("Validation Failed", 422, errors=[{"resource": "PullRequest", "code": "custom", "message": "A pull request already exists for ada:handoff/12-dates."}])  # fmt: skip
    script.on("POST", f"{REPO}/pulls", exists)
    script.on("GET", f"{REPO}/pulls", ok([pull(4)]))
    opened = await dates.pulls.open_draft(title="t", body="b", head="handoff/12-dates", base="main")
    assert (opened.number, opened.head_repository, opened.merged) == (4, 42, False)
    assert script.sent("POST", f"{REPO}/pulls") == [
        {"title": "t", "body": "b", "head": "handoff/12-dates", "base": "main", "draft": True}
    ]


async def test_without_drafts_in_the_plan_the_pull_request_is_none(dates, script):
    no_drafts = missing("Draft pull requests are not supported in this repository.", 422)
    script.on("POST", f"{REPO}/pulls", no_drafts, ok(pull(draft=False), 201))
    assert not (await dates.pulls.open_draft(title="t", body="b", head="handoff/12-dates", base="main")).draft
    assert [body["draft"] for body in script.sent("POST", f"{REPO}/pulls")] == [True, False]


async def test_another_refusal_to_open_is_passed_on(dates, script):
    script.on("POST", f"{REPO}/pulls", missing("No commits between main and handoff/12-dates", 422))
    with pytest.raises(Unprocessable, match="No commits"):
        await dates.pulls.open_draft(title="t", body="b", head="handoff/12-dates", base="main")


async def test_a_pull_request_from_a_fork_that_is_gone_is_read(dates, script):
    gone = pull(head={"sha": "a" * 40, "ref": "x", "repo": None}, merged_at=AT)
    script.on("GET", f"{REPO}/pulls/3", ok(gone))
    found = await dates.pulls.get(3)
    assert (found.head_repository, found.merged) == (None, True)


async def test_the_diff_is_githubs_own_and_none_when_too_large(dates, script):
    too_large = missing("Sorry, the diff exceeded the maximum number of lines (20000)", 406)
    script.on("GET", f"{REPO}/pulls/3", httpx.Response(200, text="diff --git a/x b/x\n"), too_large)
    assert await dates.pulls.diff(3) == "diff --git a/x b/x\n"
    assert script.seen[-1].headers["accept"] == "application/vnd.github.diff"
    assert await dates.pulls.diff(3) is None


async def test_files_reviewers_update_and_ready(dates, script):
    script.on(
        "GET",
        f"{REPO}/pulls/3/files",
        ok([{"filename": "b.py", "status": "renamed", "previous_filename": "a.py"}]),
    )
    script.on("POST", f"{REPO}/pulls/3/requested_reviewers", ok(pull(), 201))
    script.on("PATCH", f"{REPO}/pulls/3", ok(pull(title="new")))
    ready = {"data": {"markPullRequestReadyForReview": {"pullRequest": {"isDraft": False}}}}
    script.on("POST", "/api/graphql", ok(ready))
    (file,) = await dates.pulls.files(3)
    assert (file.path, file.previous_path, file.patch) == ("b.py", "a.py", None)
    await dates.pulls.request_reviewers(3, ["ada"])
    assert (await dates.pulls.update(3, title="new", body="b")).title == "new"
    await dates.pulls.mark_ready("PR_3")
    assert script.sent("POST", f"{REPO}/pulls/3/requested_reviewers") == [{"reviewers": ["ada"]}]
    assert script.sent("POST", "/api/graphql")[0]["variables"] == {"id": "PR_3"}


async def test_a_review_is_a_comment_on_one_commit_with_all_its_remarks(dates, script):
    review = {"id": 8, "user": ADA, "body": "b", "state": "COMMENTED", "commit_id": "a" * 40}
    script.on("POST", f"{REPO}/pulls/3/reviews", ok(review))
    remarks = [
        Remark(path="a.py", line=3, body="x"),
        Remark(path="a.py", line=9, start_line=7, side="LEFT", body="y"),
    ]
    assert (await dates.reviews.create(3, commit_id="a" * 40, body="b", remarks=remarks)).id == 8
    assert script.sent("POST", f"{REPO}/pulls/3/reviews") == [
        {
            "commit_id": "a" * 40,
            "event": "COMMENT",
            "body": "b",
            "comments": [
                {"path": "a.py", "body": "x", "line": 3, "side": "RIGHT"},
                {
                    "path": "a.py",
                    "body": "y",
                    "line": 9,
                    "side": "LEFT",
                    "start_line": 7,
                    "start_side": "LEFT",
                },
            ],
        }
    ]


async def test_reviews_are_listed_drafts_deleted_and_files_commented(dates, script):
    pending = {"id": 8, "user": None, "body": "", "state": "PENDING"}
    line = {"id": 1, "path": "a.py", "body": "x", "user": ADA, "line": None}
    script.on("GET", f"{REPO}/pulls/3/reviews", ok([pending]))
    script.on("DELETE", f"{REPO}/pulls/3/reviews/8", ok(pending))
    script.on("GET", f"{REPO}/pulls/3/reviews/8/comments", ok([line]))
    script.on("POST", f"{REPO}/pulls/3/comments", ok(line, 201))
    (review,) = await dates.reviews.of(3)
    await dates.reviews.delete_pending(3, review.id)
    assert [found.line for found in await dates.reviews.comments(3, 8)] == [None]
    await dates.reviews.comment_on_file(3, commit_id="a" * 40, path="a.py", body="x")
    assert script.sent("POST", f"{REPO}/pulls/3/comments")[0]["subject_type"] == "file"


async def test_a_check_run_is_found_again_by_the_name_we_gave_it(dates, script):
    run = {"id": 1, "name": "handoff", "head_sha": "a" * 40, "status": "in_progress", "external_id": "j1"}
    script.on(
        "GET",
        f"{REPO}/commits/{'a' * 40}/check-runs",
        ok({"total_count": 2, "check_runs": [run | {"id": 2, "external_id": ""}, run]}),
    )
    script.on("POST", f"{REPO}/check-runs", ok(run, 201))
    script.on("PATCH", f"{REPO}/check-runs/1", ok(run))
    found = await dates.checks.find("a" * 40, name="handoff", external_id="j1")
    assert found.id == 1
    assert await dates.checks.find("a" * 40, name="handoff", external_id="j2") is None
    assert script.seen[-1].url.params["filter"] == "all"
    await dates.checks.create(
        "a" * 40, name="handoff", external_id="j1", verdict=Verdict(title="t", summary="s")
    )
    await dates.checks.update(
        1, Verdict(title="t", summary="s", conclusion="success", details_url="https://x.test")
    )
    output = {"title": "t", "summary": "s"}
    assert script.sent("POST", f"{REPO}/check-runs") == [
        {
            "name": "handoff",
            "head_sha": "a" * 40,
            "external_id": "j1",
            "status": "in_progress",
            "output": output,
        }
    ]
    assert script.sent("PATCH", f"{REPO}/check-runs/1") == [
        {"status": "completed", "conclusion": "success", "details_url": "https://x.test", "output": output}
    ]


async def test_the_app_its_installation_and_its_deliveries(door, script):
    attempt = {"id": 1, "guid": "g", "delivered_at": AT, "redelivery": False, "status": "OK", "status_code": 202, "event": "issues", "action": "labeled"}  # fmt: skip
    link = '<https://hub.test/api/v3/app/hook/deliveries?per_page=100&cursor=v1_2>; rel="next"'
    script.on(
        "GET",
        "/app",
        ok(
            {
                "id": 9,
                "slug": "handoff",
                "name": "Handoff",
                "permissions": {"issues": "write"},
                "events": ["issues"],
            }
        ),
    )
    script.on("GET", f"{REPO}/installation", ok({"id": 7, "account": ADA, "permissions": {}}))
    script.on(
        "GET", "/app/hook/deliveries", httpx.Response(200, json=[attempt], headers={"link": link}), ok([])
    )
    script.on(
        "GET",
        "/app/hook/deliveries/1",
        ok(attempt | {"request": {"headers": {}, "payload": {"action": "labeled"}}}),
    )
    script.on("POST", "/app/hook/deliveries/1/attempts", ok({}, 202))
    assert (await door.app()).slug == "handoff"
    assert (await door.installation_of("ada", "dates")).id == 7
    (found,), cursor = await door.deliveries()
    assert (found.guid, cursor) == ("g", "v1_2")
    assert await door.deliveries(cursor=cursor) == ([], None)
    assert script.seen[-1].url.params["cursor"] == "v1_2"
    assert (await door.delivery(1)).payload == {"action": "labeled"}
    await door.redeliver(1)
    assert script.minted == 0
    with pytest.raises(NotFound):
        await door.redeliver(2)
