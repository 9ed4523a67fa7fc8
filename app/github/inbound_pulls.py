"""From deliveries about pull requests and reviews to facts. Which delivery becomes which fact is said in `inbound.py`."""

from datetime import datetime
from typing import TypedDict

from app.domain.facts import (
    BaseChanged,
    BranchPushed,
    PullRequestClosed,
    PullRequestDrafted,
    PullRequestReadied,
    PullRequestReopened,
    ReviewDismissed,
    ReviewSubmitted,
    Unread,
)
from app.domain.ids import Actor, Repository
from app.github.acts import act_key
from app.github.payloads import (
    DismissalDelivery,
    PullRequestDelivery,
    PullRequestEditDelivery,
    PushDelivery,
    ReviewDelivery,
)


class _About(TypedDict):
    act_key: str
    repository: Repository
    number: int
    by: Actor
    at: datetime


def _about(delivery: PullRequestDelivery, what: str, *about: str) -> _About:
    """What every fact about a change of a pull request says; the change is dated by the pull request."""
    pull = delivery.pull_request
    return _About(
        act_key=act_key(what, delivery.repository.id, pull.number, pull.updated_at, *about),
        repository=delivery.home(),
        number=pull.number,
        by=delivery.sender.actor(),
        at=pull.updated_at,
    )


def reviewed(delivery: ReviewDelivery) -> ReviewSubmitted:
    """A review was submitted."""
    review = delivery.review
    return ReviewSubmitted(
        act_key=f"review:{review.id}",
        repository=delivery.home(),
        number=delivery.pull_request.number,
        by=delivery.sender.actor(),
        at=review.submitted_at,
        review_id=review.id,
        state=review.state,
        body=review.body or "",
    )


def pull_request_closed(delivery: PullRequestDelivery) -> PullRequestClosed:
    """A pull request was merged or closed."""
    pull = delivery.pull_request
    at = pull.closed_at or pull.updated_at
    return PullRequestClosed(
        act_key=act_key("pull_request_closed", delivery.repository.id, pull.number, at),
        repository=delivery.home(),
        number=pull.number,
        by=delivery.sender.actor(),
        at=at,
        merged=pull.merged,
    )


def drafted(delivery: PullRequestDelivery) -> PullRequestDrafted:
    """A pull request was turned into a draft."""
    return PullRequestDrafted(**_about(delivery, "drafted", str(delivery.sender.id)))


def readied(delivery: PullRequestDelivery) -> PullRequestReadied:
    """A pull request was taken out of draft."""
    return PullRequestReadied(**_about(delivery, "readied", str(delivery.sender.id)))


def reopened(delivery: PullRequestDelivery) -> PullRequestReopened:
    """A closed pull request was opened again."""
    return PullRequestReopened(**_about(delivery, "pull_request_reopened", str(delivery.sender.id)))


def pushed(delivery: PushDelivery) -> BranchPushed:
    """The head of a pull request moved."""
    about = _about(delivery, "pushed", delivery.after)
    return BranchPushed(**about, before_sha=delivery.before, head_sha=delivery.after)


def pull_request_edited(delivery: PullRequestEditDelivery) -> BaseChanged | Unread:
    """A pull request was aimed elsewhere; an edit of its words changes nothing."""
    if delivery.changes.base is None:
        return Unread("An edited title or description of a pull request is not read again.")
    base = delivery.pull_request.base.ref
    return BaseChanged(**_about(delivery, "base_changed", base), base=base)


def dismissed(delivery: DismissalDelivery) -> ReviewDismissed:
    """A review was dismissed, which happens to a review once."""
    pull, review = delivery.pull_request, delivery.review
    return ReviewDismissed(
        act_key=f"review_dismissed:{review.id}",
        repository=delivery.home(),
        number=pull.number,
        by=delivery.sender.actor(),
        at=pull.updated_at,
        review_id=review.id,
    )
