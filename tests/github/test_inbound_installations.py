"""Deliveries about installations: a fact for each repository, the same act by whatever road."""

import copy
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.facts import RepositoryInstalled, Several, Unread
from app.domain.ids import NO_ISSUE, Actor, Repository
from app.github import inbound
from app.github.inbound_installations import HEARD_MAX, installations

CORPUS_FILE = Path(__file__).parent.parent / "contract/webhook-examples.json.gz"
CORPUS = json.loads(gzip.decompress(CORPUS_FILE.read_bytes()))
ADA = Actor(login="ada", id=1)
AT = datetime(2026, 11, 20, tzinfo=UTC)


def example_of(event, action):
    return copy.deepcopy(
        next(e["payload"] for e in CORPUS if e["event"] == event and e["payload"]["action"] == action)
    )


def read(event, payload):
    return inbound.read(event, "g", json.dumps(payload).encode())


@pytest.mark.parametrize(
    ("event", "action"), [("installation", "created"), ("installation_repositories", "added")]
)
def test_a_real_delivery_states_each_repository(event, action):
    payload = example_of(event, action)
    listed = payload.get("repositories") or payload["repositories_added"]

    found = read(event, payload)

    assert isinstance(found, Several)
    assert [fact.repository.full_name for fact in found.facts] == [each["full_name"] for each in listed]
    fact = found.facts[0]
    assert (fact.number, fact.by.login, fact.place, fact.together) == (NO_ISSUE, "Codertocat", 1, len(listed))
    assert fact.repository.installation_id == payload["installation"]["id"]
    assert fact.at.tzinfo is not None


def test_the_moment_may_be_in_words_or_in_seconds():
    payload = example_of("installation", "created")
    payload["installation"]["updated_at"] = "2026-11-20T00:00:00Z"

    [in_words] = read("installation", payload).facts
    payload["installation"]["updated_at"] = int(AT.timestamp())
    [in_seconds] = read("installation", payload).facts

    assert in_words.at == in_seconds.at == AT


@pytest.mark.parametrize(
    ("event", "action"),
    [("installation", "deleted"), ("installation", "suspend"), ("installation", "unsuspend"),
     ("installation", "new_permissions_accepted"), ("installation_repositories", "removed")],
)  # fmt: skip
def test_what_else_happens_to_an_installation_changes_nothing(event, action):
    assert read(event, example_of(event, action)) == Unread(f"'{event}.{action}' changes nothing for a job.")


def test_an_installation_on_nothing_yet_has_a_reason():
    payload = example_of("installation", "created") | {"repositories": []}

    assert read("installation", payload) == Unread(
        "We were installed on no repository yet, so there is nothing to look at."
    )


def test_of_very_many_the_first_are_heard_and_the_rest_is_counted():
    payload = example_of("installation", "created")
    one = payload["repositories"][0]
    payload["repositories"] = [one | {"id": n, "full_name": f"acme/r{n}"} for n in range(1, HEARD_MAX + 51)]

    found = read("installation", payload)

    assert (len(found.facts), found.more) == (HEARD_MAX, 50)
    assert {fact.together for fact in found.facts} == {HEARD_MAX + 50}


@pytest.mark.parametrize("name", ["acme", "acme/", "/clock", "a/b/c", "acme/clo ck", ""])
def test_a_name_that_is_none_has_a_reason(name):
    payload = example_of("installation", "created")
    payload["repositories"][0]["full_name"] = name

    assert "lacks something" in read("installation", payload).because


def repository(number, installation=3):
    return Repository(id=number, owner="acme", name=f"r{number}", installation_id=installation)


def keys(facts: tuple[RepositoryInstalled, ...]) -> list[str]:
    return [fact.act_key for fact in facts]


def test_the_same_installation_found_out_later_is_the_same_act_and_a_new_one_another():
    first = installations([repository(7), repository(8)], by=ADA, at=AT)
    found = installations([repository(8)], by=ADA, at=datetime(2027, 1, 1, tzinfo=UTC))
    again = installations([repository(7, installation=4)], by=ADA, at=AT)

    assert keys(first) == ["installed:3:7", "installed:3:8"]
    assert keys(found) == ["installed:3:8"]
    assert keys(again) == ["installed:4:7"]
