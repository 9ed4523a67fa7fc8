"""What GitHub answers when it is asked for news: frozen values, read leniently, as in `shapes.py`."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AliasPath, BeforeValidator, Field
from pydantic.dataclasses import dataclass

from app.domain.ids import Actor
from app.github.shapes import GHOST, LENIENT, Names, Text, Who

_NUMBER = re.compile(r"/(\d+)$")


def _number(address: Any) -> Any:
    """Read the number out of the address of an issue, which is all that a comment says of it."""
    found = _NUMBER.search(address) if isinstance(address, str) else None
    return int(found[1]) if found else address


def _editor(value: Any) -> Any:
    """Read who edited: GraphQL leaves the `[bot]` off a bot's login."""
    if not isinstance(value, dict):
        return value
    is_bot = value["__typename"] == "Bot"
    login = value["login"] + ("[bot]" if is_bot else "")
    return Actor(login=login, id=value.get("databaseId") or 0, is_bot=is_bot)


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Affected:
    """The issue or pull request that something happened to, as it is now and not as it was then."""

    number: int
    node_id: str
    title: str
    body: Text = ""
    labels: Names = ()
    author: Who = Field(validation_alias="user")
    pull_request: dict[str, Any] | None = None

    @property
    def is_pull_request(self) -> bool:
        """Whether it is a pull request."""
        return self.pull_request is not None

    @property
    def merged(self) -> bool:
        """Whether it is a pull request that was merged."""
        return (self.pull_request or {}).get("merged_at") is not None


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Happening:
    """A line of an issue's history. `event` is GitHub's word: labeled, closed, convert_to_draft."""

    id: int
    event: str
    actor: Who
    created_at: datetime
    issue: Affected | None = None
    label: str | None = Field(default=None, validation_alias=AliasPath("label", "name"))
    review_id: int | None = Field(default=None, validation_alias=AliasPath("dismissed_review", "review_id"))


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Said:
    """A comment in the conversation of an issue or a pull request."""

    id: int
    node_id: str
    number: Annotated[int, BeforeValidator(_number)] = Field(validation_alias="issue_url")
    author: Who = Field(validation_alias="user")
    body: Text = ""
    html_url: str
    created_at: datetime
    updated_at: datetime

    @property
    def on_pull_request(self) -> bool:
        """Only the address of its page tells."""
        return f"/pull/{self.number}#" in self.html_url


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Judged:
    """A review. `state` is as GitHub writes it: COMMENTED, APPROVED, CHANGES_REQUESTED, DISMISSED, PENDING."""

    id: int
    node_id: str
    author: Who = Field(validation_alias="user")
    body: Text = ""
    state: str
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Moved:
    """A branch went from one commit to another; `actor` is who pushed."""

    id: int
    actor: Who
    before: str
    after: str
    at: datetime = Field(validation_alias="timestamp")


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Standing:
    """An issue as it stands: whether it bears our label, and who closed it when."""

    number: int
    state: str
    labels: Names = ()
    closed_by: Who = GHOST
    closed_at: datetime | None = None


EDITED = """
query($id: ID!) {
  node(id: $id) {
    ... on Comment {
      lastEditedAt
      editor { __typename login ... on User { databaseId } ... on Bot { databaseId } }
    }
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Edited:
    """When a text was last edited, and by whom; both None if never, or if GitHub does not say."""

    at: datetime | None = Field(default=None, validation_alias=AliasPath("node", "lastEditedAt"))
    by: Annotated[Actor | None, BeforeValidator(_editor)] = Field(
        default=None, validation_alias=AliasPath("node", "editor")
    )
