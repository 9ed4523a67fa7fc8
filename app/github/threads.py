"""Review threads: read whole, answered, resolved. Only GraphQL knows threads; replies go by REST.

GitHub wraps every reply in an empty review of its own, which comes back to us as one more submitted review.
"""

from dataclasses import replace

from app.domain.errors import Refused
from app.github.pacing import Kind
from app.github.permissions import PUBLISH, REPORT
from app.github.place import PAGES_MAX, Place
from app.github.shapes import ReviewComment
from app.github.thread_shapes import (
    MORE_COMMENTS,
    RESOLVE,
    THREADS,
    CommentPage,
    Resolved,
    Thread,
    ThreadPage,
)


class Threads:
    """The review threads in one repository."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def of(self, pull_number: int) -> list[Thread]:
        """Return the threads of a pull request, oldest first, each with all its comments; resolved ones too.

        Raises:
            Refused: there are more than can be read (1,500 threads, or a thread of 3,000 comments).
        """
        p, found, after = self._place, list[Thread](), None
        where = {"owner": p.owner, "name": p.name, "number": pull_number}
        for _ in range(PAGES_MAX):
            page = await p.query(ThreadPage, THREADS, where | {"after": after})
            found += [await self._whole(thread) for thread in page.threads]
            after = page.next
            if after is None:
                return [thread for thread in found if thread.comments]
        raise Refused(f"Pull request #{pull_number} has more review threads than I can read.")

    async def reply(self, pull_number: int, top_comment_id: int, body: str) -> ReviewComment:
        """Say something in a thread.

        Raises:
            NotFound: there is no such comment, or it is itself a reply: only the first one can be answered.
        """
        p = self._place
        return await p.write(
            REPORT,
            ReviewComment,
            lambda kit: kit.rest.pulls.async_create_reply_for_review_comment(
                p.owner, p.name, pull_number, top_comment_id, body=body
            ),
            kind=Kind.CREATE,
        )

    async def resolve(self, thread_id: str) -> bool:
        """Resolve a thread, and return whether GitHub says that it is resolved now; once more changes nothing.

        GitHub asks for `contents: write` besides `pull_requests: write`.

        Raises:
            NotAllowed: the App lacks one of these.
            NotFound: the thread is gone.
        """
        p = self._place
        answer = await p.mutate(PUBLISH, RESOLVE, {"id": thread_id})
        return p.connection.understand(answer, Resolved).is_resolved

    async def _whole(self, thread: Thread) -> Thread:
        comments, after = thread.comments, thread.next_comments
        for _ in range(PAGES_MAX):
            if after is None:
                return replace(thread, comments=comments, next_comments=None)
            page = await self._place.query(CommentPage, MORE_COMMENTS, {"id": thread.id, "after": after})
            comments, after = (*comments, *page.comments), page.next
        raise Refused(f"A review thread on {thread.path} is longer than I can read.")
