"""The draft of a review as the web page has it: comments are gathered, then submitted together as one review."""

from collections.abc import Sequence
from typing import Any

from localhub.errors import Refusal
from localhub.operations import discussion, reviews
from localhub.scene import Scene
from localhub.world.pulls import Pull, Review, ReviewComment


def gather(scene: Scene, pull: Pull, comments: Sequence[dict[str, Any]]) -> Review:
    """Put comments into the person's draft, which begins with the first one; told to nobody.

    Raises:
        Refusal: 422 for a comment that cannot stand where it should; then none is taken.
    """
    hub, home, head = scene.hub, scene.home, pull.head_sha
    places = [reviews.place(hub, home, pull, head, wanted, person=True) for wanted in comments]
    draft = reviews.pending_of(pull, scene.by) or reviews.new_review(hub, scene.by, pull, "", head)
    draft.commit_id = head  # a push has moved what was gathered before
    for place, wanted in zip(places, comments, strict=True):
        discussion.attach(scene, pull, draft, place, wanted["body"])
    return draft


def submit(scene: Scene, pull: Pull, comments: Sequence[dict[str, Any]], *, event: str, body: str) -> Review:
    """Submit the draft with these further comments, or a review at once when there is neither.

    A refused verdict leaves the comments in the draft, so that nothing somebody wrote is lost.
    """
    if comments:
        gather(scene, pull, comments)
    draft = reviews.pending_of(pull, scene.by)
    if draft is None:
        return reviews.create(scene, pull, event=event, body=body)
    reviews.submit(scene, pull, draft, event=event, body=body)
    return draft


def throw_away(scene: Scene, pull: Pull) -> None:
    """Throw the person's draft and its comments away."""
    draft = reviews.pending_of(pull, scene.by)
    if draft is not None:
        reviews.delete_pending(pull, draft)


def take_back(scene: Scene, pull: Pull, comment: ReviewComment) -> None:
    """Take one comment out of the draft; the draft ends with its last one."""
    if comment.review.state != "PENDING" or comment.author is not scene.by:
        raise Refusal(
            422, "Only a comment of your own review that is not yet submitted can be taken back.", []
        )
    pull.comments.remove(comment)
    if not any(each.review is comment.review for each in pull.comments):
        reviews.delete_pending(pull, comment.review)
