"""Keeps private keys out of output that comes line by line, where no pattern over a line can tell that it is in one."""

import re

from app.domain.redaction import REDACTED

LINES_MAX = 200
"""A key has fewer lines; whoever begins one and never ends it is not silenced for ever."""

_BEGINS, _ENDS = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----"), "PRIVATE KEY-----"


class PrivateKeyLines:
    """Watches the lines of one stream go by."""

    def __init__(self) -> None:
        self._left = 0

    def without(self, line: str) -> str | None:
        """Return the line, a mark in place of one that begins a key, or None for one that belongs to it."""
        if begins := _BEGINS.search(line):
            self._left = 0 if _ENDS in line[begins.end() :] else LINES_MAX
            return REDACTED
        inside = self._left > 0
        self._left = 0 if _ENDS in line else max(0, self._left - 1)
        return None if inside else line
