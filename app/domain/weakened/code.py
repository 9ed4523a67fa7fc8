"""Just enough reading of code in any language: what is a comment, what a string, where a statement ends. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

OPEN, CLOSE = "([{", ")]}"
_STATEMENT_CHARACTERS = 4_000
_TOKEN = re.compile(
    r"[A-Za-z_]\w*|\d[\w.]*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|[=!]==|[=!<>]=|&&|\|\||[^\s\w]",
    re.DOTALL,
)
STRINGS = r"\"(?:\\[\s\S]|[^\"\\\n])*\"|'(?:\\[\s\S]|[^'\\\n])*'"


class Syntax(StrEnum):
    """How comments and strings are written: the pattern of either, and the delimiter of strings over many lines."""

    PYTHON = rf"(?P<comment>#[^\n]*)|\"\"\"[\s\S]*?(?:\"\"\"|\Z)|'''[\s\S]*?(?:'''|\Z)|{STRINGS}"
    RUBY = rf"(?P<comment>#(?!\{{)[^\n]*)|{STRINGS}"
    JAVASCRIPT = rf"(?P<comment>//[^\n]*|/\*[\s\S]*?(?:\*/|\Z))|`(?:\\[\s\S]|[^`\\])*(?:`|\Z)|{STRINGS}"
    # A quote in Rust may begin a lifetime, so only characters of one letter are taken for strings.
    RUST = r"(?P<comment>//[^\n]*|/\*[\s\S]*?(?:\*/|\Z))|\"(?:\\[\s\S]|[^\"\\])*(?:\"|\Z)|'(?:\\[\s\S]|[^'\\\n])'"
    C = rf"(?P<comment>//[^\n]*|/\*[\s\S]*?(?:\*/|\Z))|\"\"\"[\s\S]*?(?:\"\"\"|\Z)|`[^`]*(?:`|\Z)|{STRINGS}"


_OPENINGS = {
    Syntax.PYTHON: ('"""',),
    Syntax.RUBY: (),
    Syntax.JAVASCRIPT: ("`", "/*"),
    Syntax.RUST: ('"', "/*"),
    Syntax.C: ("`", "/*", '"""'),
}
"""What may have been opened above a piece of code, to end in it."""
_LOOKS_LIKE_CODE = re.compile(
    r"^[ \t]*(?:(?:async |pub |await )?(?:def|class|fn|func|function|let|const|var|return|if|for|while|with|import|from|use"
    r"|mod|public|private|assert\w*|expect|it|test|describe)\b|@\w|#\[|[)\]}]+[;,]?[ \t]*$)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Source:
    """A piece of code, of the same length twice: `text` without comments, `code` without what strings hold too."""

    text: str
    code: str


def read_source(text: str, syntax: Syntax) -> Source:
    """Blank out comments and strings, newlines kept. A piece that begins inside one of them is noticed where it can be."""
    opening = _begun_before(text, syntax)
    whole = opening + text
    code = re.sub(syntax.value, _blank_all, whole)
    bare = re.sub(syntax.value, lambda m: _blank_all(m) if m["comment"] else m[0], whole)
    return Source(bare[len(opening) :], code[len(opening) :])


def _blank_all(match: re.Match[str]) -> str:
    """Blank a comment or what a string holds; its quotes stay, so that a string is still seen to be one."""
    said = match[0]
    blank = re.sub(r"[^\n]", " ", said)
    if match["comment"]:
        return blank
    closed = len(said) > 1 and said[-1] == said[0]
    return f"{said[0]}{blank[1:-1]}{said[-1]}" if closed else f"{said[0]}{blank[1:]}"


def _begun_before(text: str, syntax: Syntax) -> str:
    """Return the delimiter that was opened above the first line, if more of the text looks like code that way."""
    openings = [opening for opening in _OPENINGS[syntax] if _may_be_open(text, opening)]
    return max(("", *openings), key=lambda opening: _code_lines(opening + text, syntax))


def _may_be_open(text: str, opening: str) -> bool:
    if opening == "/*":
        ends, begins = text.find("*/"), text.find("/*")
        return ends >= 0 and not 0 <= begins < ends
    return text.replace(f"\\{opening}", "").count(opening) % 2 == 1


def _code_lines(text: str, syntax: Syntax) -> int:
    return len(_LOOKS_LIKE_CODE.findall(re.sub(syntax.value, _blank_all, text)))


def statement_end(code: str, start: int) -> int:
    """Return where the statement or call that starts here ends: its brackets closed, its chain of dots followed."""
    depth = 0
    for place in range(start, min(len(code), start + _STATEMENT_CHARACTERS)):
        char = code[place]
        if char in OPEN:
            depth += 1
        elif char in CLOSE:
            depth -= 1
            if depth < 0:
                return place
        elif depth == 0 and (char == ";" or (char == "\n" and not _goes_on(code, place))):
            return place
    return min(len(code), start + _STATEMENT_CHARACTERS)


def _goes_on(code: str, newline: int) -> bool:
    following = code[newline + 1 : newline + 400].lstrip()
    above = code[max(0, newline - 200) : newline].rstrip(" ")
    return following.startswith((".", "?.", "&.")) or above.endswith(("\\", "&&", "||", "==", "=", ",", "+"))


def tokens(text: str) -> list[str]:
    """Return words, numbers, strings and signs; strings are written with the same quotes whatever they had."""
    return [f'"{t[1:-1]}"' if t[0] in "\"'`" and len(t) > 1 else t for t in _TOKEN.findall(text)]


def normalised(text: str) -> str:
    """Return the text without layout: no spaces, one kind of quotes, no comma before a closing bracket."""
    words = [word for word in tokens(text) if word not in {";", "\\"}]
    kept = [
        w
        for w, after in zip(words, [*words[1:], ""], strict=False)
        if w != "," or (after and after not in CLOSE)
    ]
    return " ".join(kept)
