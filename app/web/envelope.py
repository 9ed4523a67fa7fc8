"""What the head of a delivery must look like. Pure: a method and headers in, an envelope or an answer out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.web.answer import Answer

GITHUB_BODY_BYTES = 25 * 1024 * 1024
"""GitHub delivers no larger payload: https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap"""

_GUID = re.compile(r"[0-9a-fA-F][0-9a-fA-F-]{7,63}")
_EVENT = re.compile(r"[a-z][a-z0-9_]{0,63}")
_KEPT = re.compile(r"x-github-[a-z0-9-]{1,64}|user-agent|content-type")
_KEPT_CHARACTERS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A delivery before its body: whose GUID, which event, how signed. `headers` are the ones worth keeping.

    GitHub's signature covers the body alone, so none of this is proven until TLS says so.
    """

    guid: str
    event: str
    signature: bytes
    headers: Mapping[str, str]


def open_envelope(
    method: str, raw_headers: Iterable[tuple[bytes, bytes]], *, body_bytes_max: int
) -> Envelope | Answer:
    """Return the envelope of a delivery whose body deserves to be read, or the refusal."""
    headers = dict(raw_headers)
    if method != "POST":
        return Answer(405, "Deliveries come by POST.", {"Allow": "POST"})
    if _declared_bytes(headers) > max(body_bytes_max, GITHUB_BODY_BYTES):
        return too_large(body_bytes_max)
    if headers.get(b"content-type", b"").split(b";")[0].strip().lower() != b"application/json":
        return Answer(415, "Please set the webhook's content type to application/json.")
    guid, event = _word(headers, b"x-github-delivery"), _word(headers, b"x-github-event")
    if not _GUID.fullmatch(guid) or not _EVENT.fullmatch(event):
        return Answer(400, "X-GitHub-Delivery and X-GitHub-Event are needed, as GitHub sends them.")
    return Envelope(
        guid=guid,
        event=event,
        signature=headers.get(b"x-hub-signature-256", b""),
        headers=_worth_keeping(headers),
    )


def too_large(body_bytes_max: int) -> Answer:
    """Return the refusal of a body that is too large, and of the connection with what is left in it."""
    return Answer(413, f"Deliveries may have {body_bytes_max} bytes.", {"Connection": "close"})


def _declared_bytes(headers: Mapping[bytes, bytes]) -> int:
    """Return what Content-Length says; 0 when it says nothing, as with a chunked body."""
    declared = headers.get(b"content-length", b"")
    return int(declared) if declared.isdigit() else 0


def _word(headers: Mapping[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("ascii", "replace")


def _worth_keeping(headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """Return GitHub's own headers; no signature, cookie or authorization is stored."""
    texts = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.items())
    return {name: value[:_KEPT_CHARACTERS_MAX] for name, value in texts if _KEPT.fullmatch(name)}
