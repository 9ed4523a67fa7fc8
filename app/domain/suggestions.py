"""Suggestion blocks in review comments: what people would have instead of the lines they commented on. Applies nothing.

https://docs.github.com/articles/incorporating-feedback-in-your-pull-request: a block replaces exactly the lines
of its comment, whatever its own length; an empty one deletes them.
"""

from dataclasses import dataclass

from app.domain.markdown import code_blocks, normalised


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Replace the lines `start_line` to `end_line` (from 1, both included) of the new file with `replacement`.

    The replacement has the line ends of Unix and ends with one, or is empty: the comment cannot tell how the
    file ends its lines.
    """

    start_line: int
    end_line: int
    replacement: str


def suggestions(body: str, *, line: int, start_line: int | None = None) -> tuple[Suggestion, ...]:
    """Return what a comment on `start_line` to `line` of the new side suggests. On deleted lines nothing can be."""
    return tuple(
        Suggestion(start_line=start_line or line, end_line=line, replacement=content)
        for info, content in code_blocks(normalised(body))
        if info.split(maxsplit=1)[:1] == ["suggestion"]
    )
