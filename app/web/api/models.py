"""What the API is sent and answers besides the views. Only values."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

PREFIX = "/api/v1"
TEXT_CHARACTERS_MAX = 10_000


class Which(StrEnum):
    """Which jobs are listed."""

    OPEN = "open"
    ENDED = "ended"


class Form(StrEnum):
    """In which form something is told: for programs, or as `handoff` prints it."""

    JSON = "json"
    TEXT = "text"


class Verb(StrEnum):
    """What a job can be told; the words are those of the commands on GitHub."""

    STOP = "stop"
    RETRY = "retry"
    ANSWER = "answer"
    GO = "go"
    SNOOZE = "snooze"
    REVIEW = "review"


class Said(BaseModel):
    """What goes with a verb: the text of an answer, or the time of a snooze such as `2h`."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=TEXT_CHARACTERS_MAX)] = ""


class Message(BaseModel):
    """One sentence: what follows, or what is the matter and how to mend it."""

    message: str


class WorkerView(BaseModel):
    """A worker process that said lately that it is alive."""

    id: str
    host: str
    pid: int
    capacity: int
    cage: str | None
    draining: bool
    seen_at: str


ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"model": Message, "description": "Nobody is logged in, or the token is wrong."},
    403: {"model": Message, "description": "This is not for you."},
    404: {"model": Message, "description": "There is no such thing, or you cannot see it."},
    409: {"model": Message, "description": "It cannot be done as things are."},
    422: {"model": Message, "description": "The request cannot be read."},
    503: {"model": Message, "description": "Not right now; try again."},
}
"""What any operation may answer besides."""
