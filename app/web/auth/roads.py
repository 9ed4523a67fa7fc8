"""The roads in, put together: a link always, GitHub where our App's client is known there."""

import time

from starlette.routing import Route

from app.github.oauth import OAuth
from app.ledger.store import Ledger
from app.web.auth.attempts import Attempts
from app.web.auth.github import GitHubLogin
from app.web.auth.hosts import House
from app.web.auth.login import Login
from app.web.auth.who import Who


def roads(ledger: Ledger, house: House, who: Who, oauth: OAuth | None) -> list[Route]:
    """Return the routes by which people come in and go out."""
    attempts = Attempts(time.monotonic)
    by_link = Login(ledger, house, who, attempts, github=oauth is not None).routes()
    if oauth is None:
        return by_link
    return [*by_link, *GitHubLogin(oauth, ledger, house, attempts, time.time).routes()]
