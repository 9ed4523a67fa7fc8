"""Issues and everything that hangs on them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from localhub import clock
from localhub.world.people import User
from localhub.world.record import Record


@dataclass(slots=True, kw_only=True)
class Label(Record):
    """A label of a repository."""

    prefix: ClassVar[str] = "LA"
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class Reaction(Record):
    """One person's emoji on an issue or a comment."""

    prefix: ClassVar[str] = "REA"
    user: User
    content: str


@dataclass(slots=True, kw_only=True)
class Text(Record):
    """A text with an author that can be edited: issue, comment, review comment."""

    author: User
    body: str
    updated_at: datetime = field(default_factory=clock.now)
    edits: list[tuple[datetime, User]] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    minimized: str | None = None

    def rewrite(self, body: str, editor: User) -> str:
        """Replace the text and remember who did; returns what was there."""
        before, self.body = self.body, body
        self.updated_at = clock.now()
        self.edits.append((self.updated_at, editor))
        return before


@dataclass(slots=True, kw_only=True)
class Comment(Text):
    """A comment on an issue or in the conversation of a pull request."""

    prefix: ClassVar[str] = "IC"


@dataclass(slots=True, kw_only=True)
class IssueEvent(Record):
    """A line of an issue's history; `detail` holds what is special to its kind."""

    prefix: ClassVar[str] = "IE"
    actor: User
    event: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Issue(Text):
    """An issue, or the issue half of a pull request."""

    prefix: ClassVar[str] = "I"
    number: int
    title: str
    is_pull: bool = False
    open: bool = True
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: User | None = None
    labels: list[Label] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    events: list[IssueEvent] = field(default_factory=list)

    def has_label(self, name: str) -> bool:
        """Whether a label of that name is on it, in any case."""
        return any(label.name.lower() == name.lower() for label in self.labels)
