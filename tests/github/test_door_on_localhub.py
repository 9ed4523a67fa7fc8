"""The door against the pretend GitHub, over real HTTP: the verbs of a whole job, and GitHub on its bad days."""

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from app.domain.checkboxes import box
from app.domain.errors import NotAllowed, NotFound, RateLimited, Unreachable
from app.domain.facts import (
    BaseChanged,
    BoxTicked,
    BranchPushed,
    CommentWritten,
    IssueLabeled,
    PullRequestClosed,
    PullRequestDrafted,
    PullRequestReadied,
    PullRequestReopened,
    ReviewDismissed,
    ReviewSubmitted,
    Several,
    Unread,
)
from app.domain.ids import Repository
from app.domain.redaction import Redactor
from app.github import inbound
from app.github.auth import AppKey
from app.github.checks import Verdict
from app.github.client import Door
from app.github.connection import Connection
from app.github.failures import Unprocessable
from app.github.pacing import Pacing
from app.github.permissions import READ, union
from app.github.shapes import Comment, Remark
from tests.github.practice import BRANCH, now
from tests.github.scripted import FAST
from tests.world.repository import FILES


async def test_the_app_and_its_bot_are_who_we_think(world):
    app = await world.door.app()
    assert (app.slug, app.permissions, set(app.events)) == ("handoff", union(), inbound.EVENTS)
    assert (await world.clock.code.bot("handoff")).id == world.app["bot_id"]


async def test_a_repository_its_people_and_its_files(world):
    code = world.clock.code
    info = await code.info()
    assert (info.default_branch, info.private, info.archived) == ("main", True, False)
    roles = {login: await code.role_of(login) for login in ("ada", "lin", "rae", "eve", "nobody-at-all")}
    assert roles == {
        "ada": "admin",
        "lin": "maintain",
        "rae": "triage",
        "eve": "none",
        "nobody-at-all": "none",
    }
    assert await code.file_at("clock.py", "main") == FILES["clock.py"]
    assert await code.file_at(".github", "main") is None
    assert await code.file_at("gone.py", "main") is None
    assert len(await code.head("main")) == 40
    assert await code.head("gone") is None


async def test_an_issue_is_labelled_answered_and_unlabelled(world):
    issues, number = world.clock.issues, await world.issue()
    await issues.add_label(number, "handoff")
    await issues.react_with_eyes(number)
    await issues.react_with_eyes(number)
    assert [
        found.number for found in await issues.with_label("handoff", since=datetime(2020, 1, 1, tzinfo=UTC))
    ] == [number]
    written = await issues.create_comment(number, "On it.")
    await issues.update_comment(written.id, "Done.")
    (seen,) = await issues.comments(number)
    assert (seen.body, seen.author.login, seen.author.is_bot, seen.app_id) == (
        "Done.",
        "handoff[bot]",
        True,
        world.app["id"],
    )
    await issues.remove_label(number, "handoff")
    await issues.remove_label(number, "handoff")
    issue = await issues.get(number)
    assert (issue.labels, issue.body, issue.author.login, issue.is_pull_request) == (
        (),
        "UTC, please.",
        "ada",
        False,
    )


async def test_a_pull_request_from_draft_to_ready(world):
    pulls = world.clock.pulls
    opened = await world.pull()
    assert (await pulls.open_draft(title="Again", body="", head=BRANCH, base="main")).number == opened.number
    assert (await pulls.find(head=BRANCH, base="main")).number == opened.number
    assert await pulls.find(head="other", base="main") is None
    assert (await pulls.update(opened.number, title="Dates in UTC", body="Fixes #1.")).title == "Dates in UTC"
    assert "+HOURS = 24" in await pulls.diff(opened.number)
    assert [file.path for file in await pulls.files(opened.number)] == ["clock.py"]
    assert opened.draft
    await pulls.mark_ready(opened.node_id)
    await pulls.request_reviewers(opened.number, ["ada"])
    found = await pulls.get(opened.number)
    assert (found.draft, found.head_branch, found.base_branch, found.merged) == (False, BRANCH, "main", False)


