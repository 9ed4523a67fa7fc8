"""Human acts that reach us by two roads, or late: which are the same, and which are over. Pure.

GitHub tells a label, a push or a closing by webhook without an id; we know such an act by its second. But a webhook
is written a moment after the act, and dates it by the issue's last change, while a question to GitHub is answered with
the second of the act. So two roads may name one act differently, and one road never does.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.domain.facts import (
    BaseChanged,
    BoxTicked,
    BranchPushed,
    CommandGiven,
    CommentWritten,
    Fact,
    IssueClosed,
    IssueLabeled,
    IssueRemoved,
    IssueUnlabeled,
    PullRequestClosed,
    PullRequestDrafted,
    PullRequestReadied,
    PullRequestReopened,
    ReviewSubmitted,
)

APART = timedelta(seconds=60)
"""How far two roads may date one act apart. Two acts of one road are never taken for one, however close they are."""

_OTHER_ROAD = {"webhook": "poll", "poll": "webhook"}

BOTH_ROADS = "webhook and poll"
"""The source of an act that has arrived by both: it can be the twin of no other."""


def other_road(fact: Fact, source: str) -> str | None:
    """Return the road by which the same act may come under another name; None where its name is exact."""
    return _OTHER_ROAD.get(source) if _what(fact) is not None else None


def twin(fact: Fact, heard: Mapping[int, Fact]) -> int | None:
    """Return which of the facts that were heard by the other road is this act: of those that fit, the nearest in time."""
    fitting = {
        number: abs(each.at - fact.at)
        for number, each in heard.items()
        if each.number == fact.number and _what(each) == _what(fact) and abs(each.at - fact.at) <= APART
    }
    return min(fitting, key=lambda number: (fitting[number], number), default=None)


def _what(fact: Fact) -> tuple[object, ...] | None:
    """Return what an act is, apart from its second; None where it has an id of GitHub's, or comes from within."""
    match fact:
        case IssueLabeled(label=label) | IssueUnlabeled(label=label):
            return type(fact), fact.by.id, label
        case PullRequestDrafted() | PullRequestReadied() | PullRequestReopened():
            return type(fact), fact.by.id
        case IssueClosed():
            return (type(fact),)
        case PullRequestClosed(merged=merged):
            return type(fact), merged
        case BaseChanged(base=base):
            return type(fact), base
        case BranchPushed(head_sha=head_sha):
            return type(fact), head_sha
        case BoxTicked(comment_id=comment_id, box=box):
            return type(fact), comment_id, box
        case _:
            return None


def is_earlier(fact: Fact, asked_at: datetime) -> bool:
    """Whether an act took place before work was asked for, so that it cannot be about that work."""
    match fact:
        case (
            IssueUnlabeled()
            | IssueClosed()
            | IssueRemoved()
            | CommentWritten()
            | CommandGiven()
            | BoxTicked()
            | ReviewSubmitted()
            | BranchPushed()
        ):
            return fact.at < asked_at
        case _:
            return False
