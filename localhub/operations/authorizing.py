"""A person lets an App know who they are: the code, the token it is good for, and what that token shows.

https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
"""

import base64
import hashlib
import secrets
from collections.abc import Iterator, Mapping
from datetime import timedelta

from localhub import clock
from localhub.errors import Refusal
from localhub.hub import Hub
from localhub.world.apps import App, Authorization, Installation, UserToken
from localhub.world.people import User
from localhub.world.repositories import Repository

CODE_LIFETIME = timedelta(minutes=10)
TOKEN_LIFETIME = timedelta(hours=8)


class Denied(Exception):
    """The exchange fails, in the one word that GitHub has for it; it answers 200 all the same."""


def app_for(hub: Hub, asked: Mapping[str, str]) -> tuple[App, str]:
    """The App that asks, and where the person is sent back to; raises Refusal for a strange App or address."""
    client = asked.get("client_id", "")
    app = next((each for each in hub.world.apps.values() if client and each.client_id == client), None)
    if app is None:
        raise Refusal(404, "There is no App with this client id.")
    back = asked.get("redirect_uri") or next(iter(app.callback_urls), "")
    if back not in app.callback_urls:
        raise Refusal(400, "The redirect_uri is not associated with this application.")
    return app, back


def allow(hub: Hub, person: User, asked: Mapping[str, str]) -> str:
    """The code that a person's yes is worth."""
    app, back = app_for(hub, asked)
    if asked.get("code_challenge_method", "S256") != "S256":
        raise Refusal(400, "The code_challenge_method must be S256.")
    code = secrets.token_hex(10)
    hub.world.authorizations[code] = Authorization(
        app=app,
        person=person,
        redirect_uri=back,
        challenge=asked.get("code_challenge", ""),
        expires_at=clock.now() + CODE_LIFETIME,
    )
    return code


def exchange(hub: Hub, asked: Mapping[str, str]) -> UserToken:
    """The token for a code, once.

    Raises:
        Denied: the App's secret, the code, the verifier or the address is wrong.
    """
    app = next((each for each in hub.world.apps.values() if each.client_id == asked.get("client_id")), None)
    if app is None or not app.client_secret or app.client_secret != asked.get("client_secret"):
        raise Denied("incorrect_client_credentials")
    given = hub.world.authorizations.pop(asked.get("code", ""), None)
    if given is None or given.app is not app or clock.now() >= given.expires_at or not _proven(given, asked):
        raise Denied("bad_verification_code")
    if asked.get("redirect_uri", given.redirect_uri) != given.redirect_uri:
        raise Denied("redirect_uri_mismatch")
    token = UserToken(
        value=f"ghu_{secrets.token_hex(18)}",
        app=app,
        person=given.person,
        expires_at=clock.now() + TOKEN_LIFETIME,
    )
    hub.world.user_tokens[token.value] = token
    return token


def _proven(given: Authorization, asked: Mapping[str, str]) -> bool:
    if not given.challenge:
        return True
    digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") == given.challenge


def installations(hub: Hub, app: App, person: User) -> list[Installation]:
    """The installations of an App in which a person has a part: theirs, or with a repository of theirs."""
    return [
        each
        for each in hub.world.installations.values()
        if each.app is app and (each.account is person or any(repositories(hub, each, person)))
    ]


def repositories(hub: Hub, it: Installation, person: User) -> Iterator[Repository]:
    """The repositories of an installation that a person was given access to; that they are public is not enough."""
    return (each for each in hub.world.repositories_of(it) if each.is_collaborator(person))
