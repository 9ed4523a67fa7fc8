"""Tell whether GitHub sent these bytes. It looks at nothing but bytes, and never raises.

https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
"""

import hashlib
import hmac
import re
from collections.abc import Sequence

_SHA256 = re.compile(rb"sha256=([0-9a-fA-F]{64})")


def verify(body: bytes, header: str | bytes | None, secrets: Sequence[bytes | str]) -> bool:
    """Return whether `header` (`X-Hub-Signature-256`) is the HMAC-SHA256 of `body` under one of `secrets`.

    Several secrets are accepted so that one can be replaced while deliveries signed with the other are
    still on their way. All are tried, matching or not, so that the time taken does not tell which one did.
    No secrets, an empty secret, SHA-1 and anything malformed mean False.
    """
    signature = _SHA256.fullmatch(_ascii(header))
    if signature is None:
        return False
    given = signature[1].lower()
    matches = [hmac.compare_digest(_sign(body, secret), given) for secret in secrets if secret]
    return any(matches)


def _ascii(header: str | bytes | None) -> bytes:
    return header.encode("ascii", "replace") if isinstance(header, str) else header or b""


def _sign(body: bytes, secret: bytes | str) -> bytes:
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(key, body, hashlib.sha256).hexdigest().encode()
