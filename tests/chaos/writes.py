"""The writes of the main story, in its order, and how to recognise them in what GitHub heard."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Write:
    """A write. `nth` tells apart those of one issue that look alike; `often` is what a story does more than once."""

    name: str
    method: str
    path: str
    nth: int = 1
    often: bool = False

    def __str__(self) -> str:
        return self.name.replace(" ", "-")

    @property
    def names_its_issue(self) -> bool:
        return "{issue}" in self.path

    def pattern(self, issue: int) -> str:
        return f"^{self.path.format(issue=issue)}$"


PUSH = Write("the push", "POST", r"/acme/clock\.git/git-receive-pack")
PULL_REQUEST = Write("the pull request", "POST", r"/repos/acme/clock/pulls")
CHECK_RUN = Write("the check run", "POST", r"/repos/acme/clock/check-runs")
REVIEW = Write("the review", "POST", r"/repos/acme/clock/pulls/\d+/reviews")
WRITES = (
    Write("the reaction", "POST", r"/repos/acme/clock/issues/{issue}/reactions"),
    Write("the status comment", "POST", r"/repos/acme/clock/issues/{issue}/comments"),
    Write("a new status", "PATCH", r"/repos/acme/clock/issues/comments/\d+", often=True),
    PUSH,
    PULL_REQUEST,
    CHECK_RUN,
    REVIEW,
    Write("the verdict", "PATCH", r"/repos/acme/clock/check-runs/\d+"),
    Write("the end of the draft", "POST", r"/graphql:markPullRequestReadyForReview"),
    Write("the request for a review", "POST", r"/repos/acme/clock/pulls/\d+/requested_reviewers"),
    Write("the ready comment", "POST", r"/repos/acme/clock/issues/{issue}/comments", nth=2),
)


def writes_in(log: Iterable[Mapping[str, Any]], issue: int) -> Counter[str]:
    """Count the writes of an issue's story by name; one that is in no row above counts under its own path."""
    seen: Counter[str] = Counter()
    for entry in log:
        path = f"{entry['path']}:{entry['operation']}" if entry["operation"] else entry["path"]
        reads = entry["method"] == "GET" or path.endswith(("/git-upload-pack", "/graphql:node"))
        if entry["actor"] == "installation" and not reads:
            seen[_name(entry["method"], path, issue, seen)] += 1
    return seen


def _name(method: str, path: str, issue: int, seen: Counter[str]) -> str:
    alike = [each for each in WRITES if each.method == method and re.match(each.pattern(issue), path)]
    nth = 1 + sum(seen[each.name] for each in alike)
    return next((each.name for each in alike if each.often or each.nth == nth), f"{method} {path}")
