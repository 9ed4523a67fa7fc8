"""The pages of the pretend GitHub, used as a browser uses them: forms, redirects, a cookie."""

import html
import re
from urllib.parse import urlencode

import pytest

from localhub.loopback import loopback_client
from localhub.pages.routing import RESERVED

HOME = "/acme/clock"
CHANGED = (
    "".join(f"line {number}\n" for number in range(1, 41))
    .replace("line 10\n", "line ten\n")
    .replace("line 30\n", "")
)


class Browser:
    """Somebody at the pages: keeps cookies, follows redirects, says what a browser says of itself."""

    def __init__(self, client, url):
        self._client = client
        self.url = url

    async def see(self, path):
        answer = await self._client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.headers["content-type"].startswith("text/html"), answer.text
        return answer

    async def post(self, path, **fields):
        headers = {
            "Accept": "text/html",
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self.url,
            "Sec-Fetch-Site": "same-origin",
        }
        return await self._client.post(
            path, content=urlencode(fields), headers=headers, follow_redirects=True
        )

    async def act(self, do, back=HOME, **fields):
        return await self.post(f"{HOME}/act", do=do, back=back, **fields)

    async def become(self, login):
        answer = await self.post("/_pages/you", login=login, back="/")
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def browser(world):
    async with loopback_client(30, world.url) as client:
        yield Browser(client, world.url)


@pytest.fixture
async def issue(world):
    made = await world.control.act(
        "ada", "open_issue", world.repository, title="Late", body="It is.\n\n- [ ] wind it\n- [x] look"
    )
    return int(made["number"])


@pytest.fixture
async def pull(world):
    return await world.open_pull({"clock.py": CHANGED, "other.py": "a\nb\n"})


