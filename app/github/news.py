"""What happened in a repository lately, for whoever asks again and again: conditional questions, a page at a time.

Each answer that may be asked for again carries an ETag, and None is *as it was*, which costs nothing of GitHub's limit.
Whoever asks keeps the ETag once the answer is dealt with, not before. What it means is said in `news_facts.py`.
"""

from datetime import datetime

from app.github.connection import Changed
from app.github.issues import instant
from app.github.news_shapes import EDITED, Edited, Happening, Judged, Moved, Said, Standing
from app.github.place import PER_PAGE, Place
from app.github.shapes import Issue, Pull


class News:
    """The news of one repository."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def happenings(self, *, page: int = 1, etag: str | None = None) -> Changed[list[Happening]] | None:
        """Return a page of what happened to issues and pull requests, newest first."""
        p = self._place
        return await p.if_changed(
            list[Happening],
            lambda kit: kit.rest.issues.async_list_events_for_repo(
                p.owner, p.name, per_page=PER_PAGE, page=page, headers=_unless(etag)
            ),
        )

    async def history(self, number: int) -> list[Happening]:
        """Return what happened to one issue, oldest first; the issue itself is not told again."""
        p = self._place
        return await p.pages(
            Happening,
            lambda kit, page: kit.rest.issues.async_list_events(
                p.owner, p.name, number, per_page=PER_PAGE, page=page
            ),
        )

    async def said(
        self, since: datetime, *, page: int = 1, etag: str | None = None
    ) -> Changed[list[Said]] | None:
        """Return a page of the comments that were written or edited since a moment, in the order of that."""
        p = self._place
        return await p.if_changed(
            list[Said],
            lambda kit: kit.rest.issues.async_list_comments_for_repo(
                p.owner, p.name, sort="updated", direction="asc", since=instant(since), per_page=PER_PAGE,
                page=page, headers=_unless(etag),
            ),
        )  # fmt: skip

    async def reviews(
        self, number: int, *, page: int = 1, etag: str | None = None
    ) -> Changed[list[Judged]] | None:
        """Return a page of the reviews of a pull request, oldest first."""
        p = self._place
        return await p.if_changed(
            list[Judged],
            lambda kit: kit.rest.pulls.async_list_reviews(
                p.owner, p.name, number, per_page=PER_PAGE, page=page, headers=_unless(etag)
            ),
        )

    async def pull(self, number: int, *, etag: str | None = None) -> Changed[Pull] | None:
        """Return a pull request as it is now."""
        p = self._place
        return await p.if_changed(
            Pull, lambda kit: kit.rest.pulls.async_get(p.owner, p.name, number, headers=_unless(etag))
        )

    async def standing(self, number: int, *, etag: str | None = None) -> Changed[Standing] | None:
        """Return an issue as it is now, and who closed it.

        Raises:
            Gone: it was deleted.
        """
        p = self._place
        return await p.if_changed(
            Standing, lambda kit: kit.rest.issues.async_get(p.owner, p.name, number, headers=_unless(etag))
        )

    async def labelled(
        self, label: str, *, page: int = 1, etag: str | None = None
    ) -> Changed[list[Issue]] | None:
        """Return a page of the open issues and pull requests that bear a label."""
        p = self._place
        return await p.if_changed(
            list[Issue],
            lambda kit: kit.rest.issues.async_list_for_repo(
                p.owner,
                p.name,
                labels=label,
                state="open",
                per_page=PER_PAGE,
                page=page,
                headers=_unless(etag),
            ),
        )

    async def moves(self, branch: str) -> list[Moved]:
        """Return the latest moves of a branch, newest first: a hundred at most, and who pushed each.

        Raises:
            NotFound: this GitHub does not tell (GitHub Enterprise Server before 3.9).
        """
        p = self._place
        return await p.get(
            list[Moved],
            lambda kit: kit.rest.repos.async_list_activities(
                p.owner, p.name, ref=f"refs/heads/{branch}", per_page=PER_PAGE
            ),
        )

    async def edited(self, node_id: str) -> Edited:
        """Return when an issue's, a comment's or a review's text was last edited, and by whom. REST does not tell."""
        return await self._place.query(Edited, EDITED, {"id": node_id})


def _unless(etag: str | None) -> dict[str, str]:
    return {} if etag is None else {"If-None-Match": etag}
