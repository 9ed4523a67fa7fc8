"""Issues and what is said on them. A pull request is an issue too: its conversation and labels are here."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from githubkit.utils import UNSET

from app.domain.errors import NotFound
from app.github.pacing import Kind
from app.github.permissions import REPORT
from app.github.place import PER_PAGE, Place
from app.github.shapes import Comment, Issue

_ANY = list[dict[str, Any]]


class Issues:
    """The issues of one repository."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def get(self, number: int) -> Issue:
        """Return an issue as it is now."""
        p = self._place
        return await p.get(Issue, lambda kit: kit.rest.issues.async_get(p.owner, p.name, number))

    async def with_label(self, label: str, *, since: datetime | None = None) -> list[Issue]:
        """Return the open issues and pull requests that bear a label, changed since a moment if one is given."""
        p = self._place
        return await p.pages(
            Issue,
            lambda kit, page: kit.rest.issues.async_list_for_repo(
                p.owner,
                p.name,
                labels=label,
                state="open",
                per_page=PER_PAGE,
                page=page,
                since=instant(since),
            ),
        )

    async def react_with_eyes(self, number: int) -> None:
        """Show that it was seen. A second time changes nothing."""
        p = self._place
        await p.write(
            REPORT,
            dict[str, Any],
            lambda kit: kit.rest.reactions.async_create_for_issue(p.owner, p.name, number, content="eyes"),
        )

    async def labels(self) -> tuple[str, ...]:
        """Return the names of all labels of the repository."""
        p = self._place
        found = await p.pages(
            dict[str, Any],
            lambda kit, page: kit.rest.issues.async_list_labels_for_repo(
                p.owner, p.name, per_page=PER_PAGE, page=page
            ),
        )
        return tuple(str(label["name"]) for label in found)

    async def make_label(self, label: str, *, color: str, description: str) -> None:
        """Make a label of the repository, so that people find it; `color` is six hexadecimal digits."""
        p = self._place
        await p.write(
            REPORT,
            dict[str, Any],
            lambda kit: kit.rest.issues.async_create_label(
                p.owner, p.name, name=label, color=color, description=description
            ),
        )

    async def add_label(self, number: int, label: str) -> None:
        """Put a label on. GitHub creates it when the repository has none of this name."""
        p = self._place
        await p.write(
            REPORT,
            _ANY,
            lambda kit: kit.rest.issues.async_add_labels(p.owner, p.name, number, labels=[label]),
        )

    async def remove_label(self, number: int, label: str) -> None:
        """Take a label off; when it is not there, that is what was wanted."""
        p, name = self._place, quote(label, safe="")
        try:
            await p.remove(
                REPORT, lambda kit: kit.rest.issues.async_remove_label(p.owner, p.name, number, name)
            )
        except NotFound:
            return

    async def comments(self, number: int, *, since: datetime | None = None) -> list[Comment]:
        """Return the comments in the conversation, oldest first."""
        p = self._place
        return await p.pages(
            Comment,
            lambda kit, page: kit.rest.issues.async_list_comments(
                p.owner, p.name, number, per_page=PER_PAGE, page=page, since=instant(since)
            ),
        )

    async def create_comment(self, number: int, body: str) -> Comment:
        """Say something new; people are notified."""
        p = self._place
        return await p.write(
            REPORT,
            Comment,
            lambda kit: kit.rest.issues.async_create_comment(p.owner, p.name, number, body=body),
            kind=Kind.CREATE,
        )

    async def update_comment(self, comment_id: int, body: str) -> Comment:
        """Say something else in its place; nobody is notified."""
        p = self._place
        return await p.write(
            REPORT,
            Comment,
            lambda kit: kit.rest.issues.async_update_comment(p.owner, p.name, comment_id, body=body),
        )


def instant(at: datetime | None) -> Any:
    """Write a moment as GitHub reads it (ISO 8601); githubkit would send Python's own notation, with a blank."""
    return UNSET if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
