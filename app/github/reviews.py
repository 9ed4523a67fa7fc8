"""Reviews and the comments on lines. What we post is always a `COMMENT`, never an approval."""

from collections.abc import Sequence

from app.github.pacing import Kind
from app.github.permissions import REPORT
from app.github.place import PER_PAGE, Place
from app.github.shapes import Remark, Review, ReviewComment


class Reviews:
    """The reviews in one repository."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def of(self, number: int) -> list[Review]:
        """Return the reviews of a pull request, oldest first, our own pending draft included."""
        p = self._place
        return await p.pages(
            Review,
            lambda kit, page: kit.rest.pulls.async_list_reviews(
                p.owner, p.name, number, per_page=PER_PAGE, page=page
            ),
        )

    async def get(self, number: int, review_id: int) -> Review:
        """Return one review; its comments are told apart (`comments`)."""
        p = self._place
        return await p.get(
            Review, lambda kit: kit.rest.pulls.async_get_review(p.owner, p.name, number, review_id)
        )

    async def delete_pending(self, number: int, review_id: int) -> None:
        """Delete our own unsubmitted draft: while there is one, even an empty one, no review can be posted."""
        p = self._place
        await p.remove(
            REPORT, lambda kit: kit.rest.pulls.async_delete_pending_review(p.owner, p.name, number, review_id)
        )

    async def create(self, number: int, *, commit_id: str, body: str, remarks: Sequence[Remark]) -> Review:
        """Post one review of one commit, all remarks or nothing.

        Raises:
            Unprocessable: a remark is on no line of the diff (GitHub does not say which), the commit is not
                in the pull request, a pending draft is in the way, or we post too fast.
        """
        p = self._place
        comments = [remark.as_json() for remark in remarks]
        return await p.write(
            REPORT,
            Review,
            lambda kit: kit.rest.pulls.async_create_review(
                p.owner, p.name, number, commit_id=commit_id, event="COMMENT", body=body, comments=comments
            ),
            kind=Kind.CREATE,
        )

    async def comments(self, number: int, review_id: int) -> list[ReviewComment]:
        """Return the comments of one review: posting it does not tell their ids."""
        p = self._place
        return await p.pages(
            ReviewComment,
            lambda kit, page: kit.rest.pulls.async_list_comments_for_review(
                p.owner, p.name, number, review_id, per_page=PER_PAGE, page=page
            ),
        )

    async def comment_on_file(self, number: int, *, commit_id: str, path: str, body: str) -> ReviewComment:
        """Comment on a whole file, which no review can; GitHub makes it a review of its own."""
        p = self._place
        return await p.write(
            REPORT,
            ReviewComment,
            lambda kit: kit.rest.pulls.async_create_review_comment(
                p.owner, p.name, number, commit_id=commit_id, path=path, body=body, subject_type="file"
            ),
            kind=Kind.CREATE,
        )
