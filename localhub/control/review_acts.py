"""What a person does in a review: submit, comment, answer, resolve, dismiss. They may pick any line of a changed file."""

from typing import Any

from localhub import present
from localhub.control.deed import Deed
from localhub.control.verbs import verb
from localhub.errors import Refusal
from localhub.operations import anchors, discussion, reviews
from localhub.world.people import Role


@verb("review", Role.READ)
def _review(deed: Deed) -> Any:
    act = deed.act
    review = reviews.create(
        deed.scene, deed.pull, event=act.state, body=act.body or "", comments=act.comments, person=True
    )  # fmt: skip
    return present.review(deed.hub, deed.home, deed.pull, review)


@verb("single_comment", Role.READ)
def _single(deed: Deed) -> Any:
    """On `path` and `line`, or on the whole file without a line."""
    act, pull = deed.act, deed.pull
    wanted: dict[str, Any] = {
        "path": act.path,
        "line": act.line,
        "side": act.side,
        "start_line": act.start_line,
    }
    if act.line is None:
        wanted["subject_type"] = "file"
    diff = deed.hub.diff(deed.home, pull)
    place = anchors.resolve_for_person(deed.hub.bare(deed.home), pull.head_sha, diff, wanted)
    comment = discussion.comment_alone(deed.scene, pull, place, act.body or "", pull.head_sha)
    return present.review_comment(deed.hub, deed.home, pull, comment)


@verb("reply", Role.READ)
def _reply(deed: Deed) -> Any:
    pull, comment = deed.review_comment
    answer = discussion.reply(deed.scene, pull, comment.root, deed.act.body or "")
    return present.review_comment(deed.hub, deed.home, pull, answer)


@verb("edit_review_comment", Role.READ)
def _edit(deed: Deed) -> Any:
    pull, comment = deed.review_comment
    if comment.author is not deed.by:
        deed.need(Role.WRITE)
    discussion.edit(deed.scene, pull, comment, deed.act.body or "")
    return present.review_comment(deed.hub, deed.home, pull, comment)


def _resolve(deed: Deed, *, resolved: bool) -> None:
    pull, comment = deed.review_comment
    if pull.issue.author is not deed.by:
        deed.need(Role.WRITE)
    discussion.set_resolved(deed.scene, pull, comment.root, resolved=resolved)


verb("resolve_thread", Role.READ)(lambda deed: _resolve(deed, resolved=True))
verb("unresolve_thread", Role.READ)(lambda deed: _resolve(deed, resolved=False))


@verb("dismiss_review", Role.WRITE)
def _dismiss(deed: Deed) -> Any:
    for review in deed.pull.reviews:
        if review.id == deed.act.review_id:
            reviews.dismiss(deed.scene, deed.pull, review, deed.act.message)
            return present.review(deed.hub, deed.home, deed.pull, review)
    raise Refusal(404, f"There is no review {deed.act.review_id}.")