async def test_a_review_with_a_remark_and_a_comment_on_a_file(world):
    reviews, pull = world.clock.reviews, await world.pull()
    remark = Remark(path="clock.py", line=8, body="Why 24?")
    posted = await reviews.create(pull.number, commit_id=pull.head_sha, body="One remark.", remarks=[remark])
    await reviews.comment_on_file(pull.number, commit_id=pull.head_sha, path="clock.py", body="On the whole.")
    (comment,) = await reviews.comments(pull.number, posted.id)
    assert (comment.path, comment.body, comment.author.is_bot) == ("clock.py", "Why 24?", True)
    listed = await reviews.of(pull.number)
    assert [(review.state, review.commit_id) for review in listed] == [("COMMENTED", pull.head_sha)] * 2


async def test_a_remark_beside_the_diff_refuses_the_whole_review(world):
    reviews, pull = world.clock.reviews, await world.pull()
    remark = Remark(path="README.md", line=1, body="Not in the diff.")
    with pytest.raises(Unprocessable) as caught:
        await reviews.create(pull.number, commit_id=pull.head_sha, body="b", remarks=[remark])
    assert caught.value.messages
    assert await reviews.of(pull.number) == []


async def test_a_check_run_is_found_and_finished(world):
    checks, head = world.clock.checks, await world.clock.code.head("main")
    assert await checks.find(head, name="handoff", external_id="j1") is None
    made = await checks.create(
        head, name="handoff", external_id="j1", verdict=Verdict(title="t", summary="s")
    )
    await checks.update(made.id, Verdict(title="t", summary="s", conclusion="success"))
    found = await checks.find(head, name="handoff", external_id="j1")
    assert (found.id, found.status, found.conclusion) == (made.id, "completed", "success")


async def test_what_github_delivers_is_read_as_facts(world):
    number = await world.issue()
    await world.act("label", number=number, label="handoff")
    await world.act("comment", number=number, body="/handoff stop")
    pull = await world.pull()
    await world.clock.pulls.mark_ready(pull.node_id)
    await world.act("review", number=pull.number, body="Please rename it.", state="REQUEST_CHANGES")
    await world.act("merge", number=pull.number)
    facts = await world.facts()
    wanted = (IssueLabeled, CommentWritten, ReviewSubmitted, PullRequestClosed)
    stated = [fact for fact in facts if isinstance(fact, wanted)]
    assert [type(fact) for fact in stated] == list(wanted)
    assert {fact.repository.full_name for fact in stated} == {"acme/clock"}
    assert (stated[0].body, stated[2].state, stated[3].merged) == ("UTC, please.", "changes_requested", True)
    attempts, _ = await world.door.deliveries()
    await world.door.redeliver(attempts[0].id)


async def test_what_people_do_to_a_pull_request_and_to_our_words_is_read_as_facts(world):
    pull = await world.pull()
    said = await world.clock.issues.create_comment(pull.number, f"Which?\n\n{box('utc', 'UTC')}")
    pushed = await world.act("push", branch=BRANCH, files={"ada.py": "1\n"})
    await world.act("push", branch="release", files={"b.py": "1\n"})
    await world.act("change_base", number=pull.number, base="release")
    await world.act("ready", number=pull.number)
    await world.act("convert_to_draft", number=pull.number)
    review = await world.act("review", number=pull.number, body="No.", state="REQUEST_CHANGES")
    await world.act("dismiss_review", number=pull.number, review_id=review["id"], message="Changed my mind.")
    await world.act("edit_comment", comment_id=said.id, body=said.body.replace("[ ]", "[x]"))
    await world.act("edit_comment", comment_id=said.id, body="Nothing is left of it.")
    await world.act("close_pull", number=pull.number)
    await world.act("reopen_pull", number=pull.number)
    facts = [fact for fact in await world.facts() if not isinstance(fact, Several | Unread)]
    assert [type(fact) for fact in facts] == [
        CommentWritten,
        BranchPushed,
        BaseChanged,
        PullRequestReadied,
        PullRequestDrafted,
        ReviewSubmitted,
        ReviewDismissed,
        BoxTicked,
        PullRequestClosed,
        PullRequestReopened,
    ]
    _, push, base, _, _, _, dismissed, ticked, *_ = facts
    assert (push.before_sha, push.head_sha) == (pull.head_sha, pushed["after"])
    assert (base.base, dismissed.review_id) == ("release", review["id"])
    assert (ticked.box, ticked.by.login, ticked.comment_author) == (
        "utc",
        "ada",
        await world.clock.code.bot("handoff"),
    )
    assert (ticked.comment_id, ticked.on_pull_request) == (said.id, True)
    assert len({fact.act_key for fact in facts}) == len(facts)


