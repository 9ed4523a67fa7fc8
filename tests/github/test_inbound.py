import copy
import gzip
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from app.domain.facts import Fact, IssueLabeled, RepositoryInstalled, Several, Unread
from app.github import inbound

CORPUS_FILE = Path(__file__).parent.parent / "contract/webhook-examples.json.gz"
CORPUS = json.loads(gzip.decompress(CORPUS_FILE.read_bytes()))
# Words a mutation may put anywhere: wrong types, edges of types, and what databases dislike.
ODD = [
    None,
    True,
    -1,
    0,
    2**63,
    1.5,
    "",
    "a\x00b",
    "\ud7ff",
    [],
    {},
    [[]],
    {"id": 1},
    "9999-12-31T23:59:59-23:59",
]


def read(event: str, payload: object) -> Fact | Several | Unread:
    return inbound.read(event, "a-guid", json.dumps(payload).encode())


def through_the_app(payload):
    return {"installation": {"id": 7}} | payload


@pytest.mark.parametrize("example", range(len(CORPUS)))
def test_every_real_payload_is_read_or_has_a_reason(example):
    event, payload = CORPUS[example]["event"], CORPUS[example]["payload"]
    fact = read(event, through_the_app(payload))
    if isinstance(fact, Unread):
        assert fact.because.endswith(".")
        assert "lacks something" not in fact.because
        assert "not a JSON object" not in fact.because


def test_the_facts_that_the_real_payloads_state():
    facts = [(e["event"], read(e["event"], through_the_app(e["payload"]))) for e in CORPUS]
    stated = Counter(
        f"{event}: {type(fact).__name__}" for event, fact in facts if not isinstance(fact, Unread)
    )
    assert dict(sorted(stated.items())) == snapshot(
        {
            "installation: Several": 2,
            "installation_repositories: Several": 2,
            "issue_comment: CommentWritten": 5,
            "issues: IssueLabeled": 2,
            "issues: IssueRemoved": 2,
            "issues: IssueUnlabeled": 2,
            "pull_request: BranchPushed": 1,
            "pull_request: IssueLabeled": 2,
            "pull_request: PullRequestClosed": 2,
            "pull_request: PullRequestDrafted": 3,
            "pull_request: PullRequestReadied": 3,
            "pull_request: PullRequestReopened": 2,
            "pull_request_review: ReviewDismissed": 1,
            "pull_request_review: ReviewSubmitted": 3,
        }
    )
    known = inbound.EVENTS | inbound.UNASKED
    assert {event for event, fact in facts if not isinstance(fact, Unread)} == known


def example_of(event, action):
    found = next(e["payload"] for e in CORPUS if e["event"] == event and e["payload"]["action"] == action)
    return through_the_app(copy.deepcopy(found))


def test_a_label_is_read_with_the_text_of_that_moment():
    fact = read("issues", example_of("issues", "labeled"))
    assert isinstance(fact, IssueLabeled)
    assert (fact.label, fact.title, fact.by.login, fact.repository.full_name) == snapshot(
        ("bug", "Spelling error in the README file", "Codertocat", "Codertocat/Hello-World")
    )
    assert fact.act_key == snapshot("labeled:186853002:1:bug:1557933618")


def test_a_redelivered_act_has_the_same_key_and_a_repeated_act_another():
    payload = example_of("issues", "labeled")
    again = copy.deepcopy(payload)
    again["issue"]["updated_at"] = "2030-01-01T00:00:00Z"
    assert read("issues", payload).act_key == read("issues", payload).act_key != read("issues", again).act_key


def test_a_label_on_a_pull_request_says_that_it_is_one():
    assert read("pull_request", example_of("pull_request", "labeled")).is_pull_request


def test_the_text_of_a_deleted_account_is_by_the_ghost():
    payload = example_of("issues", "labeled")
    payload["issue"]["user"] = payload["issue"]["body"] = None
    fact = read("issues", payload)
    assert (fact.author.login, fact.body) == ("ghost", "")


def test_a_bot_is_known_as_one():
    payload = example_of("issue_comment", "created")
    payload["sender"]["type"] = "Bot"
    assert read("issue_comment", payload).by.is_bot


