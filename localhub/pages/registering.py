"""GitHub's pages for registering an App from a manifest, and for installing it."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub.errors import Refusal, not_found
from localhub.operations import apps, manifests
from localhub.pages.asking import form_of, hub_of
from localhub.pages.person import acting_person
from localhub.pages.rendering import render
from localhub.pages.routing import page
from localhub.world.apps import App
from localhub.world.people import User
from localhub.world.repositories import Repository


@page("POST", "/settings/apps/new", from_anywhere=True)
@page("POST", "/organizations/{organization}/settings/apps/new", from_anywhere=True)
async def propose(request: Request) -> Response:
    """What a manifest asks for, with one button. GitHub lets people change the name here."""
    owner = _owner(request)
    text = (await form_of(request)).get("manifest", "")
    state = request.query_params.get("state", "")
    document = manifests.read(text)
    name = str(document.get("name") or "")
    return render(
        request,
        "new_app.html",
        owner=owner,
        manifest=document,
        text=text,
        state=state,
        app_name=name,
        complaint="",
    )


@page("POST", "/settings/apps/create")
@page("POST", "/organizations/{organization}/settings/apps/create")
async def create(request: Request) -> Response:
    """The button: the App is made, and the person goes back with a code."""
    owner = _owner(request)
    form = await form_of(request)
    document = manifests.read(form.get("manifest", ""))
    name, state = form.get("name", ""), form.get("state", "")
    try:
        code = manifests.create(hub_of(request), owner, document, name)
    except Refusal as refusal:
        return render(
            request,
            "new_app.html",
            status=422,
            owner=owner,
            manifest=document,
            text=form["manifest"],
            state=state,
            app_name=name,
            complaint=refusal.message,
        )
    return _back(document["redirect_url"], code=code, **({"state": state} if state else {}))


def _owner(request: Request) -> User:
    """Whose App it will be: the person's, or the organization's of the address."""
    login = request.path_params.get("organization")
    if login is None:
        return acting_person(request)
    organization = hub_of(request).world.user(login)
    if organization is None or organization.type != "Organization":
        raise not_found()
    return organization


def _back(address: str, **more: str) -> Response:
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query), *more.items()])
    return RedirectResponse(urlunsplit(parts._replace(query=query)), status_code=302)


@page("GET", "/apps/{slug}/installations/new")
@page("GET", "/github-apps/{slug}/installations/new")
async def choose(request: Request) -> Response:
    """Where to install it: an account, and all or some of its repositories."""
    accounts = [(each, _repositories(request, each)) for each in _accounts(request)]
    return render(request, "install_app.html", app=_app(request), accounts=accounts)


@page("POST", "/apps/{slug}/installations")
async def install(request: Request) -> Response:
    """Install it, and go where the App wants people to go after that."""
    app, form = _app(request), await form_of(request)
    account = next((each for each in _accounts(request) if each.login == form.get("account")), None)
    if account is None:
        raise Refusal(404, "This App cannot be installed on that account.")
    everything = form.get("selection") == "all"
    chosen = [each for each in _repositories(request, account) if f"repository_{each.id}" in form]
    if not everything and not chosen:
        raise Refusal(422, "Choose at least one repository, or all of them.")
    made = apps.install(hub_of(request), app, account, [] if everything else chosen, everything=everything)
    if not app.setup_url:
        return RedirectResponse(f"/apps/{app.slug}", status_code=302)
    return _back(app.setup_url, installation_id=str(made.id), setup_action="install")


def _app(request: Request) -> App:
    app = hub_of(request).world.app_by_slug(request.path_params["slug"])
    if app is None:
        raise not_found()
    return app


def _accounts(request: Request) -> list[User]:
    """Where it may be installed: a private App on its owner's account, a public one wherever there is a repository."""
    app = _app(request)
    if not app.public:
        return [app.owner]
    owners = {each.owner.login: each.owner for each in hub_of(request).world.repositories.values()}
    return list(owners.values())


def _repositories(request: Request, account: User) -> list[Repository]:
    return [each for each in hub_of(request).world.repositories.values() if each.owner is account]
