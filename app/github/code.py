"""The repository itself: what it is, who may do what in it, its files and branches. Reading only."""

import base64
import binascii
from typing import Any
from urllib.parse import quote

from app.domain.errors import NotFound
from app.domain.ids import Actor
from app.github.failures import TooLarge, Unprocessable
from app.github.place import Place
from app.github.shapes import RepositoryInfo

NO_ROLE = "none"
ROLES = (NO_ROLE, "read", "triage", "write", "maintain", "admin")


class Code:
    """One repository."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def info(self) -> RepositoryInfo:
        """Return the repository as it is now."""
        p = self._place
        return await p.get(RepositoryInfo, lambda kit: kit.rest.repos.async_get(p.owner, p.name))

    async def role_of(self, login: str) -> str:
        """Return somebody's role: one of `ROLES`.

        Only an account that GitHub does not know has none by a 404. Any other failure is raised, so that
        nobody is let in because a question went unanswered. `permission` says write for maintain and read
        for triage, hence `role_name`; for a role that an organisation made, it is the base it was made from.
        """
        p = self._place
        try:
            answer = await p.get(
                dict[str, Any],
                lambda kit: kit.rest.repos.async_get_collaborator_permission_level(
                    p.owner, p.name, quote(login, safe="")
                ),
            )
        except NotFound:
            return NO_ROLE
        role = answer.get("role_name")
        return str(role if role in ROLES else answer.get("permission", NO_ROLE))

    async def file_at(self, path: str, ref: str) -> str | None:
        """Return a text file at a branch, tag or commit, or None when there is none.

        Raises:
            TooLarge: GitHub shows files of up to 1 MB only, as UTF-8 text only.
        """
        p = self._place
        try:
            answer = await p.get(
                dict[str, Any] | list[Any],  # type: ignore[arg-type] # a union is a form, not a class, to mypy
                lambda kit: kit.rest.repos.async_get_content(p.owner, p.name, quote(path, safe="/"), ref=ref),
            )
        except NotFound:
            return None
        return _text(answer, path)

    async def files_in(self, folder: str, ref: str) -> list[str]:
        """Return the paths of the files in a folder at a branch, tag or commit; none when there is no such folder."""
        p = self._place
        try:
            answer = await p.get(
                dict[str, Any] | list[Any],  # type: ignore[arg-type] # a union is a form, not a class, to mypy
                lambda kit: kit.rest.repos.async_get_content(
                    p.owner, p.name, quote(folder, safe="/"), ref=ref
                ),
            )
        except NotFound:
            return []
        entries: list[dict[str, Any]] = answer if isinstance(answer, list) else []
        return [str(entry["path"]) for entry in entries if entry.get("type") == "file"]

    async def head(self, branch: str) -> str | None:
        """Return the commit a branch is at, or None: no such branch, or a repository without commits."""
        p, ref = self._place, quote(f"heads/{branch}", safe="/")
        try:
            answer = await p.get(dict[str, Any], lambda kit: kit.rest.git.async_get_ref(p.owner, p.name, ref))
        except NotFound:
            return None
        except Unprocessable as error:
            if "empty" in str(error).lower():
                return None
            raise
        return str(answer["object"]["sha"])

    async def leads_to(self, before_sha: str, head_sha: str) -> bool:
        """Whether one commit is reached from another by going on, so that nothing of its history was rewritten."""
        p = self._place
        try:
            answer = await p.get(
                dict[str, Any],
                lambda kit: kit.rest.repos.async_compare_commits(
                    p.owner, p.name, f"{before_sha}...{head_sha}", per_page=1
                ),
            )
        except NotFound:
            return False
        return answer.get("status") in {"ahead", "identical"}

    async def bot(self, slug: str) -> Actor:
        """Return the account under which an App acts: its id is needed for commits and differs from the App's."""
        p, login = self._place, f"{slug}[bot]"
        answer = await p.get(
            dict[str, Any], lambda kit: kit.rest.users.async_get_by_username(quote(login, safe=""))
        )
        return Actor(login=str(answer["login"]), id=int(answer["id"]), is_bot=True)


def _text(answer: object, path: str) -> str | None:
    """Read the file out of GitHub's answer; a folder, a submodule or a symbolic link to one is no file."""
    if not isinstance(answer, dict) or answer.get("type") != "file":
        return None
    if answer.get("encoding") != "base64":
        raise TooLarge(f"{path} is too large for GitHub to show.")
    try:
        return base64.b64decode(answer["content"].replace("\n", ""), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise TooLarge(f"{path} is not UTF-8 text.") from error
