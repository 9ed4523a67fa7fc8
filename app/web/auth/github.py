"""The road in for people with access to a repository: to GitHub and back. It asks GitHub, and remembers the answer for 12 h.

GitHub's token is used for a moment and forgotten. What somebody may *do* is not decided here: whoever asks for an
act has their role looked up again, by those who may ask GitHub in our own name.
"""

import logging
import secrets
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.domain.credentials import PERSON_LIFETIME, person_session
from app.domain.errors import HandoffError, TryAgain
from app.github.oauth import OAuth, Person
from app.ledger.store import Ledger
from app.web.auth.attempts import Attempts
from app.web.auth.hosts import House
from app.web.auth.onward import onward
from app.web.auth.pages import let_in, login_page, source_of
from app.web.auth.trip import LIFETIME_SECONDS, Trip, seal, unseal

CALLBACK = "/login/github/callback"
CODE_CHARACTERS_MAX = 200

LOST = (
    "You came back from GitHub, but not from where I sent you, or it took more than ten minutes. "
    "Please log in once more."
)
DECLINED = "You told GitHub not to let me know who you are, so I cannot let you in. Nothing was kept."
NOTHING_HERE = (
    "Hello @{login}. GitHub says that you have no access to any repository that this Handoff works in, so there is "
    "nothing that I could show you. Ask an owner of the repository to invite you, or to install the App there."
)
PATIENCE = "Those were many attempts in a short time. Please wait a minute, then try again."
TROUBLE = "I cannot remember you just now. Please try again in a moment."

Clock = Callable[[], float]
"""Seconds since 1970."""

logger = logging.getLogger(__name__)


class GitHubLogin:
    """The endpoints."""

    def __init__(self, oauth: OAuth, ledger: Ledger, house: House, attempts: Attempts, clock: Clock) -> None:
        self._oauth, self._ledger, self._house = oauth, ledger, house
        self._attempts, self._clock = attempts, clock
        self._cookie = f"{house.cookie}-trip"

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/login/github", self.leave), Route(CALLBACK, self.come_back)]

    async def leave(self, request: Request) -> Response:
        """`GET /login/github`: off to GitHub, from the one address that GitHub sends people back to."""
        host, wanted = request.headers["host"], onward(request.query_params.get("next"))
        home = self._house.address(host)
        if urlsplit(home).hostname != urlsplit(f"//{host}").hostname and "sent" not in request.query_params:
            # Once only: behind a proxy we may never hear the name that people use.
            return RedirectResponse(f"{home}/login/github?{urlencode({'next': wanted, 'sent': 'here'})}", 303)
        trip = self._new_trip(wanted)
        back = f"{home}{CALLBACK}"
        to = self._oauth.address(back=back, state=trip.state, challenge=trip.challenge)
        answer = RedirectResponse(to, 303)
        answer.set_cookie(
            self._cookie,
            seal(trip, self._oauth.client_secret),
            max_age=LIFETIME_SECONDS,
            path="/",
            secure=self._house.encrypted,
            httponly=True,
            samesite="lax",
        )
        return answer

    def _new_trip(self, wanted: str) -> Trip:
        until = int(self._clock()) + LIFETIME_SECONDS
        return Trip(
            state=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48), onward=wanted, until=until
        )

    async def come_back(self, request: Request) -> Response:
        """`GET /login/github/callback`: back from GitHub, with a code or without. Nobody comes back twice."""
        answer = await self._come_back(request)
        answer.delete_cookie(
            self._cookie, path="/", secure=self._house.encrypted, httponly=True, samesite="lax"
        )
        return answer

    async def _come_back(self, request: Request) -> Response:
        source, asked = source_of(request), request.query_params
        if self._attempts.too_many(source):
            return _no(429, PATIENCE)
        sealed = request.cookies.get(self._cookie, "")
        trip = unseal(sealed, self._oauth.client_secret, state=asked.get("state", ""), now=self._clock())
        code = asked.get("code", "")
        if trip is None or len(code) > CODE_CHARACTERS_MAX:
            self._attempts.note(source)
            return _no(403, LOST)
        if not code:
            return _no(403, DECLINED if asked.get("error") == "access_denied" else LOST)
        self._attempts.note(source)  # whatever comes of it, it costs calls to GitHub
        return await self._welcome(trip, code, f"{self._house.address(request.headers['host'])}{CALLBACK}")

    async def _welcome(self, trip: Trip, code: str, back: str) -> Response:
        try:
            person = await self._oauth.who(code=code, verifier=trip.verifier, back=back)
            return await self._let_in(person, trip.onward)
        except TryAgain as trouble:
            logger.warning("A login with GitHub did not work out: %s", trouble, extra={"action": "login"})
            return _no(503, str(trouble))
        except HandoffError as refusal:
            logger.warning("A login with GitHub was refused: %s", refusal, extra={"action": "login"})
            return _no(403, str(refusal))

    async def _let_in(self, person: Person, wanted: str) -> Response:
        if not person.repositories:
            return _no(403, NOTHING_HERE.format(login=person.login))
        session = await self._ledger.grant(person_session(person.login, person.account, person.repositories))
        return let_in(self._house, session, PERSON_LIFETIME, wanted)


def _no(status: int, said: str) -> Response:
    return login_page(status=status, said=said, github=True)
