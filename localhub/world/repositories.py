"""Repositories and what lives in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal

from localhub.world.checks import CheckRun
from localhub.world.issues import Comment, Issue, Label
from localhub.world.people import Role, User
from localhub.world.pulls import Pull, ReviewComment
from localhub.world.record import Record


@dataclass(slots=True, kw_only=True)
class Activity(Record):
    """One move of a branch, by whoever pushed."""

    prefix: ClassVar[str] = "PSH"
    actor: User
    ref: str
    before: str
    after: str
    kind: Literal["push", "force_push", "branch_creation", "branch_deletion"]


@dataclass(slots=True, kw_only=True)
class Repository(Record):
    """A repository; `path` is its bare git repository on disk."""

    prefix: ClassVar[str] = "R"
    owner: User
    name: str
    path: Path
    default_branch: str = "main"
    private: bool = False
    description: str | None = None
    pushed_at: datetime | None = None
    collaborators: dict[str, Role] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    """Numbers of issues that were deleted."""
    activities: list[Activity] = field(default_factory=list)
    checks: list[CheckRun] = field(default_factory=list)
    protected: set[str] = field(default_factory=set)
    signed_branches: set[str] = field(default_factory=set)
    """Patterns of branches whose commits must be signed."""
    last_number: int = 0
    refs: dict[str, str] = field(default_factory=dict)
    """Branches and tags as last told to anyone."""

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner.login}/{self.name}"

    def role_of(self, user: User) -> Role:
        """What a person may do here; anyone may read what is public."""
        if user.login == self.owner.login:
            return Role.ADMIN
        granted = self.collaborators.get(user.login, Role.NONE)
        return granted if self.private else max(granted, Role.READ)

    def is_collaborator(self, user: User) -> bool:
        """Whether the person was invited (or owns it)."""
        return user.login == self.owner.login or user.login in self.collaborators

    def next_number(self) -> int:
        """The next number of an issue or pull request."""
        self.last_number += 1
        return self.last_number

    def find_comment(self, comment_id: int) -> tuple[Issue, Comment] | None:
        """The issue comment with that id, with its issue."""
        for issue in self.issues.values():
            for comment in issue.comments:
                if comment.id == comment_id:
                    return issue, comment
        return None

    def review_comments(self) -> Iterator[tuple[Pull, ReviewComment]]:
        """All review comments with their pull requests."""
        for pull in self.pulls.values():
            for comment in pull.comments:
                yield pull, comment