@pytest.mark.parametrize("action", ["deleted", "transferred"])
def test_an_issue_that_left_is_removed(action):
    assert read("issues", example_of("issues", action)).how == action


@pytest.mark.parametrize(
    ("event", "payload", "because"),
    [
        ("issues", b"not json", "Delivery g of 'issues' is not a JSON object as GitHub sends it: Invalid JSON: expected ident at line 1 column 2."),
        ("issues", b"[]", "Delivery g of 'issues' is not a JSON object as GitHub sends it: Input should be an object."),
        ("issues", b"{}", "Delivery g came through an ordinary webhook, not through our App, so I cannot answer it."),
        ("issues", b'{"action": "typed", "installation": {"id": 7}}', "'issues.typed' changes nothing for a job."),
        ("issues", b'{"action": "labeled", "installation": {"id": 7}}', "Delivery g of 'issues.labeled' lacks something that I need to understand it: repository: Field required."),
        ("ping", b'{"zen": "Keep it logically awesome."}', "I do not read 'ping' events."),
        ("sub_issues", b'{"action": "sub_issue_added"}', "I do not read 'sub_issues' events."),
        ("pull_request_review", b'{"action": "edited", "installation": {"id": 7}}', "An edited review is not read again: only what was said when it was submitted counts."),
    ],
)  # fmt: skip
def test_what_is_not_read_has_a_reason(event, payload, because):
    assert inbound.read(event, "g", payload) == Unread(because)


def test_the_reason_never_quotes_the_payload():
    payload = b'{"action": "labeled", "installation": {"id": 7}, "repository": "ghp_secret"}'
    assert "ghp_secret" not in inbound.read("issues", "g", payload).because


@given(
    event=st.one_of(st.sampled_from(sorted(inbound.EVENTS | inbound.UNASKED)), st.text()), payload=st.binary()
)
def test_no_bytes_make_it_raise(event, payload):
    assert inbound.read(event, "g", payload).because


def test_a_payload_nested_beyond_reason_has_a_reason():
    assert isinstance(inbound.read("issues", "g", b'{"issue":' * 100_000), Unread)


READABLE = [e for e in CORPUS if not isinstance(read(e["event"], through_the_app(e["payload"])), Unread)]


@settings(max_examples=300, deadline=None)
@given(example=st.sampled_from(READABLE), seed=st.integers(), changes=st.integers(1, 4))
def test_no_mutation_of_a_real_payload_makes_it_raise(example, seed, changes):
    payload = through_the_app(copy.deepcopy(example["payload"]))
    chance = random.Random(seed)  # noqa: S311, a reproducible choice of mutations
    for _ in range(changes):
        mutate(payload, chance)
    result = read(example["event"], payload)
    stated = result.facts if isinstance(result, Several) else (result,)
    assert stated
    for fact in stated:
        assert isinstance(fact, Unread | RepositoryInstalled) or fact.number > 0
        assert isinstance(fact, Unread) or fact.act_key


def mutate(payload, chance):
    """Delete, retype or add one field, down one of the branches that we read."""
    node = payload
    while True:
        inner = [v for k, v in node.items() if isinstance(v, dict) and v]
        if not inner or chance.random() < 0.3:
            break
        node = chance.choice(inner)
    key = chance.choice(sorted(node)) if node else "new"
    match chance.randrange(3):
        case 0:
            node.pop(key, None)
        case 1:
            node[key] = chance.choice(ODD)
        case _:
            node[chance.choice(["new", "action", "id", "sender"])] = chance.choice(ODD)


def test_two_people_who_do_the_same_within_a_second_are_two_acts():
    """We make a draft ready, and a person who had made it one again does so too."""
    payload = next(e["payload"] for e in CORPUS if e["payload"].get("action") == "ready_for_review")
    facts = [
        read("pull_request", through_the_app({**payload, "sender": {**payload["sender"], "id": each}}))
        for each in (1, 2)
    ]
    assert [fact.by.id for fact in facts] == [1, 2]
    assert len({fact.act_key for fact in facts}) == 2
