"""Who asks: a session by its cookie, a program by its token, or nobody. It looks them up and judges no request."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from app.domain.credentials import CredentialKind
from app.domain.errors import TryAgain
from app.ledger.rows import Credential
from app.ledger.store import Ledger
from app.web.auth.forgery import token_of
from app.web.viewer import Viewer

OWNER = "the owner of this machine"
TOUCHED_EVERY = timedelta(minutes=5)
"""When somebody was here last is kept no more exactly than this: every note costs a write to disk."""

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who is let in. A browser sends its cookie by itself, so that `by_cookie` needs more proof to act."""

    viewer: Viewer
    by_cookie: bool


class Who:
    """Knows people by what the ledger keeps of their credentials; `cookie` is the name of a session's cookie."""

    def __init__(self, ledger: Ledger, cookie: str, now: Now = lambda: datetime.now(UTC)) -> None:
        self._ledger, self._cookie, self._now = ledger, cookie, now

    async def asks(self, headers: Headers) -> Asking | None:
        """Return who sends these headers. A token that is wrong is not made good by a cookie.

        Raises:
            TryAgain: the ledger cannot be asked just now.
        """
        if "authorization" in headers:
            return await self._program(headers["authorization"])
        session = self.session(headers)
        if not session:
            return None
        found = await self._find(session, CredentialKind.SESSION)
        return None if found is None else Asking(_viewer(found, token_of(session)), by_cookie=True)

    def session(self, headers: Headers) -> str:
        """Return the secret of the session that a cookie names; empty without one."""
        return cookie_parser(headers.get("cookie", "")).get(self._cookie, "")

    async def _program(self, authorization: str) -> Asking | None:
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = await self._find(secret.strip(), CredentialKind.TOKEN)
        return None if found is None else Asking(_viewer(found, ""), by_cookie=False)

    async def _find(self, secret: str, kind: CredentialKind) -> Credential | None:
        found = await self._ledger.credential(secret, kind)
        if found is not None and (found.used_at is None or self._now() - found.used_at > TOUCHED_EVERY):
            with contextlib.suppress(TryAgain):
                await self._ledger.touch_credential(secret)
        return found


def _viewer(found: Credential, csrf: str) -> Viewer:
    if found.login:
        return Viewer(
            name=found.login,
            login=found.login,
            account=int(found.name),
            repositories=found.repositories,
            csrf=csrf,
        )
    return Viewer(name=found.name or OWNER, repositories=found.repositories, csrf=csrf)
