"""Where somebody goes after the login: a place of ours, whatever the address says. Pure."""

import re

HOME = "/"
_CHARACTERS_MAX = 500
# Nothing that a browser might take for another host (`//`, `/\`) or for the end of a header.
_OURS = re.compile(r"/(?![/\\])[\w.~!$&'()*+,;=:@%/?#-]*", re.ASCII)


def onward(wanted: str | None) -> str:
    """Return the path that was wanted, or the first page if that is none of ours."""
    ours = wanted is not None and len(wanted) <= _CHARACTERS_MAX and _OURS.fullmatch(wanted) is not None
    return wanted if wanted is not None and ours else HOME
