"""Commits that GitHub signs: written through its git-data API, where a branch takes no unsigned ones.

GitHub signs what an App commits without naming an author or a committer
(https://docs.github.com/authentication/managing-commit-signature-verification/about-commit-signature-verification#signature-verification-for-bots).
A person's commits are never rewritten from here, and no branch is ever forced.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

from app.domain.errors import Conflict
from app.github.code import Code
from app.github.failures import Unprocessable
from app.github.permissions import PUBLISH
from app.github.place import PER_PAGE, Place

Mode: TypeAlias = Literal["100644", "100755", "120000"]
"""A file, a program, a symbolic link. There are no submodules here."""

TREE_BYTES_MAX = 1_000_000
"""As much text is sent with one tree; more goes in several, each on top of the other."""

_ANY = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file as it shall be; `content` None deletes it. A symbolic link's content is where it points."""

    path: str
    mode: Mode = "100644"
    content: bytes | None = None


class Signed:
    """Signed commits in one repository."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def requires_signatures(self, branch: str) -> bool:
        """Whether a ruleset asks for signed commits on a branch of that name, existing or not.

        Classic branch protection is not told to an App without the administration permission; where only that
        asks for signatures, a push is refused with GitHub's sentence.
        """
        p, name = self._place, quote(branch, safe="/")
        rules = await p.pages(
            _ANY,
            lambda kit, page: kit.rest.repos.async_get_branch_rules(
                p.owner, p.name, name, per_page=PER_PAGE, page=page
            ),
        )
        return any(rule.get("type") == "required_signatures" for rule in rules)

    async def write_commit(
        self, branch: str, *, parent_sha: str, message: str, changes: Sequence[FileChange]
    ) -> str:
        """Put one commit on a branch that is at `parent_sha`, or is begun there; return the commit.

        When the branch has this very commit already, because an earlier call got as far, that one is returned.

        Raises:
            Conflict: the branch is somewhere else: somebody pushed.
            Unprocessable: GitHub refuses the tree: a path that is deleted is not there, or one is not allowed.
        """
        tree = await self._tree((await self._commit(parent_sha))["tree"]["sha"], changes)
        head = await Code(self._place).head(branch)
        if head not in (None, parent_sha):
            return await self._adopt(head, branch, parent_sha=parent_sha, message=message, tree=tree)
        sha = str((await self._create_commit(parent_sha, message, tree))["sha"])
        await self._move(branch, sha, begun=head is not None)
        return sha

    async def _adopt(self, head: str, branch: str, *, parent_sha: str, message: str, tree: str) -> str:
        """Return the branch's head if it is what was to be written."""
        found = await self._commit(head)
        parents = [parent["sha"] for parent in found["parents"]]
        if (parents, found["tree"]["sha"], found["message"].strip()) != ([parent_sha], tree, message.strip()):
            raise Conflict(
                f"`{branch}` was pushed to in the meantime, so I stopped rather than overwrite it."
            )
        return head

    async def _commit(self, sha: str) -> dict[str, Any]:
        p = self._place
        return await p.get(_ANY, lambda kit: kit.rest.git.async_get_commit(p.owner, p.name, sha))

    async def _tree(self, base: str, changes: Sequence[FileChange]) -> str:
        """Return the tree `base` with the changes; deletions come first, so that a folder may follow a file."""
        for part in _parts(sorted(changes, key=lambda change: change.content is not None)):
            base = await self._changed(base, [await self._entry(change) for change in part])
        return base

    async def _changed(self, base: str, entries: list[Any]) -> str:
        p = self._place
        made = await p.write(
            PUBLISH,
            _ANY,
            lambda kit: kit.rest.git.async_create_tree(p.owner, p.name, tree=entries, base_tree=base),
        )
        return str(made["sha"])

    async def _entry(self, change: FileChange) -> dict[str, Any]:
        entry: dict[str, Any] = {"path": change.path, "mode": change.mode, "type": "blob"}
        if change.content is None:
            return entry | {"sha": None}
        text = _text(change.content)
        return entry | ({"sha": await self._blob(change.content)} if text is None else {"content": text})

    async def _blob(self, content: bytes) -> str:
        p, encoded = self._place, base64.b64encode(content).decode()
        made = await p.write(
            PUBLISH,
            _ANY,
            lambda kit: kit.rest.git.async_create_blob(p.owner, p.name, content=encoded, encoding="base64"),
        )
        return str(made["sha"])

    async def _create_commit(self, parent_sha: str, message: str, tree: str) -> dict[str, Any]:
        p = self._place
        return await p.write(
            PUBLISH,
            _ANY,
            lambda kit: kit.rest.git.async_create_commit(
                p.owner, p.name, message=message, tree=tree, parents=[parent_sha]
            ),
        )

    async def _move(self, branch: str, sha: str, *, begun: bool) -> None:
        p, ref = self._place, quote(f"heads/{branch}", safe="/")
        try:
            if begun:
                await p.write(
                    PUBLISH,
                    _ANY,
                    lambda kit: kit.rest.git.async_update_ref(p.owner, p.name, ref, sha=sha, force=False),
                )
            else:
                full = f"refs/heads/{branch}"
                await p.write(
                    PUBLISH,
                    _ANY,
                    lambda kit: kit.rest.git.async_create_ref(p.owner, p.name, ref=full, sha=sha),
                )
        except Unprocessable as refusal:
            raise _moved(refusal, branch) from refusal


def _moved(refusal: Unprocessable, branch: str) -> Exception:
    """Tell apart that somebody was faster, and that GitHub does not want the commit."""
    said = str(refusal).lower()
    if any(words in said for words in ("not a fast forward", "already exists", "does not exist")):
        return Conflict(f"`{branch}` was changed in the meantime, so I stopped rather than overwrite it.")
    return refusal


def _text(content: bytes) -> str | None:
    """Return the content if it can be sent as text within a tree."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text or len(content) > TREE_BYTES_MAX else text


def _parts(changes: Sequence[FileChange]) -> Iterator[list[FileChange]]:
    """Cut changes into parts that one request can carry."""
    part: list[FileChange] = []
    size = 0
    for change in changes:
        if part and size + len(change.content or b"") > TREE_BYTES_MAX:
            yield part
            part, size = [], 0
        part.append(change)
        size += len(change.content or b"")
    if part:
        yield part
