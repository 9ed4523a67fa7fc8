"""Pull requests, reviews, review comments and their threads."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from localhub.world.issues import Issue, Text
from localhub.world.people import User
from localhub.world.record import Record, encode_node_id

ReviewState = Literal["PENDING", "COMMENTED", "APPROVED", "CHANGES_REQUESTED", "DISMISSED"]
Side = Literal["LEFT", "RIGHT"]


@dataclass(slots=True, kw_only=True)
class Review(Record):
    """One review; `submitted_at` is None while it is a draft."""

    prefix: ClassVar[str] = "PRR"
    author: User
    body: str
    state: ReviewState
    commit_id: str
    submitted_at: datetime | None = None
    edits: list[tuple[datetime, User]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class ReviewComment(Text):
    """One comment on a file or a line; `line` is None when outdated or on the whole file."""

    prefix: ClassVar[str] = "PRRC"
    review: Review
    path: str
    commit_id: str
    original_commit_id: str
    diff_hunk: str
    side: Side = "RIGHT"
    start_side: Side | None = None
    line: int | None = None
    start_line: int | None = None
    original_line: int | None = None
    original_start_line: int | None = None
    position: int | None = None
    original_position: int = 1
    subject_type: Literal["line", "file"] = "line"
    reply_to: "ReviewComment | None" = None
    outdated: bool = False

    @property
    def root(self) -> "ReviewComment":
        """The comment that opened the thread."""
        return self.reply_to or self

    @property
    def thread_node_id(self) -> str:
        """The id of the thread, known to GraphQL only."""
        return encode_node_id("PRRT", self.root.id)


@dataclass(slots=True, kw_only=True)
class Pull(Record):
    """The pull request half; text, labels and conversation are in `issue`."""

    prefix: ClassVar[str] = "PR"
    issue: Issue
    head_ref: str
    base_ref: str
    head_sha: str
    base_sha: str
    draft: bool = False
    merged_at: datetime | None = None
    merged_by: User | None = None
    merge_commit_sha: str | None = None
    requested_reviewers: list[User] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    comments: list[ReviewComment] = field(default_factory=list)
    resolved: dict[int, User] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The number it shares with its issue."""
        return self.issue.number
