"""Take secrets out of text: by value for those we know, by shape for those we do not. Pure, no clock.

Everything that leaves (a log line, a comment, a commit message, an artifact) passes here last. It errs on
the side of taking too much: a lost word costs less than a lost key.
"""

import base64
import json
import re
from collections import OrderedDict
from urllib.parse import quote

REDACTED = "[redacted]"
VALUE_CHARACTERS_MIN = 8
"""Shorter values are not registered: they would blank out ordinary words."""

_PASSING_MAX = 512

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # A private key, also when its end was cut off.
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)",
        # GitHub's tokens, old (36 characters) and stateless (about 520, with dots and dashes).
        r"gh[pousr]_[A-Za-z0-9._-]{36,}",
        r"github_pat_[A-Za-z0-9_]{22,}",
        # Our own: links, sessions and tokens.
        r"\bhandoff_[A-Za-z0-9_-]{43}",
        # A JSON Web Token, with what is glued to its front: tried once for each word, or a long word takes for ever.
        r"(?<![\w-])(?=[\w-]{11,}+\.eyJ[\w-]{8,}+\.[\w-]{8})[\w-]*?eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
        # Keys of model providers; a digit keeps hyphenated words apart from them.
        r"\bsk-(?=[A-Za-z_-]{0,128}+[0-9])[A-Za-z0-9_-]{20,}",
        r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    )
)
# What is secret here follows a name, which stays: (what stays)(what goes).
_NAMED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?i)(aws_secret_access_key[\"']?\s*[:=]\s*[\"']?)([A-Za-z0-9/+=]{40})",
        r"(?i)(authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token)\s+)([^\s\"',]{8,})",
        r"(://[^/\s:@]{0,256}:)([^@/\s]{1,1024})(?=@)",
    )
)


class Redactor:
    """Knows secret values in every form in which they are likely to appear."""

    def __init__(self) -> None:
        self._lasting: dict[str, tuple[str, ...]] = {}
        self._passing: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._longest_first: tuple[str, ...] = ()

    def register(self, value: str, *, passing: bool = False) -> None:
        """Remember a secret. A `passing` one lives about an hour; the oldest of many are forgotten."""
        value = value.strip()
        if len(value) < VALUE_CHARACTERS_MIN:
            return
        if not passing:
            self._lasting[value] = _forms(value)
        else:
            self._passing[value] = _forms(value)
            self._passing.move_to_end(value)
            while len(self._passing) > _PASSING_MAX:
                self._passing.popitem(last=False)
        self._longest_first = tuple(sorted(self._known(), key=len, reverse=True))

    def redact(self, text: str) -> str:
        """Return the text with every known secret, and everything shaped like one, replaced."""
        for form in self._longest_first if len(text) >= VALUE_CHARACTERS_MIN else ():
            if form in text:
                text = text.replace(form, REDACTED)
        return redact_shapes(text)

    def _known(self) -> set[str]:
        return {form for forms in (*self._lasting.values(), *self._passing.values()) for form in forms}


def redact_shapes(text: str) -> str:
    """Replace what is shaped like a secret, whoever's it is."""
    for pattern in _PATTERNS:
        text = pattern.sub(REDACTED, text)
    for pattern in _NAMED:
        text = pattern.sub(rf"\1{REDACTED}", text)
    return text


def _forms(value: str) -> tuple[str, ...]:
    """Return how a value may be written: raw, in a URL, in JSON, in base64 alone and as git's password."""
    encoded = [_base64(value), _base64(f"x-access-token:{value}")]
    plain = [value, quote(value, safe="", errors="surrogatepass"), json.dumps(value)[1:-1]]
    return tuple(dict.fromkeys((*plain, *encoded, *(form.translate(_URL_SAFE) for form in encoded))))


_URL_SAFE = str.maketrans("+/", "-_")


def _base64(value: str) -> str:
    """Encode without padding, so that the form is found with and without it."""
    return base64.b64encode(value.encode(errors="surrogatepass")).decode().rstrip("=")
