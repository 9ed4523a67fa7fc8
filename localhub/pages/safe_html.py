"""The little HTML that comments may hold. Whatever is not on the list is shown as text; comments are not shown.

No attribute passes, so no link, no style and no script can come in by this door. Tags are kept in balance, so that
no text can close what the page has opened around it.
"""

import re
from html import escape, unescape

ALLOWED = frozenset({"b", "del", "details", "em", "i", "ins", "kbd", "strong", "sub", "summary", "sup"})
_VOID = frozenset({"br", "hr"})
_PIECES = re.compile(
    r"(?P<comment><!--.*?(?:-->|\Z))|<(?P<close>/?)(?P<tag>[A-Za-z]+)(?P<attributes>(?:\s[^<>]*)?)/?>",
    re.DOTALL,
)


class Balance:
    """Which allowed tags are open in one text."""

    def __init__(self) -> None:
        self._open: list[str] = []

    def passed(self, raw: str) -> str:
        """Raw HTML as it may stand on a page."""
        parts, at = [], 0
        for piece in _PIECES.finditer(raw):
            parts.append(_text(raw[at : piece.start()]))
            at = piece.end()
            if piece["comment"] is None:
                parts.append(self._tag(piece["tag"].lower(), piece))
        return "".join((*parts, _text(raw[at:])))

    def _tag(self, tag: str, piece: re.Match[str]) -> str:
        if tag in _VOID:
            return f"<{tag}>"
        if tag not in ALLOWED:
            return escape(piece[0])
        if piece["close"]:
            return self._close(tag)
        self._open.append(tag)
        opened = tag == "details" and "open" in piece["attributes"].split()
        return f"<{tag} open>" if opened else f"<{tag}>"

    def _close(self, tag: str) -> str:
        """Close what is open down to `tag`; nothing when it is not open."""
        closed = ""
        while tag in self._open:
            last = self._open.pop()
            closed += f"</{last}>"
            if last == tag:
                break
        return closed

    def rest(self) -> str:
        """What closes everything that is still open."""
        closed = "".join(f"</{tag}>" for tag in reversed(self._open))
        self._open.clear()
        return closed


def _text(raw: str) -> str:
    return escape(unescape(raw), quote=False)
