"""The steps of setting up: open the link, say what the App shall be, go to GitHub, come back with a code.

They hold no secret: `redeem` gets them from GitHub and `keep` puts them away.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.domain.credentials import OWNER_LIFETIME
from app.domain.errors import HandoffError
from app.github import manifest
from app.github.manifest import Registered
from app.web.setup import show
from app.web.setup.agents import Offer
from app.web.setup.door import LIFETIME_SECONDS, Door
from app.web.setup.place import Place
from app.web.setup.wish import Complaints, Wish, read_wish
from app.web.setup.words import FORGED, NO_CODE, SHUT, STRANGE, TOO_LONG, lost

FORM_BYTES_MAX = 20_000
CODE_CHARACTERS_MAX = 200

Redeem = Callable[[str], Awaitable[Registered]]
Keep = Callable[[Registered, Wish], Awaitable[str]]
"""Put a new App's secrets away; return the secret of a session for the person, empty if there is none."""

logger = logging.getLogger(__name__)


class Steps:
    """The endpoints. `finished` is called when the App is registered and the last page has been sent."""

    def __init__(
        self,
        place: Place,
        door: Door,
        *,
        offers: tuple[Offer, ...],
        name: str,
        redeem: Redeem,
        keep: Keep,
        finished: Callable[[], None],
    ) -> None:
        self._place, self._door, self._offers, self._name = place, door, offers, name
        self._redeem, self._keep, self._finished = redeem, keep, finished
        self._cookie = f"{place.house.cookie}-setup"
        self._form = manifest.template()

    async def open(self, request: Request) -> Response:
        """`GET /setup`: the link's token becomes a cookie, and then the form is shown."""
        if "token" in request.query_params:
            cookie = self._door.enter(request.query_params["token"])
            if cookie is not None or self._is_visitor(request):  # the same browser may open the link twice
                return self._let_in(cookie)
        if not self._is_visitor(request):
            return show.sorry("This link does not open anything", SHUT, status=403)
        return self._ask(self._usual(), {})

    async def register(self, request: Request) -> Response:
        """`POST /setup/register`: the manifest, and the way to GitHub."""
        if not self._is_visitor(request):
            return show.sorry("This page has expired", SHUT, status=403)
        form = await _form_of(request)
        if form is None:
            return show.sorry("That is too long", TOO_LONG, status=413, again=True)
        if not self._door.is_form_token(form.get("form", "")):
            return show.sorry("This form is not one of mine", FORGED, status=403, again=True)
        wish = read_wish(form, agent_known=bool(self._place.agent))
        if not isinstance(wish, Wish):
            return self._ask(form, wish)
        state = self._door.send_off(request.cookies[self._cookie], wish)
        asked = manifest.manifest(self._form, name=wish.name, addresses=self._place.addresses)
        return show.confirm(self._place, wish, asked, state)

    async def registered(self, request: Request) -> Response:
        """`GET /setup/registered`: GitHub sends the person back with a code; it is redeemed and kept."""
        if not self._is_visitor(request):
            return show.sorry("This page has expired", SHUT, status=403)
        wish = self._door.come_back(request.query_params.get("state", ""))
        if wish is None:
            return show.sorry("This did not begin here", STRANGE, status=403, again=True)
        code = request.query_params.get("code", "")
        if not 0 < len(code) <= CODE_CHARACTERS_MAX:
            return show.sorry("Something is missing", NO_CODE, status=400, again=True)
        return await self._finish(code, wish)

    async def _finish(self, code: str, wish: Wish) -> Response:
        try:
            app = await self._redeem(code)
        except HandoffError as trouble:
            logger.warning("The App could not be registered: %s", trouble)
            return show.sorry("GitHub did not hand over the keys", str(trouble), status=502, again=True)
        try:
            session = await self._keep(app, wish)
        except (HandoffError, OSError) as trouble:
            why = getattr(trouble, "strerror", None) or str(trouble)
            logger.error("The keys of the App could not be kept: %s", why)  # noqa: TRY400 - no mistake of ours
            return show.sorry("The keys could not be kept", lost(why), status=500, again=True)
        answer = show.registered(app.name)
        if session:
            self._remember(answer, self._place.house.cookie, session, OWNER_LIFETIME.total_seconds())
        answer.background = BackgroundTask(self._finished)
        return answer

    def _let_in(self, cookie: str | None) -> Response:
        """Put the cookie in, if it is new, and take the token out of the address bar and the history."""
        answer = RedirectResponse("/setup", status_code=303)
        if cookie is not None:
            self._remember(answer, self._cookie, cookie, LIFETIME_SECONDS * 2)
        return answer

    def _remember(self, answer: Response, name: str, secret: str, seconds: float) -> None:
        """Keep something in the browser, for no script, and for no request that another site sends from a form."""
        encrypted = self._place.house.encrypted
        # Lax, because it has to come along when GitHub sends the person back.
        answer.set_cookie(name, secret, int(seconds), secure=encrypted, httponly=True, samesite="lax")

    def _is_visitor(self, request: Request) -> bool:
        return self._door.knows(request.cookies.get(self._cookie, ""))

    def _usual(self) -> dict[str, str]:
        """What the form proposes: the first agent that is here, or else the first one."""
        here = next((each.setting for each in self._offers if each.found), self._offers[0].setting)
        return {"name": self._name, "account": "own", "agent": here}

    def _ask(self, said: Mapping[str, str], complaints: Complaints) -> Response:
        return show.ask(self._place, self._offers, said, complaints, self._door.form_token)


async def _form_of(request: Request) -> dict[str, str] | None:
    """Return the fields of a plain form, the last of a name; None when it is too long."""
    raw = b""
    async for part in request.stream():
        raw += part
        if len(raw) > FORM_BYTES_MAX:
            return None
    return dict(parse_qsl(raw.decode(errors="replace"), keep_blank_values=True))
