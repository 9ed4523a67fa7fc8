"""What a comment says and what it only shows: quotes, code and hidden text are shown. Reads Markdown, writes none.

The reading is CommonMark's, as GitHub's is, so that what people see decides: a line that GitHub draws inside a
quote is quoted, although no `>` stands before it.
"""

import re
import sys
from collections.abc import Iterator

from markdown_it import MarkdownIt

# Blocks only: reading what is inside of them takes quadratic time for some texts.
_READER = MarkdownIt("commonmark").disable(["inline", "reference"])
_SAID = frozenset({"paragraph_open", "heading_open"})
_OPENER = re.compile(r"<!--|`+")
_NOWHERE = (sys.maxsize, sys.maxsize)


def normalised(body: str) -> str:
    """Return a body with the line ends of Unix: GitHub's web page sends those of Windows."""
    return re.sub(r"\r\n?", "\n", body)


def spoken_lines(source: str) -> list[int]:
    """Return the numbers, from 0, of the lines of a normalised body whose beginning is the author's own plain text."""
    lines = source.split("\n")
    return [
        number
        for token in _READER.parse(source)
        if token.type in _SAID and token.level == 0 and token.map is not None
        for number in _begun_openly(lines, *token.map)
    ]


def spoken_texts(source: str) -> Iterator[str]:
    """Yield the author's own plain text, piece by piece: also in lists and headings, but no quote, no code, nothing hidden."""
    quotes = 0
    for token in _READER.parse(source):
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "inline" and not quotes:
            yield from _plain(token.content)


def code_blocks(source: str) -> list[tuple[str, str]]:
    """Return the fenced code blocks that stand by themselves: what is written behind the fence, and the content."""
    blocks = (token for token in _READER.parse(source) if token.type == "fence" and token.level == 0)
    return [(block.info.strip(), _whole_lines(block.content)) for block in blocks]


def _whole_lines(text: str) -> str:
    """End the last line, which a fence that is never closed leaves open."""
    return text if not text or text.endswith("\n") else f"{text}\n"


def _begun_openly(lines: list[str], start: int, end: int) -> Iterator[int]:
    """Yield the lines of a paragraph that do not begin inside a comment or a code span."""
    hidden = _hidden("\n".join(lines[start:end]))
    first, last = next(hidden, _NOWHERE)
    place = 0
    for number in range(start, end):
        while last <= place:
            first, last = next(hidden, _NOWHERE)
        if place <= first:
            yield number
        place += len(lines[number]) + 1


def _plain(text: str) -> Iterator[str]:
    place = 0
    for first, last in _hidden(text):
        yield text[place:first]
        place = last
    yield text[place:]


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    """Yield where comments and code spans begin and end. What is never closed hides nothing, and is looked for once."""
    place, unclosed = 0, set[str]()
    while match := _OPENER.search(text, place):
        place, opener = match.end(), match.group()
        if opener in unclosed:
            continue
        closer = "-->" if opener == "<!--" else rf"(?<!`){opener}(?!`)"
        if end := re.compile(closer).search(text, place):
            place = end.end()
            yield match.start(), place
        else:
            unclosed.add(opener)
