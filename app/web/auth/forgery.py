"""Whether a request that changes something was meant by the person whose cookie came with it. Pure.

Two questions, each of which would do: does the browser say that one of our own pages asked, and does it carry what
only our pages know? https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import hashlib
import hmac
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers

FIELD = "csrf"
HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIELDS_MAX = 1000

_FORM = "application/x-www-form-urlencoded"


def token_of(session: str) -> str:
    """Return what the forms of a session carry. It tells nothing about the session."""
    return hmac.new(session.encode(errors="replace"), b"csrf", hashlib.sha256).hexdigest()


def comes_from_us(headers: Headers) -> bool:
    """Say whether the browser does not say that another site asked.

    Browsers tell the kind of site wherever a page is trusted (TLS, or this machine), and the origin everywhere.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def has_token(headers: Headers, body: bytes, expected: str) -> bool:
    """Say whether a request carries the token, in its header or in a field of its form."""
    sent = headers.get(HEADER) or field(headers, body)
    return hmac.compare_digest(sent.encode(errors="replace"), expected.encode())


def is_form(headers: Headers) -> bool:
    """Say whether a body is a plain form."""
    return headers.get("content-type", "").split(";")[0].strip().lower() == _FORM


def field(headers: Headers, body: bytes, name: str = FIELD) -> str:
    """Return the first field of that name; empty when there is none, or no form."""
    if not is_form(headers):
        return ""
    try:
        pairs = parse_qsl(body.decode(errors="replace"), max_num_fields=FIELDS_MAX)
    except ValueError:
        return ""
    return next((value for key, value in pairs if key == name), "")
