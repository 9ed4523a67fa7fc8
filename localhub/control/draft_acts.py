"""What a person does with the draft of a review: gather comments, submit, throw away. Nobody else sees a draft."""

from typing import Any

from localhub import present
from localhub.control.deed import Deed
from localhub.control.verbs import verb
from localhub.errors import Refusal
from localhub.operations import drafts
from localhub.world.people import Role


@verb("add_to_review", Role.READ)
def _add(deed: Deed) -> Any:
    draft = drafts.gather(deed.scene, deed.pull, deed.act.comments)
    return present.review(deed.hub, deed.home, deed.pull, draft)


@verb("submit_review", Role.READ)
def _submit(deed: Deed) -> Any:
    act = deed.act
    review = drafts.submit(deed.scene, deed.pull, act.comments, event=act.state, body=act.body or "")
    return present.review(deed.hub, deed.home, deed.pull, review)


@verb("discard_review", Role.READ)
def _discard(deed: Deed) -> None:
    drafts.throw_away(deed.scene, deed.pull)


@verb("take_back_comment", Role.READ)
def _take_back(deed: Deed) -> None:
    pull, comment = deed.review_comment
    if comment.review.state == "PENDING" and comment.author is not deed.by:
        raise Refusal(404, f"There is no review comment {comment.id}.")
    drafts.take_back(deed.scene, pull, comment)
