"""Finds in a comment what was meant for us: commands, near misses, our name. Judges nobody; that is `admit`'s.

A command is a line `/handoff VERB …` of the author's own text. A near miss gets a hint; any other line that
begins with a slash (`/tmp`, another bot's command) is none of our business.
"""

import re
from difflib import SequenceMatcher, get_close_matches
from typing import Final

from app.domain.facts import CommandGiven, CommentWritten, Fact, ReviewSubmitted
from app.domain.markdown import normalised, spoken_lines, spoken_texts
from app.domain.verbs import VERBS, Command, Misunderstood

WORD: Final = "handoff"
COMMANDS_MAX: Final = 5

_LINE_CHARACTERS_MAX = 200
_NEAR_WORD = 0.8
_NEAR_VERB = 0.7

_ADDRESSED = re.compile(
    r" {0,3}/(?P<word>[a-z][a-z-]{1,19}[:,]?)(?:[ \t]+(?P<verb>\S+)(?P<rest>.*)|[ \t]*)$", re.IGNORECASE
)


def parse(body: str) -> list[Command | Misunderstood]:
    """Return every command in a comment, in order, and what was meant as one; after five, the rest is left out."""
    source = normalised(body)
    lines = source.split("\n")
    ours = [(number, match) for number in spoken_lines(source) if (match := _addressed(lines[number]))]
    ends = [number for number, _ in ours[1:]] + [len(lines)]
    found: list[Command | Misunderstood] = []
    for (number, match), end in zip(ours, ends, strict=False):
        if len(found) == COMMANDS_MAX:
            hint = f"I take at most {COMMANDS_MAX} commands from one comment, so please write the rest in another."
            return [*found, Misunderstood(_shown(lines[number]), hint)]
        found.append(_read(match, lines[number + 1 : end]))
    return found


def mentions_us(body: str, slug: str) -> bool:
    """Whether a comment speaks to the App by name (`@slug`), in the author's own text."""
    name = re.compile(rf"(?<![\w/@.-])@{re.escape(slug)}(?:\[bot\])?(?![\w/-])", re.IGNORECASE)
    return any(name.search(text) for text in spoken_texts(normalised(body)))


def commands_of(fact: Fact) -> tuple[CommandGiven, ...]:
    """Return the facts that a comment or a review holds besides itself: one for each command or near miss, in order."""
    match fact:
        case CommentWritten() | ReviewSubmitted() if fact.edited_by is not None:
            return ()
        case CommentWritten(comment_id=said_in, on_pull_request=on_pull_request):
            key = f"comment:{said_in}"
        case ReviewSubmitted(review_id=said_in):
            key, on_pull_request = f"review:{said_in}", True
        case _:
            return ()
    return tuple(
        CommandGiven(
            act_key=f"{key}:{place}",
            repository=fact.repository,
            number=fact.number,
            by=fact.by,
            at=fact.at,
            comment_id=said_in,
            place=place,
            command=command,
            on_pull_request=on_pull_request,
        )
        for place, command in enumerate(parse(fact.body), start=1)
    )


def without_commands(body: str) -> str:
    """Return what a text says besides its commands; the text of an answer goes with its command."""
    source = normalised(body)
    lines = source.split("\n")
    ours = [number for number in spoken_lines(source) if _addressed(lines[number])]
    return "\n".join(line for number, line in enumerate(lines) if number not in ours).strip()


def _addressed(line: str) -> re.Match[str] | None:
    """Return the parts of a line that is meant for us: by our word, or by nearly our word with a verb of ours."""
    match = _ADDRESSED.match(line)
    if match is None or match["word"].casefold() == WORD:
        return match
    near = SequenceMatcher(a=match["word"].casefold(), b=WORD).ratio() >= _NEAR_WORD
    return match if near and _nearest(match["verb"]) is not None else None


def _read(match: re.Match[str], below: list[str]) -> Command | Misunderstood:
    verb, nearest = match["verb"], _nearest(match["verb"])
    if verb is None or nearest is None:
        return Misunderstood(_shown(match.string), f"The commands I know are {_known()}.")
    if match["word"].casefold() != WORD or verb.casefold() != nearest:
        return Misunderstood(_shown(match.string), f"Did you mean `{VERBS[nearest].usage}`?")
    rest = "\n".join([match["rest"], *below]) if nearest == "answer" else match["rest"]
    command = VERBS[nearest].build(rest)
    if command is None:
        hint = f"`/handoff {nearest}` is followed by {VERBS[nearest].followed_by}, as in `{VERBS[nearest].usage}`."
        return Misunderstood(_shown(match.string), hint)
    return command


def _nearest(verb: str | None) -> str | None:
    """Return the verb that this is, or nearly is."""
    close = get_close_matches((verb or "").casefold()[:20], VERBS, n=1, cutoff=_NEAR_VERB)
    return close[0] if close else None


def _known() -> str:
    return ", ".join(f"`/handoff {name}`" for name in VERBS)


def _shown(line: str) -> str:
    """Return a line as it is shown back: one that is too long is cut."""
    flat = line.strip()
    return flat if len(flat) <= _LINE_CHARACTERS_MAX else flat[: _LINE_CHARACTERS_MAX - 1] + "…"
