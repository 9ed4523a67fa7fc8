"""What a person does to a pull request and to our comments, read from GitHub's own examples of payloads."""

import copy
import gzip
import json
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from app.domain.checkboxes import box
from app.domain.facts import (
    BaseChanged,
    BoxTicked,
    BranchPushed,
    PullRequestDrafted,
    PullRequestReadied,
    PullRequestReopened,
    ReviewDismissed,
    Unread,
)
from app.domain.ids import Actor
from app.github import inbound

CORPUS = json.loads(
    gzip.decompress((Path(__file__).parent.parent / "contract/webhook-examples.json.gz").read_bytes())
)
BOT = {"login": "handoff[bot]", "id": 41898282, "type": "Bot"}
OFFER = f"Which one?\n\n{box('utc', 'UTC')}\n{box('local', 'Local time')}"
CHOICE = f"Which one?\n\n{box('utc', 'UTC', ticked=True)}\n{box('local', 'Local time')}"


def example_of(event, action):
    found = next(e["payload"] for e in CORPUS if e["event"] == event and e["payload"]["action"] == action)
    return copy.deepcopy(found) | {"installation": {"id": 7}}


def read(event, payload):
    return inbound.read(event, "a-guid", json.dumps(payload).encode())


def edit(before, after, *, author=BOT, **changes):
    payload = example_of("issue_comment", "edited") | changes
    payload["changes"] = {"body": {"from": before}}
    payload["comment"] |= {"body": after, "user": author}
    return read("issue_comment", payload)


def test_a_ticked_box_is_a_fact_about_whose_comment_it_is_in():
    fact = edit(OFFER, CHOICE)
    assert isinstance(fact, BoxTicked)
    assert (fact.box, fact.by.login, fact.on_pull_request) == ("utc", "Codertocat", False)
    assert fact.comment_author == Actor(login="handoff[bot]", id=41898282, is_bot=True)
    assert fact.act_key == snapshot("box:492700400:utc:1557933622")


def test_ticking_the_same_box_again_later_is_another_act():
    payload = example_of("issue_comment", "edited")
    payload["changes"] = {"body": {"from": OFFER}}
    payload["comment"] |= {"body": CHOICE, "user": BOT}
    first = read("issue_comment", payload)
    payload["comment"]["updated_at"] = "2030-01-01T00:00:00Z"
    assert first.act_key != read("issue_comment", payload).act_key


@pytest.mark.parametrize(
    ("after", "more", "because"),
    [
        (CHOICE + "\nand more", {}, "@handoff[bot]'s comment was edited otherwise than by ticking one of its boxes."),
        (OFFER, {}, "@handoff[bot]'s comment was edited otherwise than by ticking one of its boxes."),
        (CHOICE, {"sender": BOT}, "@handoff[bot]'s comment was edited by a bot, and only people tick boxes."),
        (CHOICE, {"author": None}, "An edited comment is not read again: only new comments count."),
        ("/handoff stop", {"author": {"login": "ada", "id": 1, "type": "User"}}, "An edited comment is not read again: only new comments count."),
    ],
)  # fmt: skip
def test_any_other_edit_runs_nothing_and_has_a_reason(after, more, because):
    assert edit(OFFER, after, **more) == Unread(because)


def test_a_push_says_from_where_to_where():
    fact = read("pull_request", example_of("pull_request", "synchronize"))
    assert isinstance(fact, BranchPushed)
    assert (fact.before_sha[:7], fact.head_sha[:7]) == snapshot(("f95f852", "ec26c3e"))
    assert fact.act_key.startswith("pushed:")
    assert fact.head_sha in fact.act_key


def test_a_new_base_is_a_fact_and_new_words_are_not():
    payload = example_of("pull_request", "synchronize") | {"action": "edited"}
    payload["changes"] = {"base": {"ref": {"from": "main"}, "sha": {"from": "0" * 40}}}
    payload["pull_request"]["base"]["ref"] = "release"
    fact = read("pull_request", payload)
    assert isinstance(fact, BaseChanged)
    assert fact.base == "release"
    payload["changes"] = {"title": {"from": "Dates"}}
    assert read("pull_request", payload) == Unread(
        "An edited title or description of a pull request is not read again."
    )


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("converted_to_draft", PullRequestDrafted),
        ("ready_for_review", PullRequestReadied),
        ("reopened", PullRequestReopened),
    ],
)
def test_a_pull_request_is_turned(action, kind):
    fact = read("pull_request", example_of("pull_request", action))
    assert isinstance(fact, kind)
    assert len({fact.act_key, read("pull_request", example_of("pull_request", action)).act_key}) == 1


def test_a_review_is_dismissed_once():
    payload = example_of("pull_request_review", "dismissed")
    fact = read("pull_request_review", payload)
    assert isinstance(fact, ReviewDismissed)
    assert fact.act_key == f"review_dismissed:{fact.review_id}"
    payload["pull_request"]["updated_at"] = "2030-01-01T00:00:00Z"
    assert read("pull_request_review", payload).act_key == fact.act_key
