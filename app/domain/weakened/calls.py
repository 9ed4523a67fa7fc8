"""The arguments of a call, and what follows it, in languages that write calls with brackets."""

import re

from app.domain.weakened.code import CLOSE, OPEN, STRINGS

_GENERIC = re.compile(r"<[\w ,.?<>\[\]]{1,200}>(?=\w*\()")


def arguments(text: str) -> list[str]:
    """Return the arguments of the first call in a piece of code, as written. No call has none."""
    start = text.find("(")
    if start < 0:
        return []
    code = _plain(text)
    found, depth, begun = [], 0, start + 1
    for place in range(start, len(code)):
        depth += (code[place] in OPEN) - (code[place] in CLOSE)
        if depth == 0 or (depth == 1 and code[place] == ","):
            found.append(text[begun:place].strip())
            begun = place + 1
        if depth == 0:
            break
    return [argument for argument in found if argument]


def after_call(text: str) -> str:
    """Return what follows the first call in a piece of code: `.toBe(3)` of `expect(x).toBe(3)`."""
    start = text.find("(")
    if start < 0:
        return ""
    code = _plain(text)
    depth = 0
    for place in range(start, len(code)):
        depth += (code[place] in OPEN) - (code[place] in CLOSE)
        if depth == 0:
            return text[place + 1 :]
    return ""


def _plain(text: str) -> str:
    """Blank out what would be misread when brackets and commas are counted: strings, and the types of a generic call."""
    return _GENERIC.sub(_blank_plain, re.sub(STRINGS, _blank_plain, text))


def _blank_plain(match: re.Match[str]) -> str:
    return " " * len(match[0])
