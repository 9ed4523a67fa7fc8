"""`app.yml` against the code: GitHub sends what we read and allows what we ask for, and nothing besides."""

from pathlib import Path

import yaml

from app.github import inbound
from app.github.permissions import PUBLISH, READ, REPORT, STAGES, missing, union
from localhub.contract import Contract

MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "app.yml").read_text())


def test_the_app_subscribes_to_exactly_what_is_read():
    assert set(MANIFEST["default_events"]) == inbound.EVENTS
    assert len(MANIFEST["default_events"]) == len(inbound.EVENTS)


def test_the_app_may_do_exactly_what_some_stage_does():
    assert MANIFEST["default_permissions"] == union(STAGES)


def test_every_permission_is_one_that_github_knows():
    body = {"permissions": MANIFEST["default_permissions"], "repositories": ["dates"]}
    path = "/app/installations/1/access_tokens"
    assert Contract.load().request_problems("POST", path, {}, body) == []


def test_the_app_is_private():
    assert MANIFEST["public"] is False


def test_reading_writes_nothing_and_only_publishing_touches_code():
    assert set(READ.values()) == {"read"}
    assert REPORT.get("contents") is None
    assert PUBLISH.get("issues") is None


def test_what_an_installation_lacks_is_named():
    assert missing(REPORT, union()) == {}
    assert missing(REPORT, READ) == {"issues": "write", "pull_requests": "write", "checks": "write"}
    assert missing(READ, {"metadata": "read", "contents": "admin"}) == {
        "issues": "read",
        "pull_requests": "read",
        "checks": "read",
    }