async def test_deleting_its_branch_closes_a_pull_request(world):
    await world.pull()
    await world.act("delete_branch", branch=BRANCH)
    (closed,) = [fact for fact in await world.facts() if not isinstance(fact, Several | Unread)]
    assert isinstance(closed, PullRequestClosed)
    assert (closed.merged, closed.by.login) == (False, "ada")


async def test_a_write_that_happened_and_was_answered_502_is_not_repeated(world):
    number = await world.issue()
    await world.hub.add_fault("error_after_commit", match={"path_regex": "comments$", "method": "POST"})
    with pytest.raises(Unreachable):
        await world.clock.issues.create_comment(number, "Once.")
    assert [comment.body for comment in await world.clock.issues.comments(number)] == ["Once."]


async def test_a_token_that_ended_early_is_replaced_within_the_call(world):
    number = await world.issue()
    await world.clock.issues.get(number)
    await world.hub.add_fault("expire_tokens", match={"path_regex": "comments$", "method": "POST"}, times=1)
    await world.clock.issues.create_comment(number, "Once.")
    assert [comment.body for comment in await world.clock.issues.comments(number)] == ["Once."]


async def test_a_rate_limit_holds_the_installation(world):
    number = await world.issue()
    await world.hub.add_fault("rate_limit", match={"path_regex": "comments$"})
    with pytest.raises(RateLimited) as caught:
        await world.clock.issues.create_comment(number, "Once.")
    assert caught.value.after_seconds > 0
    with pytest.raises(RateLimited):
        await world.clock.issues.get(number)


async def test_the_token_of_one_stage_cannot_do_the_work_of_another(world):
    number, place = await world.issue(), world.clock.place
    with pytest.raises(NotAllowed, match=r"not accessible|issues: write"):
        await place.write(
            READ, Comment, lambda kit: kit.rest.issues.async_create_comment("acme", "clock", number, body="x")
        )


async def test_a_permission_the_owner_did_not_give_is_named(world):
    await world.hub.add_app("weak", permissions={"metadata": "read", "contents": "read"})
    app = await world.hub.add_app("weaker", permissions={"metadata": "read", "issues": "read"})
    await world.hub.install("weaker", "acme")
    async with Connection(
        pacing=Pacing(None, FAST, seconds=lambda: 0.0), clock=now, base_url=world.hub.url
    ) as connection:
        key = AppKey(app["client_id"], SecretStr(app["pem"]))
        door = Door(connection, key, clock=now, redactor=Redactor())
        installation = (await door.installation_of("acme", "clock")).id
        clock = door.at(Repository(id=1, owner="acme", name="clock", installation_id=installation))
        with pytest.raises(NotAllowed, match="`checks: write`"):
            await clock.issues.react_with_eyes(1)


async def test_a_repository_without_the_app_is_not_found(world):
    with pytest.raises(NotFound):
        await world.door.installation_of("acme", "elsewhere")
