"""A trip to GitHub and back: what the browser keeps meanwhile, sealed, so that only who left comes back. Pure.

The state in the address must be the one in the cookie (https://www.rfc-editor.org/rfc/rfc6749#section-10.12), and
the code is worth nothing without the verifier (PKCE, https://www.rfc-editor.org/rfc/rfc7636).
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import Final

LIFETIME_SECONDS: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """Somebody on the way. `until` is in seconds since 1970, `onward` is where they wanted to go in the first place."""

    state: str
    verifier: str
    onward: str
    until: int

    @property
    def challenge(self) -> str:
        """What GitHub is shown of the verifier (S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def seal(trip: Trip, key: str) -> str:
    """Return a trip as the value of a cookie."""
    written = base64.urlsafe_b64encode(json.dumps(asdict(trip)).encode()).decode()
    return f"{written}.{_signature(written, key)}"


def unseal(sealed: str, key: str, *, state: str, now: float) -> Trip | None:
    """Return the trip that comes back with this state; None when it is another one, too old, or not sealed by us."""
    written, _, signature = sealed.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(written, key).encode()):
        return None
    try:
        trip = Trip(**json.loads(base64.urlsafe_b64decode(written)))
    except (binascii.Error, TypeError, ValueError):
        return None
    same = hmac.compare_digest(trip.state.encode(), state.encode())
    return trip if same and now < trip.until else None


def _signature(written: str, key: str) -> str:
    return hmac.new(key.encode(), b"trip:" + written.encode(errors="replace"), hashlib.sha256).hexdigest()
