"""Who somebody is on GitHub and which of our repositories they may see: asked once, with their own token, then forgotten.

It holds no credential of the App but the client secret, and does nothing in anybody's name.

https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError

from app.domain.errors import Refused, Unreachable

PER_PAGE: Final = 100
INSTALLATIONS_MAX: Final = 100
REPOSITORIES_MAX: Final = 5000
PATIENCE_SECONDS: Final = 30.0
TIMEOUT: Final = httpx.Timeout(10, connect=5)

_HEADERS: Final = {
    "Accept": "application/vnd.github+json",
    "User-Agent": "handoff",
    "X-GitHub-Api-Version": "2022-11-28",
}
_SILENT = "GitHub did not answer ({why}), so I do not know who you are. Please try again in a minute."
_OLD = "GitHub does not know this login any more. Please begin again."
_SETTINGS = (
    "GitHub refused this login ({error}): its App and my settings do not agree. Whoever runs this Handoff should "
    "compare HANDOFF_CLIENT_ID, HANDOFF_CLIENT_SECRET and the App's callback URL, {back}."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on GitHub, and the repositories that both they and we may see."""

    login: str
    account: int
    repositories: frozenset[int]


class _Token(BaseModel):
    access_token: SecretStr | None = None
    error: str | None = None


class _User(BaseModel):
    login: str = Field(min_length=1)
    id: int = Field(gt=0)


class _Numbered(BaseModel):
    id: int


class _Installations(BaseModel):
    installations: list[_Numbered]


class _Repositories(BaseModel):
    repositories: list[_Numbered]


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """Logging in with GitHub by way of our App. `pages_url` is where people are sent, `api_url` where we ask."""

    pages_url: str
    api_url: str
    client_id: str
    client_secret: str = field(repr=False)

    def address(self, *, back: str, state: str, challenge: str) -> str:
        """Return where somebody is sent to say who they are; they come back to `back` with a code and the state."""
        asked = {
            "client_id": self.client_id,
            "redirect_uri": back,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.pages_url}/login/oauth/authorize?{urlencode(asked)}"

    async def who(self, *, code: str, verifier: str, back: str) -> Person:
        """Turn the code that somebody came back with into who they are.

        Raises:
            Refused: GitHub does not know the code, or does not know us.
            Unreachable: no answer in time, or one that cannot be read.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), httpx.AsyncClient(timeout=TIMEOUT) as client:
                token = await self._exchange(client, code, verifier, back)
                return await _look(_Visit(client, self.api_url, token))
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unreachable(_SILENT.format(why=type(error).__name__)) from None
        except ValidationError:  # its message could quote the token
            raise Unreachable(_SILENT.format(why="its answer has not the shape that I know")) from None

    async def _exchange(self, client: httpx.AsyncClient, code: str, verifier: str, back: str) -> str:
        answer = await client.post(
            f"{self.pages_url}/login/oauth/access_token",
            headers={**_HEADERS, "Accept": "application/json"},
            data={
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "code": code,
                "redirect_uri": back,
                "code_verifier": verifier,
            },
        )
        told = _Token.model_validate(_document(answer))
        if told.access_token is not None:
            return told.access_token.get_secret_value()
        if told.error == "bad_verification_code":
            raise Refused(_OLD)
        raise Refused(_SETTINGS.format(error=(told.error or str(answer.status_code))[:100], back=back))


@dataclass(frozen=True, slots=True)
class _Visit:
    """One person's look at GitHub, with their own token."""

    client: httpx.AsyncClient
    api_url: str
    token: str = field(repr=False)

    async def get(self, path: str, page: int | None = None) -> Any:
        """Return a document; None for one that is not for this person."""
        query = {} if page is None else {"per_page": PER_PAGE, "page": page}
        headers = {**_HEADERS, "Authorization": f"Bearer {self.token}"}
        answer = await self.client.get(f"{self.api_url}{path}", params=query, headers=headers)
        return None if answer.status_code in {403, 404} else _document(answer)


async def _look(visit: _Visit) -> Person:
    person = _User.model_validate(await visit.get("/user"))
    shown = await visit.get("/user/installations", page=1)
    installations = _Installations.model_validate(shown).installations
    seen: set[int] = set()
    for installation in installations[:INSTALLATIONS_MAX]:
        seen |= await _repositories(visit, installation.id, REPOSITORIES_MAX - len(seen))
    return Person(login=person.login, account=person.id, repositories=frozenset(seen))


async def _repositories(visit: _Visit, installation: int, limit: int) -> set[int]:
    """Return the repositories of one installation that this person may see, at most `limit`."""
    found: set[int] = set()
    for page in range(1, limit // PER_PAGE + 1):
        shown = await visit.get(f"/user/installations/{installation}/repositories", page=page)
        if shown is None:  # a suspended installation, or one that this person has just lost
            break
        part = _Repositories.model_validate(shown).repositories
        found |= {each.id for each in part}
        if len(part) < PER_PAGE:
            break
    return found


def _document(answer: httpx.Response) -> Any:
    """Return what GitHub says; raises `Unreachable` where that is nothing to go on with."""
    if answer.status_code >= 500 or answer.status_code in {401, 429}:
        raise Unreachable(_SILENT.format(why=f"it said {answer.status_code}"))
    try:
        return answer.json()
    except ValueError:
        raise Unreachable(_SILENT.format(why="its answer is no JSON")) from None
