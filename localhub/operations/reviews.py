"""Reviews: drafts, submitting, dismissing. One review or nothing: a bad comment refuses all of it."""

from collections.abc import Sequence
from typing import Any

from localhub import clock, present
from localhub.errors import Refusal, not_found, unprocessable
from localhub.hub import Hub
from localhub.operations import anchors, discussion
from localhub.operations.issues import record
from localhub.operations.limits import check_review_body
from localhub.scene import Scene
from localhub.webhooks.emit import emit
from localhub.world.people import User
from localhub.world.pulls import Pull, Review, ReviewState
from localhub.world.repositories import Repository

STATES: dict[str, ReviewState] = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
}
_OWN = {
    "APPROVE": "Review Can not approve your own pull request",
    "REQUEST_CHANGES": "Review Can not request changes on your own pull request",
}


def pending_of(pull: Pull, by: User) -> Review | None:
    """The draft a person has on a pull request; nobody else sees it."""
    return next((each for each in pull.reviews if each.state == "PENDING" and each.author is by), None)


def find(pull: Pull, review_id: int, reader: User | None) -> Review:
    """The review with that id; raises Refusal 404, also for another's draft."""
    for review in pull.reviews:
        if review.id == review_id and (review.state != "PENDING" or review.author is reader):
            return review
    raise not_found()


def create(
    scene: Scene, pull: Pull, *, event: str | None, body: str = "",
    comments: Sequence[dict[str, Any]] = (), commit_id: str | None = None, person: bool = False,
) -> Review:  # fmt: skip
    """Write a review; without `event` it stays a draft. `person` gives the freedoms of the web page."""
    if pending_of(pull, scene.by) is not None:
        raise unprocessable("User can only have one pending review per pull request")
    _check(pull, scene.by, event, body, has_comments=bool(comments))
    commit = check_commit(scene.hub, scene.home, pull, commit_id)
    places = [place(scene.hub, scene.home, pull, commit, wanted, person=person) for wanted in comments]
    review = new_review(scene.hub, scene.by, pull, body, commit)
    for anchor, wanted in zip(places, comments, strict=True):
        discussion.attach(scene, pull, review, anchor, wanted["body"])
    if event is not None:
        _submit(scene, pull, review, event)
    return review


def place(
    hub: Hub, home: Repository, pull: Pull, commit: str, wanted: dict[str, Any], *, person: bool
) -> anchors.Anchor:
    """Where a comment of a review will stand; raises Refusal 422."""
    if not (wanted.get("body") or "").strip():
        raise unprocessable("Body can't be blank")
    check_review_body(wanted["body"])
    diff = hub.diff(home, pull, commit)
    if person:
        return anchors.resolve_for_person(hub.bare(home), commit, diff, wanted)
    return anchors.resolve(diff, wanted)


def _check(pull: Pull, by: User, event: str | None, body: str, *, has_comments: bool) -> None:
    check_review_body(body)
    if event is None:
        return
    if event not in STATES:
        raise unprocessable(
            f"Variable $event of type PullRequestReviewEvent was provided invalid value {event}"
        )
    if event in _OWN and pull.issue.author is by:
        raise unprocessable(_OWN[event])
    blank_allowed = event == "APPROVE" or (event == "COMMENT" and has_comments)
    if not body.strip() and not blank_allowed:
        raise unprocessable("Review Body can't be blank")


def check_commit(hub: Hub, home: Repository, pull: Pull, commit_id: str | None) -> str:
    """The commit to review; raises Refusal 422 for one that the pull request does not have."""
    if commit_id in (None, pull.head_sha):
        return pull.head_sha
    if commit_id not in {each.sha for each in hub.commits(home, pull)}:
        raise unprocessable("The commitOID is not part of the pull request")
    return commit_id


def new_review(hub: Hub, by: User, pull: Pull, body: str, commit: str) -> Review:
    """A draft, told to nobody."""
    number = hub.world.next_id("review")
    review = Review(id=number, author=by, body=body, state="PENDING", commit_id=commit)
    pull.reviews.append(review)
    return review


def submit(scene: Scene, pull: Pull, review: Review, *, event: str, body: str | None) -> None:
    """Submit a draft."""
    if review.state != "PENDING":
        raise unprocessable("Can not submit a review that is not pending")
    text = review.body if body is None else body
    has_comments = any(comment.review is review for comment in pull.comments)
    _check(pull, scene.by, event, text, has_comments=has_comments)
    review.body = text
    _submit(scene, pull, review, event)


def _submit(scene: Scene, pull: Pull, review: Review, event: str) -> None:
    review.state, review.submitted_at = STATES[event], clock.now()
    if scene.by in pull.requested_reviewers and pull.issue.author is not scene.by:
        pull.requested_reviewers.remove(scene.by)
    tell_submitted(scene, pull, review)


def tell_submitted(scene: Scene, pull: Pull, review: Review) -> None:
    """One `submitted` for the review, then one `created` for each of its comments."""
    announce(scene, pull, review, "submitted")
    for comment in pull.comments:
        if comment.review is review:
            discussion.announce(scene, pull, comment, "created")


def announce(scene: Scene, pull: Pull, review: Review, action: str, **fields: Any) -> None:
    """Send `pull_request_review`."""
    shape = present.review_event(scene.hub, scene.home, pull, review)
    request = present.pull_simple(scene.hub, scene.home, pull)
    emit(scene, "pull_request_review", action, review=shape, pull_request=request, **fields)


def edit(scene: Scene, pull: Pull, review: Review, body: str) -> None:
    """Rewrite the text of a review."""
    check_review_body(body)
    before, review.body = review.body, body
    review.edits.append((clock.now(), scene.by))
    if review.state != "PENDING":
        announce(scene, pull, review, "edited", changes={"body": {"from": before}})


def delete_pending(pull: Pull, review: Review) -> None:
    """Throw a draft and its comments away."""
    if review.state != "PENDING":
        raise unprocessable("Can not delete a non-pending pull request review")
    pull.reviews.remove(review)
    pull.comments[:] = [comment for comment in pull.comments if comment.review is not review]


def dismiss(scene: Scene, pull: Pull, review: Review, message: str) -> None:
    """Take the verdict off a review."""
    if review.state not in ("APPROVED", "CHANGES_REQUESTED"):
        raise unprocessable("Can not dismiss a commented pull request review")
    if not message.strip():
        raise Refusal(422, "Unprocessable Entity", ["Message can't be blank"])
    detail = {"review_id": review.id, "state": review.state.lower(), "dismissal_message": message}
    review.state = "DISMISSED"
    record(scene.hub, pull.issue, scene.by, "review_dismissed", dismissed_review=detail)
    announce(scene, pull, review, "dismissed")
