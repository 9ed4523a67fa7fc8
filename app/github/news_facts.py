"""From news that were asked for to facts: the same facts as in `inbound.py`, under the same act keys. Pure.

An act that a webhook tells without an id is known by its second, and GitHub may date it a moment later there than
here. That both are one act is found out where both are heard (`app/domain/acts.py`).
"""

from collections.abc import Collection
from datetime import datetime
from typing import TypedDict

from app.domain.checkboxes import ticked_in
from app.domain.facts import (
    BaseChanged,
    BoxTicked,
    BranchPushed,
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
    ReviewDismissed,
    ReviewSubmitted,
)
from app.domain.ids import Actor, Repository
from app.github.acts import act_key
from app.github.news_shapes import Affected, Edited, Happening, Judged, Moved, Said, Standing
from app.github.shapes import GHOST, Issue

_OF_ISSUES = frozenset({"closed"})
_OF_PULL_REQUESTS = frozenset(
    {"closed", "reopened", "convert_to_draft", "ready_for_review", "base_ref_changed", "review_dismissed"}
)


class _About(TypedDict):
    repository: Repository
    number: int
    by: Actor
    at: datetime


def wanted(it: Happening, label: str, numbers: Collection[int]) -> bool:
    """Whether something that happened can mean anything to us: our label, or an issue or pull request of a job."""
    if it.issue is None:
        return False
    if it.event in {"labeled", "unlabeled"}:
        return it.label == label
    events = _OF_PULL_REQUESTS if it.issue.is_pull_request else _OF_ISSUES
    return it.event in events and (it.issue.number in numbers or label in it.issue.labels)


def happened(home: Repository, it: Happening, on: Affected, *, base: str = "") -> Fact | None:
    """Return what a line of the history of an issue or pull request states; `base` is where the latter is aimed now."""
    about = _About(repository=home, number=on.number, by=it.actor, at=it.created_at)
    match it.event, on.is_pull_request:
        case "unlabeled", False:
            return unlabeled(home, it, on.number)
        case "closed", False:
            return IssueClosed(act_key=_key("closed", about), **about)
        case "closed", True:
            return PullRequestClosed(act_key=_key("pull_request_closed", about), merged=on.merged, **about)
        case "reopened", True:
            return PullRequestReopened(
                act_key=_key("pull_request_reopened", about, str(it.actor.id)), **about
            )
        case "convert_to_draft", True:
            return PullRequestDrafted(act_key=_key("drafted", about, str(it.actor.id)), **about)
        case "ready_for_review", True:
            return PullRequestReadied(act_key=_key("readied", about, str(it.actor.id)), **about)
        case "base_ref_changed", True:
            return BaseChanged(act_key=_key("base_changed", about, base), base=base, **about)
        case "review_dismissed", True if it.review_id is not None:
            key = f"review_dismissed:{it.review_id}"
            return ReviewDismissed(act_key=key, review_id=it.review_id, **about)
        case _:
            return None


def labeled(
    home: Repository, it: Happening, on: Affected | Issue, *, text_changed: bool = False
) -> IssueLabeled:
    """A label was put on; the text is that of now, and `text_changed` says whether it was another then."""
    about, label = _About(repository=home, number=on.number, by=it.actor, at=it.created_at), it.label or ""
    return IssueLabeled(
        act_key=_key("labeled", about, label),
        label=label,
        title=on.title,
        body=on.body,
        author=on.author,
        is_pull_request=on.is_pull_request,
        text_changed=text_changed,
        **about,
    )


def unlabeled(home: Repository, it: Happening, number: int) -> IssueUnlabeled:
    """A label was taken off."""
    about, label = _About(repository=home, number=number, by=it.actor, at=it.created_at), it.label or ""
    return IssueUnlabeled(act_key=_key("unlabeled", about, label), label=label, **about)


def is_reworded(it: Happening, history: Collection[Happening], edited: Edited) -> bool:
    """Whether an issue's title or text was changed after something that happened to it. `history` is of that issue."""
    renamed = any(later.event == "renamed" and later.created_at > it.created_at for later in history)
    return renamed or (edited.at is not None and edited.at > it.created_at)


def closed(home: Repository, it: Standing) -> IssueClosed | None:
    """An issue that stands closed was closed; None when it is open."""
    if it.state == "open" or it.closed_at is None:
        return None
    about = _About(repository=home, number=it.number, by=it.closed_by, at=it.closed_at)
    return IssueClosed(act_key=_key("closed", about), **about)


def deleted(home: Repository, number: int, at: datetime) -> IssueRemoved:
    """An issue is no more. Nobody tells who deleted it, nor when."""
    return IssueRemoved(
        act_key=f"deleted:{home.id}:{number}", repository=home, number=number, by=GHOST, at=at, how="deleted"
    )


def said(home: Repository, it: Said, edited: Edited | None) -> CommentWritten:
    """Something was said; somebody else may have edited it since."""
    return CommentWritten(
        act_key=f"comment:{it.id}",
        repository=home,
        number=it.number,
        by=it.author,
        at=it.created_at,
        comment_id=it.id,
        body=it.body,
        on_pull_request=it.on_pull_request,
        edited_by=_other_hand(it.author, edited),
    )


def ticked(home: Repository, it: Said, edited: Edited) -> BoxTicked | None:
    """A person ticked the one box that is ticked in a bot's comment; None if it was otherwise, or nobody can tell."""
    boxes = ticked_in(it.body)
    if len(boxes) != 1 or edited.by is None or edited.by.is_bot or not it.author.is_bot:
        return None
    return BoxTicked(
        act_key=f"box:{it.id}:{boxes[0]}:{int(it.updated_at.timestamp())}",
        repository=home,
        number=it.number,
        by=edited.by,
        at=it.updated_at,
        comment_id=it.id,
        comment_author=it.author,
        box=boxes[0],
        on_pull_request=it.on_pull_request,
    )


def judged(home: Repository, number: int, it: Judged, edited: Edited | None) -> ReviewSubmitted | None:
    """A review was submitted; None for a draft, and for one that was dismissed before anybody looked."""
    if it.submitted_at is None or it.state in {"PENDING", "DISMISSED"}:
        return None
    return ReviewSubmitted(
        act_key=f"review:{it.id}",
        repository=home,
        number=number,
        by=it.author,
        at=it.submitted_at,
        review_id=it.id,
        state=it.state.lower(),
        body=it.body,
        edited_by=_other_hand(it.author, edited),
    )


def moved(home: Repository, number: int, it: Moved) -> BranchPushed:
    """The head of a pull request moved."""
    about = _About(repository=home, number=number, by=it.actor, at=it.at)
    key = _key("pushed", about, it.after)
    return BranchPushed(act_key=key, before_sha=it.before, head_sha=it.after, **about)


def _other_hand(author: Actor, edited: Edited | None) -> Actor | None:
    """Return who else edited a text. An author may mend their own words; when nobody can tell, it was a ghost."""
    if edited is None or edited.at is None:
        return None
    editor = edited.by or GHOST
    return None if editor.id == author.id else editor


def _key(what: str, about: _About, *more: str) -> str:
    return act_key(what, about["repository"].id, about["number"], about["at"], *more)
