"""The road in for the owner of this machine: a link that works once, opened by a button, so that no preview uses it up.

Whoever can write to the ledger can make a link; that is what being the owner means.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.domain.credentials import OWNER_LIFETIME, owner_session
from app.domain.errors import TryAgain
from app.ledger.store import Ledger
from app.web.auth import forgery
from app.web.auth.attempts import Attempts
from app.web.auth.hosts import House
from app.web.auth.onward import onward
from app.web.auth.pages import let_in, let_out, login_page, source_of
from app.web.auth.who import Who
from app.web.webhook import read_body

FORM_BYTES_MAX = 10_000

USED = (
    "This link was used already, or it is older than ten minutes. Run `handoff login` again for a fresh one."
)
FORGED = "This did not come from my own page. Open the link once more, and press the button there."
PATIENCE = "Those were many attempts in a short time. Please wait a minute, then try again."
TROUBLE = "I cannot look that up just now. Please try again in a moment; the link is still good."


class Login:
    """The endpoints. `github` tells whether there is another road besides."""

    def __init__(self, ledger: Ledger, house: House, who: Who, attempts: Attempts, *, github: bool) -> None:
        self._ledger, self._house, self._who = ledger, house, who
        self._attempts, self._github = attempts, github

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/login", self.show),
            Route("/login", self.enter, methods=["POST"]),
            Route("/logout", self.leave, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """`GET /login`: a button where there is a link, and how to get one where there is none."""
        wanted = onward(request.query_params.get("next"))
        return login_page(link=request.query_params.get("link", ""), onward=wanted, github=self._github)

    async def enter(self, request: Request) -> Response:
        """`POST /login`: the button."""
        source = source_of(request)
        if self._attempts.too_many(source):
            return self._no(429, PATIENCE)
        body = await read_body(request.receive, FORM_BYTES_MAX)
        if body is None or not forgery.comes_from_us(request.headers):
            return self._no(403, FORGED)
        try:
            return await self._enter(request, body, source)
        except TryAgain:
            return self._no(503, TROUBLE)

    async def _enter(self, request: Request, body: bytes, source: str) -> Response:
        found = await self._ledger.take_link(forgery.field(request.headers, body, "link"))
        if found is None:
            self._attempts.note(source)
            return self._no(403, USED)
        await self._forget(request)
        session = await self._ledger.grant(owner_session(found.name))
        return let_in(
            self._house, session, OWNER_LIFETIME, onward(forgery.field(request.headers, body, "next"))
        )

    async def leave(self, request: Request) -> Response:
        """`POST /logout`."""
        await self._forget(request)
        return let_out(self._house)

    async def _forget(self, request: Request) -> None:
        if session := self._who.session(request.headers):
            await self._ledger.drop_session(session)

    def _no(self, status: int, said: str) -> Response:
        return login_page(status=status, said=said, github=self._github)
