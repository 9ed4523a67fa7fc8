"""What an agent must leave behind, per kind of run: strict shapes, with every text and list bounded.

It refuses to mend anything: what does not fit is `Invalid`, in a sentence, and the agent gets one turn to
repair it. Control characters are the one exception; no agent means them and no database stores them.
"""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from workers.agents.agent import RunKind
from workers.agents.complaint import complaint
from workers.agents.untrusted import Unreadable, read_untrusted

OUTCOME_BYTES_MAX = 1_000_000
TEXT_MAX = 20_000
TITLE_MAX = 72
FINDINGS_MAX = 50
ITEMS_MAX = 200


def _printable(text: str) -> str:
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c != "\x7f")).strip()


def _relative(path: str) -> str:
    if path.startswith("/") or ".." in PurePosixPath(path).parts:
        raise ValueError("must be relative to the root of the repository, without '..'")
    return str(PurePosixPath(path))


Text = Annotated[str, StringConstraints(max_length=TEXT_MAX), AfterValidator(_printable)]
Said = Annotated[Text, Field(min_length=1)]
Title = Annotated[
    str, StringConstraints(max_length=TITLE_MAX, pattern=r"^[^\r\n]*$"), AfterValidator(_printable)
]
RepositoryPath = Annotated[Said, StringConstraints(max_length=1024), AfterValidator(_relative)]
Line = Annotated[int, Field(ge=1, le=10_000_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Question(_Strict):
    """A decision put to a person: two to six options, the one you would take, and why."""

    question: Said
    options: Annotated[tuple[Said, ...], Field(min_length=2, max_length=6)]
    recommended: Said
    because: Said

    @model_validator(mode="after")
    def _recommends_one_of_its_options(self) -> Self:
        if self.recommended not in self.options:
            raise ValueError("must repeat one of its 'options' word for word in 'recommended'")
        return self


class ImplementOutcome(_Strict):
    """How an implement run ended, and the words for its pull request."""

    ending: Literal["succeeded", "needs an answer", "nothing changed", "could not reproduce"]
    summary: Annotated[Said, Field(description="What changed, for the pull request; or what was tried.")]
    why: Annotated[Text, Field(description="Why it was done this way.")] = ""
    how_checked: Annotated[Text, Field(description="Commands that were run and what they showed.")] = ""
    title: Annotated[Title, Field(description="Title of the pull request, one line.")] = ""
    question: Question | None = None

    @model_validator(mode="after")
    def _says_what_its_ending_needs(self) -> Self:
        if self.ending == "succeeded":
            for key in ("why", "how_checked", "title"):
                if not getattr(self, key):
                    raise ValueError(f"ends with \"succeeded\", so the key '{key}' must say something")
        checked: Self = _asks_rightly(self)
        return checked


class MendOutcome(_Strict):
    """How a fix or rebase run ended. The words of the pull request stay as they are."""

    ending: Literal["succeeded", "needs an answer", "nothing changed"]
    summary: Annotated[Said, Field(description="What was wrong and what was done about it.")]
    question: Question | None = None

    @model_validator(mode="after")
    def _asks_only_when_it_needs_an_answer(self) -> Self:
        checked: Self = _asks_rightly(self)
        return checked


class RevisedItem(_Strict):
    """What became of one thing that a person asked for; `id` is as the brief names it."""

    id: Annotated[Said, StringConstraints(max_length=200)]
    disposition: Literal["fixed", "declined", "answered", "asked"]
    note: Annotated[
        Said, StringConstraints(max_length=2_000), Field(description="One or two sentences for them.")
    ]


class ReviseOutcome(_Strict):
    """How a revise run ended, with an answer to every single thing that was asked for."""

    ending: Literal["succeeded", "needs an answer"]
    summary: Said
    items: Annotated[tuple[RevisedItem, ...], Field(max_length=ITEMS_MAX)]
    question: Question | None = None

    @model_validator(mode="after")
    def _asks_only_when_it_needs_an_answer(self) -> Self:
        checked: Self = _asks_rightly(self)
        return checked


def _asks_rightly(outcome: Any) -> Any:
    if (outcome.question is not None) != (outcome.ending == "needs an answer"):
        raise ValueError("must have a 'question' when 'ending' is \"needs an answer\", and only then")
    return outcome


class Finding(_Strict):
    """One review remark. `line` counts in the new file when `side` is RIGHT, in the old one when LEFT."""

    path: RepositoryPath
    line: Line
    start_line: Line | None = None
    side: Literal["RIGHT", "LEFT"] = "RIGHT"
    severity: Literal["critical", "high", "medium", "low"]
    title: Annotated[Said, StringConstraints(max_length=200)]
    body: Annotated[Said, Field(description="What goes wrong: the input, what happens, what should happen.")]
    category: Annotated[
        Said, StringConstraints(max_length=40), Field(description="One word, such as correctness.")
    ]
    evidence: Annotated[
        Literal["executed", "tool", "reasoned"],
        Field(
            description="executed: you ran something that shows it; tool: a tool reported it; reasoned: neither."
        ),
    ]
    suggestion: Annotated[Text, Field(description="Replacement for exactly the lines named.")] | None = None

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.start_line is not None and self.start_line > self.line:
            raise ValueError("must not have a 'start_line' after its 'line'")
        return self


class ReviewOutcome(_Strict):
    """What a review run found; no findings is a good answer."""

    ending: Literal["succeeded"]
    summary: Said
    findings: Annotated[tuple[Finding, ...], Field(max_length=FINDINGS_MAX)]


Outcome = ImplementOutcome | MendOutcome | ReviseOutcome | ReviewOutcome

type_of_outcome: Mapping[RunKind, type[Outcome]] = MappingProxyType(
    {
        RunKind.IMPLEMENT: ImplementOutcome,
        RunKind.FIX: MendOutcome,
        RunKind.REVISE: ReviseOutcome,
        RunKind.REBASE: MendOutcome,
        RunKind.REVIEW: ReviewOutcome,
    }
)


class Invalid(NamedTuple):
    """No usable outcome; `because` names the key and how to mend it."""

    because: str


def read_outcome(kind: RunKind, path: Path) -> Outcome | Invalid:
    """Return the outcome an agent left at `path`, or why it cannot be used. Never follows a link."""
    return outcome_in(kind, left_at(path))


def left_at(path: Path) -> bytes | Unreadable:
    """Return what an agent left where its outcome is expected, read once, or why there is nothing to read."""
    return read_untrusted(path, bytes_max=OUTCOME_BYTES_MAX)


def outcome_in(kind: RunKind, content: bytes | Unreadable) -> Outcome | Invalid:
    """Return the outcome in what an agent left, or why it cannot be used."""
    if isinstance(content, Unreadable):
        return Invalid(f"The outcome file {content.because}.")
    return parse_outcome(kind, content)


def parse_outcome(kind: RunKind, content: bytes) -> Outcome | Invalid:
    """Return the outcome in `content`, or why it does not fit the shape of its kind."""
    try:
        return type_of_outcome[kind].model_validate_json(content)
    except ValidationError as error:
        return Invalid(complaint(error))