def _words(answer):
    """What a reader sees: tags and space apart."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


async def test_from_the_first_page_a_person_finds_the_repository_and_what_is_in_it(browser, issue, pull):
    first = await browser.see("/")
    assert f'href="{HOME}"' in first.text
    inside = await browser.see(HOME)
    words = _words(inside)
    assert "You are: ada (write)" in words
    for expected in ("Late", "Fix", "Begin", "handoff", "git clone"):
        assert expected in words
    assert "Late" in _words(await browser.see(f"{HOME}/issues"))
    assert "Fix" in _words(await browser.see(f"{HOME}/pulls"))
    assert "acme/clock" in _words(await browser.see("/apps/handoff"))
    assert "acme/clock" in _words(await browser.see("/acme"))


async def test_a_button_puts_the_apps_label_on_and_another_takes_it_off(browser, world, listener, issue):
    page = f"{HOME}/issues/{issue}"
    for place in (f"{HOME}/issues", page):
        assert "+ handoff" in _words(await browser.see(place))
    labeled = await browser.act("label", back=page, number=issue, label="handoff")
    assert (labeled.status_code, labeled.url.path) == (200, page)
    assert "ada added the label handoff" in _words(labeled)
    assert "\N{MULTIPLICATION SIGN} handoff" in _words(await browser.see(f"{HOME}/issues"))
    taken_off = await browser.act("unlabel", back=page, number=issue, label="handoff")
    assert "ada removed the label handoff" in _words(taken_off)
    await world.control.idle()
    assert listener.names()[-2:] == ["issues.labeled", "issues.unlabeled"]
    assert listener.payload("issues.labeled")["sender"]["login"] == "ada"


async def test_a_person_opens_an_issue_comments_closes_it_with_a_last_word_and_opens_it_again(
    browser, world, listener
):
    await browser.see(f"{HOME}/issues/new")
    opened = await browser.act("open_issue", title="Ticks", body="Too *loud*.\r\nReally.")
    number = int(opened.url.path.rsplit("/", 1)[1])
    assert "<em>loud</em>" in opened.text
    stored = (await world.rest("GET", f"/issues/{number}")).json()
    assert stored["body"] == "Too *loud*.\nReally.", "line ends as Markdown has them"
    page = f"{HOME}/issues/{number}"
    said = await browser.act("comment", back=page, number=number, body="Still.")
    [comment] = (await world.rest("GET", f"/issues/{number}/comments")).json()
    assert str(said.url) == comment["html_url"], "it shows what was said, where REST says it is"
    assert f'id="issuecomment-{comment["id"]}"' in said.text
    closed = await browser.act("close_issue", back=page, number=number, body="Never mind.")
    assert "Never mind." in _words(closed)
    assert "ada closed this" in _words(closed)
    assert "Open Open" not in _words(await browser.act("reopen_issue", back=page, number=number))
    edited = await browser.act("edit_comment", back=page, comment_id=comment["id"], body="Not any more.")
    assert "Not any more." in _words(edited)
    await world.control.idle()
    assert listener.names()[-6:] == [
        "issues.opened", "issue_comment.created", "issue_comment.created", "issues.closed", "issues.reopened",
        "issue_comment.edited",
    ]  # fmt: skip


async def test_ticking_a_box_edits_the_text_as_the_person_who_ticks(browser, world, listener, issue):
    token_comment = (
        await world.rest("POST", f"/issues/{issue}/comments", {"body": "1. [ ] one\n2. [ ] two"})
    ).json()
    page = await browser.see(f"{HOME}/issues/{issue}")
    boxes = re.findall(r'aria-checked="(\w+)"[^>]*value="([^"]+)"', page.text)
    assert [state for state, _ in boxes] == ["false", "true", "false", "false"]
    ticked = await browser.act("", of="comment", comment_id=token_comment["id"], tick=boxes[3][1])
    assert ticked.status_code == 200, ticked.text
    after = (await world.rest("GET", f"/issues/comments/{token_comment['id']}")).json()
    assert after["body"] == "1. [ ] one\n2. [x] two"
    await browser.act("", of="issue", number=issue, tick=boxes[1][1])
    assert (await world.rest("GET", f"/issues/{issue}")).json()["body"].endswith("- [ ] look")
    await world.control.idle()
    assert listener.payload("issue_comment.edited")["sender"]["login"] == "ada"
    await world.rest("PATCH", f"/issues/comments/{token_comment['id']}", {"body": "1. [ ] something else"})
    stale = await browser.act("", of="comment", comment_id=token_comment["id"], tick=boxes[2][1])
    assert (stale.status_code, "has changed since you loaded the page" in _words(stale)) == (409, True)


async def test_three_comments_gathered_beside_lines_are_submitted_as_one_review(
    browser, world, listener, pull
):
    page = f"{HOME}/pull/{pull}"
    files = await browser.see(f"{page}/files")
    assert "+line ten" in _words(files)
    head = re.search(r'name="head" value="(\w+)"', files.text)[1]
    for field in ("c:R10:clock.py", "c:L10:clock.py", "c:F:other.py"):
        assert f'name="{field}"' in files.text
    await browser.post(f"{page}/review", **{"do": "add_to_review", "head": head, "c:R10:clock.py": "Why?"})
    shown = await browser.post(
        f"{page}/review", **{"do": "add_to_review", "head": head, "c:L30:clock.py": "Keep it.", "c:R12:clock.py": " "}
    )  # fmt: skip
    assert "Your review 2 comments" in _words(shown)
    assert "Only you see this until you submit" in _words(shown)
    assert (await world.rest("GET", f"/pulls/{pull}/comments")).json() == [], "nobody else sees a draft"
    await browser.become("bert")
    assert "Why?" not in _words(await browser.see(f"{page}/files"))
    await browser.become("ada")
    done = await browser.post(
        f"{page}/review",
        **{"do": "submit_review", "head": head, "c:R1:other.py": "What is a?", "body": "Please", "state": "REQUEST_CHANGES"},
    )  # fmt: skip
    assert "ada asked for changes" in _words(done)
    await world.control.idle()
    told = [name for name in listener.names() if name.startswith("pull_request_review")]
    assert told == ["pull_request_review.submitted"] + ["pull_request_review_comment.created"] * 3
    review = listener.payload("pull_request_review.submitted")
    assert (review["review"]["state"], review["sender"]["login"]) == ("changes_requested", "ada")
    comments = (await world.rest("GET", f"/pulls/{pull}/comments")).json()
    places = [(each["path"], each["side"], each["line"]) for each in comments]
    assert places == [("clock.py", "RIGHT", 10), ("clock.py", "LEFT", 30), ("other.py", "RIGHT", 1)]
    for each in comments:
        assert f'id="{each["html_url"].partition("#")[2]}"' in done.text, "where REST says it is"


async def test_a_draft_can_be_taken_back_or_thrown_away_and_a_refused_verdict_keeps_it(browser, world, pull):
    mine = await world.open_pull({"clock.py": CHANGED}, branch="mine", by_app=False)
    page = f"{HOME}/pull/{mine}"
    head = (await world.rest("GET", f"/pulls/{mine}")).json()["head"]["sha"]
    asked = {"do": "submit_review", "head": head, "c:R10:clock.py": "Hm.", "state": "APPROVE"}
    refused = await browser.post(f"{page}/review", **asked)
    assert (refused.status_code, "approve your own pull request" in _words(refused)) == (422, True)
    kept = await browser.see(f"{page}/files")
    assert "Your review 1 comment" in _words(kept)
    [number] = re.findall(
        r'name="do" value="take_back_comment">.*?name="comment_id" value="(\d+)"', kept.text, re.DOTALL
    )
    gone = await browser.act("take_back_comment", back=f"{page}/files", comment_id=number)
    assert "Hm." not in _words(gone)
    await browser.post(f"{page}/review", **{"do": "add_to_review", "head": head, "c:R10:clock.py": "Again."})
    thrown = await browser.act("discard_review", back=f"{page}/files", number=mine)
    assert "Again." not in _words(thrown)
    assert (await world.rest("GET", f"/pulls/{mine}/reviews")).json() == []


async def test_a_single_comment_a_reply_and_resolving_are_told_at_once(browser, world, listener, pull):
    page = f"{HOME}/pull/{pull}"
    head = (await world.rest("GET", f"/pulls/{pull}")).json()["head"]["sha"]
    said = await browser.post(
        f"{page}/review", **{"do": "comment_now", "head": head, "c:F:other.py": "Why this?"}
    )
    assert said.status_code == 200, said.text
    [comment] = (await world.rest("GET", f"/pulls/{pull}/comments")).json()
    assert comment["subject_type"] == "file"
    replied = await browser.act("reply", back=f"{page}/files", comment_id=comment["id"], body="Because.")
    assert "Because." in _words(replied)
    resolved = await browser.act("resolve_thread", back=page, comment_id=comment["id"])
    assert "Resolved by ada: 2 comments" in _words(resolved)
    await browser.act("unresolve_thread", back=page, comment_id=comment["id"])
    await world.control.idle()
    told = [name for name in listener.names() if name.startswith("pull_request_review")]
    assert told[-2:] == ["pull_request_review_thread.resolved", "pull_request_review_thread.unresolved"]
    empty = await browser.post(f"{page}/review", do="add_to_review", head=head)
    assert "nothing in the box yet" in _words(empty)
    late = await browser.post(
        f"{page}/review", **{"do": "add_to_review", "head": "0" * 40, "c:R10:clock.py": "x"}
    )
    assert (late.status_code, "has new commits since" in _words(late)) == (409, True)


async def test_a_pull_request_is_made_ready_merged_and_its_branch_deleted(browser, world, listener, pull):
    page = f"{HOME}/pull/{pull}"
    sha = (await world.rest("GET", f"/pulls/{pull}")).json()["head"]["sha"]
    run = {
        "name": "Handoff",
        "head_sha": sha,
        "conclusion": "success",
        "output": {"title": "212 passed", "summary": "All **good**"},
    }
    await world.rest("POST", "/check-runs", run)
    shown = await browser.act("convert_to_draft", back=page, number=pull)
    assert "This is a draft" in _words(shown)
    assert "Handoff success: 212 passed" in _words(shown)
    assert "<strong>good</strong>" in shown.text
    ready = await browser.act("ready", back=page, number=pull)
    assert "This can be merged" in _words(ready)
    merged = await browser.act("merge", back=page, number=pull, method="squash")
    assert "Merged" in _words(merged)
    assert "ada merged this as" in _words(merged)
    await browser.act("delete_branch", back=page, branch="fix")
    assert "fix" not in (await world.control.state(world.repository))["refs"]
    await world.control.idle()
    assert listener.payload("pull_request.closed")["pull_request"]["merged"] is True
    commit = (await world.rest("GET", f"/pulls/{pull}")).json()["merge_commit_sha"]
    assert "+line ten" in _words(await browser.see(f"{HOME}/commit/{commit}"))


REFUSED = [
    ("bert", "merge", 403, "bert needs the write role in acme/clock to merge."),
    ("mallory", "label", 403, "mallory needs the triage role in acme/clock to label."),
    ("mallory", "ready", 403, "mallory needs the write role in acme/clock to ready."),
    ("ada", "set_role", 422, "No form of these pages asks to set_role."),
    ("ada", "comment", 422, "Body cannot be blank."),
    ("ada", "close_issue", 422, "The form has something else than it should in: number."),
]


async def test_what_a_person_may_not_do_is_refused_in_a_sentence(browser, world, pull):
    before = await world.control.state(world.repository)
    for login, do, status, told in REFUSED:
        await browser.become(login)
        number = "many" if do == "close_issue" else pull
        answer = await browser.act(do, number=number, label="handoff", login="mallory", role="admin")
        assert (answer.status_code, told in _words(answer)) == (status, True), _words(answer)
        assert f"You are: {login}" in _words(answer)
    assert await world.control.state(world.repository) == before


async def test_markup_in_what_people_write_stays_text(browser, world, issue, pull):
    evil = '<script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3)) "><b onclick=x>'
    opened = await browser.act(
        "open_issue", title=evil, body=f"{evil}\n\n<!-- a mark of ours -->\n\n</article></details>"
    )
    number = opened.url.path.rsplit("/", 1)[1]
    await browser.act(
        "comment", number=number, body=f"<details open onclick=x><summary>{evil}</summary>\n\nin it"
    )
    await browser.act("label", number=number, label=evil)
    sha = (await world.rest("GET", f"/pulls/{pull}")).json()["head"]["sha"]
    await browser.post(
        f"{HOME}/pull/{pull}/review", **{"do": "comment_now", "head": sha, "c:R10:clock.py": evil}
    )
    for path in (f"{HOME}/issues/{number}", HOME, f"{HOME}/issues", f"{HOME}/pull/{pull}/files"):
        page = await browser.see(path)
        assert re.findall(r"<(?:script|img)|<[a-z]+[^>\"]*\son\w+=", page.text) == []
        assert "a mark of ours" not in re.sub(r"<textarea.*?</textarea>", "", page.text, flags=re.DOTALL)
        assert 'href="javascript' not in page.text
        assert page.text.count("<details") == page.text.count("</details>")
        assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<details open>" in (await browser.see(f"{HOME}/issues/{number}")).text


async def test_a_form_leads_nowhere_else(browser, world, issue):
    for back in ("//elsewhere.example/x", "https://elsewhere.example", "/\\elsewhere.example", "/\r\nX: y"):
        answer = await browser.act("comment", back=back, number=issue, body="Hm.")
        assert str(answer.url).startswith(f"{world.url}/#issuecomment-"), back


FOREIGN = [
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


async def test_a_page_of_another_site_changes_nothing(world, issue):
    form = {"do": "comment", "number": issue, "body": "x", "login": "bert"}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in (f"{HOME}/act", "/_pages/you", "/_hub/act"):
        for headers in FOREIGN:
            answer = await world.client.post(path, content=urlencode(form), headers={**kind, **headers})
            assert (answer.status_code, path, headers) == (403, path, headers)
    assert (await world.rest("GET", f"/issues/{issue}/comments")).json() == []


async def test_what_is_private_is_not_there_for_others(browser, world):
    await world.control.add_repository("ada/secret", private=True)
    assert "ada/secret" in _words(await browser.see("/"))
    await browser.become("mallory")
    assert "ada/secret" not in _words(await browser.see("/"))
    hidden = await browser.see("/ada/secret")
    assert (hidden.status_code, "that mallory may see" in _words(hidden)) == (404, True)


async def test_the_api_keeps_its_addresses(world, browser):
    for path in ("/rate_limit", "/meta", "/users/ada", f"/repos{HOME}", "/app", "/orgs/acme", "/user"):
        answer = await world.client.get(path, headers={"Accept": "text/html"})
        assert answer.headers["content-type"].startswith("application/json"), path
        assert path.split("/")[1] in RESERVED
    assert (await browser.see("/nobody/nothing")).status_code == 404
    await world.control.clear_log()  # some of these are no addresses of GitHub's description
