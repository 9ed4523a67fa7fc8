"""What people and agents say to each other about a job: questions, answers, requests, dispositions. Only values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.ids import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A decision put to a person. `recommended` is one of the options, and is taken if nobody answers in time."""

    text: str
    options: tuple[str, ...] = ()
    recommended: str | None = None
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered to what. `by` is None when the deadline answered. The text is verbatim."""

    question: str
    text: str
    by: Actor | None


class AskKind(StrEnum):
    """What a request for a revision came in."""

    REVIEW = "review"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A person's request for a revision, by the id of what they wrote."""

    kind: AskKind
    id: int
    by: Actor
    at: datetime
    text: str = ""

    @property
    def key(self) -> str:
        """The same for the same request."""
        return f"{self.kind}:{self.id}"


class Disposition(StrEnum):
    """What became of one thing that a person asked for."""

    FIXED = "fixed"
    DECLINED = "declined"
    ANSWERED = "answered"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that was asked for, and what became of it.

    `thread` and `comment` are where to reply (GraphQL id of the thread, id of its first comment), None for
    something outside any thread. `ours` says that the thread was opened by us.
    """

    id: str
    where: str
    disposition: Disposition
    note: str
    thread: str | None = None
    comment: int | None = None
    ours: bool = False
