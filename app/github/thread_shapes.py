"""What GraphQL answers about review threads, and the documents that ask for it: frozen values, read leniently."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AliasPath, BeforeValidator, Field
from pydantic.dataclasses import dataclass

from app.domain.ids import Actor
from app.github.shapes import GHOST, LENIENT, Text

_COMMENTS = """
      pageInfo { hasNextPage endCursor }
      nodes {
        databaseId body createdAt lastEditedAt diffHunk isMinimized
        author { __typename login ... on User { databaseId } ... on Bot { databaseId } }
        pullRequestReview { databaseId }
      }
"""

THREADS = f"""
query($owner: String!, $name: String!, $number: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      reviewThreads(first: 50, after: $after) {{
        pageInfo {{ hasNextPage endCursor }}
        nodes {{
          id isResolved isOutdated path line originalLine startLine originalStartLine diffSide
          comments(first: 50) {{ {_COMMENTS} }}
        }}
      }}
    }}
  }}
}}
"""

MORE_COMMENTS = f"""
query($id: ID!, $after: String) {{
  node(id: $id) {{
    ... on PullRequestReviewThread {{ comments(first: 100, after: $after) {{ {_COMMENTS} }} }}
  }}
}}
"""

RESOLVE = """
mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { id isResolved } } }
"""


def _author(value: Any) -> Any:
    """Read an author: GraphQL leaves the `[bot]` off a bot's login, and says null for a deleted account."""
    if value is None:
        return GHOST
    if not isinstance(value, dict):
        return value
    is_bot = value["__typename"] == "Bot"
    login = value["login"] + ("[bot]" if is_bot else "")
    return Actor(login=login, id=value.get("databaseId") or 0, is_bot=is_bot)


def _next(value: Any) -> Any:
    """Read where the next page begins, None after the last."""
    if not isinstance(value, dict):
        return value
    return value["endCursor"] if value["hasNextPage"] else None


Next = Annotated[str | None, BeforeValidator(_next)]


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class ThreadComment:
    """What a person or a bot said in a thread. `id` is the one that REST knows; `diff_hunk` is what it was said about."""

    id: int = Field(validation_alias="databaseId")
    author: Annotated[Actor, BeforeValidator(_author)]
    body: Text
    created_at: datetime = Field(validation_alias="createdAt")
    last_edited_at: datetime | None = Field(default=None, validation_alias="lastEditedAt")
    review_id: int | None = Field(default=None, validation_alias=AliasPath("pullRequestReview", "databaseId"))
    diff_hunk: str = Field(default="", validation_alias="diffHunk")
    is_minimized: bool = Field(default=False, validation_alias="isMinimized")


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Thread:
    """A conversation on a line, on lines, or on a whole file, which has no lines.

    `line` is where it is in the pull request's head, None once it is outdated; `original_line` is where it was
    when it began, in the numbers of `diff_hunk`. `side` is RIGHT for the new file, LEFT for the old.
    `next_comments` is where the comments go on that are not in `comments` yet.
    """

    id: str
    is_resolved: bool = Field(validation_alias="isResolved")
    is_outdated: bool = Field(validation_alias="isOutdated")
    path: str
    line: int | None = None
    original_line: int | None = Field(default=None, validation_alias="originalLine")
    start_line: int | None = Field(default=None, validation_alias="startLine")
    original_start_line: int | None = Field(default=None, validation_alias="originalStartLine")
    side: str = Field(validation_alias="diffSide")
    comments: tuple[ThreadComment, ...] = Field(validation_alias=AliasPath("comments", "nodes"))
    next_comments: Next = Field(default=None, validation_alias=AliasPath("comments", "pageInfo"))

    @property
    def top(self) -> ThreadComment:
        """The comment that opened it: the only one that can be answered."""
        return self.comments[0]

    @property
    def diff_hunk(self) -> str:
        """The part of the diff that it was opened on."""
        return self.top.diff_hunk


_THREADS_AT = ("repository", "pullRequest", "reviewThreads")


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class ThreadPage:
    """A page of threads."""

    threads: tuple[Thread, ...] = Field(validation_alias=AliasPath(*_THREADS_AT, "nodes"))
    next: Next = Field(validation_alias=AliasPath(*_THREADS_AT, "pageInfo"))


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class CommentPage:
    """A further page of a thread's comments."""

    comments: tuple[ThreadComment, ...] = Field(validation_alias=AliasPath("node", "comments", "nodes"))
    next: Next = Field(validation_alias=AliasPath("node", "comments", "pageInfo"))


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Resolved:
    """What became of a thread that was to be resolved."""

    is_resolved: bool = Field(validation_alias=AliasPath("resolveReviewThread", "thread", "isResolved"))
