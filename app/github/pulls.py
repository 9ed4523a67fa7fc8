"""Pull requests: find, open, read, change. Never approved and never merged from here."""

from collections.abc import Sequence
from typing import Any

from app.github.failures import TooLarge, Unprocessable
from app.github.pacing import Kind
from app.github.permissions import PUBLISH, REPORT
from app.github.place import PER_PAGE, Place
from app.github.shapes import ChangedFile, Pull

_READY = """
mutation($id: ID!) {
  markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } }
}
"""


class Pulls:
    """The pull requests of one repository."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def get(self, number: int) -> Pull:
        """Return a pull request as it is now."""
        p = self._place
        return await p.get(Pull, lambda kit: kit.rest.pulls.async_get(p.owner, p.name, number))

    async def find(self, *, head: str, base: str) -> Pull | None:
        """Return the pull request from a branch of this repository into another: an open one, else the newest."""
        p = self._place
        found = await p.get(
            list[Pull],
            lambda kit: kit.rest.pulls.async_list(
                p.owner, p.name, head=f"{p.owner}:{head}", base=base, state="all", per_page=PER_PAGE
            ),
        )
        ours = sorted((pull for pull in found if pull.head_branch == head), key=lambda pull: -pull.number)
        return next((pull for pull in ours if pull.state == "open"), ours[0] if ours else None)

    async def open_draft(self, *, title: str, body: str, head: str, base: str) -> Pull:
        """Open a draft, or adopt the one that is open between these branches already.

        Where the account's plan knows no drafts (private repositories of free accounts), it is no draft.
        """
        try:
            return await self._open(title=title, body=body, head=head, base=base, draft=True)
        except Unprocessable as refusal:
            return await self._instead(refusal, title=title, body=body, head=head, base=base)

    async def open(self, *, title: str, body: str, head: str, base: str) -> Pull:
        """Open a pull request that is no draft, or adopt the one that is open between these branches already."""
        try:
            return await self._open(title=title, body=body, head=head, base=base, draft=False)
        except Unprocessable as refusal:
            return await self._instead(refusal, title=title, body=body, head=head, base=base)

    async def _instead(self, refusal: Unprocessable, *, title: str, body: str, head: str, base: str) -> Pull:
        said = str(refusal).lower()
        if "already exists" in said:
            found = await self.find(head=head, base=base)
            if found is not None and found.state == "open":
                return found
        if "draft pull requests are not supported" in said:
            return await self._open(title=title, body=body, head=head, base=base, draft=False)
        raise refusal

    async def _open(self, *, title: str, body: str, head: str, base: str, draft: bool) -> Pull:
        p = self._place
        return await p.write(
            PUBLISH,
            Pull,
            lambda kit: kit.rest.pulls.async_create(
                p.owner, p.name, title=title, body=body, head=head, base=base, draft=draft
            ),
            kind=Kind.CREATE,
        )

    async def update(self, number: int, *, title: str, body: str) -> Pull:
        """Replace title and body."""
        p = self._place
        return await p.write(
            PUBLISH,
            Pull,
            lambda kit: kit.rest.pulls.async_update(p.owner, p.name, number, title=title, body=body),
        )

    async def diff(self, number: int) -> str | None:
        """Return GitHub's own diff, which decides where comments can be anchored; None when it is too large."""
        p = self._place
        accept = {"Accept": "application/vnd.github.diff"}
        try:
            return await p.text(lambda kit: kit.rest.pulls.async_get(p.owner, p.name, number, headers=accept))
        except TooLarge:
            return None

    async def files(self, number: int) -> list[ChangedFile]:
        """Return the changed files; GitHub ends the list at 3000 without a word (compare `changed_files`)."""
        p = self._place
        return await p.pages(
            ChangedFile,
            lambda kit, page: kit.rest.pulls.async_list_files(
                p.owner, p.name, number, per_page=PER_PAGE, page=page
            ),
        )

    async def mark_ready(self, node_id: str) -> None:
        """Take a pull request out of draft. Only GraphQL can; it asks for `contents: write` as well."""
        await self._place.mutate(PUBLISH, _READY, {"id": node_id})

    async def request_reviewers(self, number: int, logins: Sequence[str]) -> None:
        """Ask people for a review.

        Raises:
            Unprocessable: one of them opened the pull request, or may not review here.
        """
        p = self._place
        await p.write(
            REPORT,
            dict[str, Any],
            lambda kit: kit.rest.pulls.async_request_reviewers(
                p.owner, p.name, number, reviewers=list(logins)
            ),
        )
