"""The verbs people can use on us: one table, from which the parser, the help and `docs/commands.md` come.

Each verb has its value, how it is said, what it does, and how the rest of its line is read. Which lines of a
comment are commands is said in `commands.py`; who may use them, in `admit`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

SNOOZE_MAX: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Help:
    """Show the commands."""

    verb: Literal["help"] = "help"


@dataclass(frozen=True, slots=True)
class Stop:
    """End the job."""

    verb: Literal["stop"] = "stop"


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again what failed."""

    verb: Literal["retry"] = "retry"


@dataclass(frozen=True, slots=True)
class Why:
    """Say how things stand."""

    verb: Literal["why"] = "why"


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the open question; `text` is as the person wrote it, with the line ends of Unix."""

    text: str
    verb: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class Go:
    """Go on without waiting."""

    verb: Literal["go"] = "go"


@dataclass(frozen=True, slots=True)
class Snooze:
    """Wait, from the moment the comment was written; at least a minute, at most `SNOOZE_MAX`."""

    duration: timedelta
    verb: Literal["snooze"] = "snooze"


@dataclass(frozen=True, slots=True)
class Review:
    """Review the pull request once more."""

    verb: Literal["review"] = "review"


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """A line that was meant for us and cannot be read; `hint` is a full sentence that says how to write it."""

    line: str
    hint: str
    verb: Literal["?"] = "?"


Command = Help | Stop | Retry | Why | Answer | Go | Snooze | Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A verb: how it is said (`usage` is itself a command), what it does, what follows it, how that is read."""

    usage: str
    summary: str
    followed_by: str
    build: Callable[[str], Command | None]


def _alone(command: Command) -> Callable[[str], Command | None]:
    return lambda rest: None if rest.strip() else command


def _answer(rest: str) -> Answer | None:
    text = rest.strip()
    return Answer(text) if text else None


_TIME = re.compile(r"(\d{1,5}) ?(m|min|minutes?|h|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def _snooze(rest: str) -> Snooze | None:
    if rest.strip().casefold() == "tomorrow":
        return Snooze(timedelta(days=1))
    match = _TIME.fullmatch(rest.strip())
    if match is None:
        return None
    duration = int(match[1]) * _UNITS[match[2][0].lower()]
    return Snooze(duration) if timedelta() < duration <= SNOOZE_MAX else None


_NOTHING = "nothing"

VERBS: Final[dict[str, Verb]] = {
    "help": Verb(
        usage="/handoff help",
        summary="I list these commands.",
        followed_by=_NOTHING,
        build=_alone(Help()),
    ),
    "why": Verb(
        usage="/handoff why",
        summary="I say what I am doing, or what I am waiting for and why.",
        followed_by=_NOTHING,
        build=_alone(Why()),
    ),
    "stop": Verb(
        usage="/handoff stop",
        summary="I stop: the run ends within seconds, and nothing more is published.",
        followed_by=_NOTHING,
        build=_alone(Stop()),
    ),
    "retry": Verb(
        usage="/handoff retry",
        summary="I try once more what I had given up on, from the last commit.",
        followed_by=_NOTHING,
        build=_alone(Retry()),
    ),
    "answer": Verb(
        usage="/handoff answer Use UTC, and keep the old names.",
        summary="I take this as the answer to my question, word for word: all lines up to the end of the comment, "
        "or up to the next command.",
        followed_by="your answer",
        build=_answer,
    ),
    "go": Verb(
        usage="/handoff go",
        summary="I go on without waiting any longer: the plan is approved, the default of an open question is taken, "
        "a snooze ends.",
        followed_by=_NOTHING,
        build=_alone(Go()),
    ),
    "snooze": Verb(
        usage="/handoff snooze 3d",
        summary="I wait that long, at no cost: `45m`, `2h`, `3d`, `1w` or `tomorrow`, at most 30 days.",
        followed_by="a time such as `45m`, `2h`, `3d`, `1w` or `tomorrow`, at most 30 days",
        build=_snooze,
    ),
    "review": Verb(
        usage="/handoff review",
        summary="I review the pull request once more, with fresh eyes.",
        followed_by=_NOTHING,
        build=_alone(Review()),
    ),
}
