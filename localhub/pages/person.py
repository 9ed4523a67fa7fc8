"""Who the person in the browser is. There are no passwords here: a cookie holds a login, and a menu changes it."""

from starlette.requests import Request
from starlette.responses import Response

from localhub.errors import Refusal
from localhub.hub import Hub
from localhub.pages.asking import hub_of
from localhub.world.people import User
from localhub.world.repositories import Repository

COOKIE = "localhub_person"
USUAL_PERSON = "ada"


def people(hub: Hub) -> list[User]:
    """Everybody a browser can act as: people, not bots and not organizations."""
    return [user for user in hub.world.users.values() if user.type == "User"]


def acting_person(request: Request) -> User:
    """Who acts: whom the cookie names, else ada, else the owner of the repository, else the first person there is.

    Raises:
        Refusal: 409 when there is nobody at all.
    """
    hub = hub_of(request)
    everybody = people(hub)
    if not everybody:
        told = "Nobody lives here yet. Create a person with POST /_hub/users, then load this page again."
        raise Refusal(409, told)
    known = {user.login.lower(): user for user in everybody}
    chosen = request.cookies.get(COOKIE, "").lower()
    owner = str(request.path_params.get("owner", "")).lower()
    return next((known[login] for login in (chosen, USUAL_PERSON, owner) if login in known), everybody[0])


def remember(response: Response, person: User) -> None:
    """Keep in the browser who it acts as."""
    response.set_cookie(COOKIE, person.login, httponly=True, samesite="lax", path="/")


def role_in(person: User, home: Repository | None) -> str:
    """The person's role as the menu shows it; empty outside a repository."""
    return "" if home is None else home.role_of(person).role_name
