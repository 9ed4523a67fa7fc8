"""Who may set up: whoever has the link that was printed, in one browser, for an hour. It knows no HTTP.

The token of the link is exchanged once for a visit. A visit goes to GitHub with a state, which is good for one
return. Only digests are kept, and compared in constant time.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from app.web.setup.wish import Wish

LIFETIME_SECONDS = 3600.0
"""How long a link waits to be opened, a visit lasts, and GitHub may take."""

_TOKEN_BYTES = 32

Clock = Callable[[], float]
"""Seconds that only go forward."""


@dataclass(frozen=True, slots=True)
class _Secret:
    """What is kept of a secret that was given out."""

    digest: bytes
    until: float

    @classmethod
    def of(cls, value: str, now: float) -> Self:
        return cls(_digest(value), now + LIFETIME_SECONDS)

    def is_(self, value: str, now: float) -> bool:
        """Say whether this is it, and in time."""
        return hmac.compare_digest(self.digest, _digest(value)) and now < self.until


class Door:
    """The one visitor that is let in. Nothing of it outlives the process."""

    def __init__(self, clock: Clock) -> None:
        """Open it; `token` is what the link carries."""
        self._clock = clock
        self.token = _fresh()
        """To be printed once; whoever has it is let in."""
        self._link: _Secret | None = _Secret.of(self.token, clock())
        self._visit: _Secret | None = None
        self._form: str = ""
        self._state: _Secret | None = None
        self._wish: Wish | None = None

    def enter(self, token: str) -> str | None:
        """Exchange the token for the cookie of a visit; None when it is wrong, used or too old."""
        if self._link is None or not self._link.is_(token, self._clock()):
            return None
        self._link, self.token = None, ""
        cookie, self._form = _fresh(), _fresh()
        self._visit = _Secret.of(cookie, self._clock())
        return cookie

    def knows(self, cookie: str) -> bool:
        """Say whether a cookie is that of the visit."""
        return self._visit is not None and self._visit.is_(cookie, self._clock())

    @property
    def form_token(self) -> str:
        """What a form of the visit carries, so that no other page can send it."""
        return self._form

    def is_form_token(self, value: str) -> bool:
        """Say whether a form came from a page of the visit."""
        return bool(self._form) and hmac.compare_digest(_digest(self._form), _digest(value))

    def send_off(self, cookie: str, wish: Wish) -> str:
        """Return the state that the visitor takes to GitHub; an earlier one is void. The visit lasts on."""
        state, now = _fresh(), self._clock()
        self._state, self._wish = _Secret.of(state, now), wish
        self._visit = _Secret.of(cookie, now)
        return state

    def come_back(self, state: str) -> Wish | None:
        """Return what the visitor went for; None when the state is wrong, used or too old."""
        if self._state is None or not self._state.is_(state, self._clock()):
            return None
        self._state = None
        return self._wish


def _fresh() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode(errors="replace")).digest()
