"""The door to GitHub: everything that can be asked of it, by intention. It only composes.

`Door` acts as the App itself; `Door.at(repository)` opens one repository, where each kind of thing has
its own file. A write is sent once. What to do when nobody knows whether it happened is the caller's to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from githubkit.utils import UNSET
from pydantic import ConfigDict, SecretStr
from pydantic.dataclasses import dataclass as lenient_dataclass

from app.domain.errors import NotAllowed
from app.domain.ids import Repository
from app.domain.redaction import Redactor
from app.github.auth import AppKey, AsApp, Clock, Granted, Tokens
from app.github.checks import Checks
from app.github.code import Code
from app.github.connection import Connection, Request
from app.github.failures import Unprocessable
from app.github.installed import Survey
from app.github.issues import Issues
from app.github.news import News
from app.github.pacing import Kind
from app.github.permissions import missing
from app.github.place import PER_PAGE, Place, whole_list
from app.github.pulls import Pulls
from app.github.reviews import Reviews
from app.github.shapes import AppInfo, DeliveryContent, HookConfig, HookDelivery, Installation
from app.github.signed import Signed
from app.github.threads import Threads

_BUCKET = "app"

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class RepositoryDoor:
    """What can be asked of one repository."""

    place: Place

    @property
    def code(self) -> Code:
        """The repository itself, roles, files, branches."""
        return Code(self.place)

    @property
    def issues(self) -> Issues:
        """Issues, labels, comments, reactions."""
        return Issues(self.place)

    @property
    def pulls(self) -> Pulls:
        """Pull requests."""
        return Pulls(self.place)

    @property
    def reviews(self) -> Reviews:
        """Reviews and comments on lines and files."""
        return Reviews(self.place)

    @property
    def threads(self) -> Threads:
        """The conversations on lines and files."""
        return Threads(self.place)

    @property
    def signed(self) -> Signed:
        """Commits that GitHub signs."""
        return Signed(self.place)

    @property
    def news(self) -> News:
        """What happened lately, for whoever asks again and again."""
        return News(self.place)

    @property
    def checks(self) -> Checks:
        """Check runs."""
        return Checks(self.place)

    async def git_token(self, *, push: bool) -> SecretStr:
        """Return a token for git over HTTPS: it reads, or with `push` also writes."""
        return await self.place.git_token(push=push)


class Door:
    """GitHub, for one App. Keep one per process."""

    def __init__(self, connection: Connection, key: AppKey, *, clock: Clock, redactor: Redactor) -> None:
        """Compose. The key, and every token that is minted, is made known to `redactor`."""
        self._connection = connection
        self._as_app = AsApp(key, clock)
        self._tokens = Tokens(self._mint, clock=clock, redactor=redactor)
        redactor.register(key.private_key.get_secret_value())

    def at(self, repository: Repository) -> RepositoryDoor:
        """Return what can be asked of one repository. Asks nothing yet."""
        return RepositoryDoor(Place(connection=self._connection, tokens=self._tokens, repository=repository))

    async def app(self) -> AppInfo:
        """Return the App as GitHub has it registered, for comparison with what we expect."""
        return await self._ask(AppInfo, lambda kit: kit.rest.apps.async_get_authenticated())

    async def hook(self) -> HookConfig:
        """Return where the App's deliveries go."""
        return await self._ask(HookConfig, lambda kit: kit.rest.apps.async_get_webhook_config_for_app())

    async def installation_of(self, owner: str, name: str) -> Installation:
        """Return the installation that covers a repository.

        Raises:
            NotFound: the App is not installed there, or there is no such repository.
        """
        return await self._ask(
            Installation, lambda kit: kit.rest.apps.async_get_repo_installation(owner, name)
        )

    async def installations(self) -> list[Installation]:
        """Return where the App is installed, suspended installations included.

        Raises:
            Refused: there are more than `PAGES_MAX` pages.
        """
        return await whole_list(
            lambda page: self._ask(
                list[Installation],
                lambda kit: kit.rest.apps.async_list_installations(per_page=PER_PAGE, page=page),
            ),
            "The list of the App's installations",
        )

    async def repositories_of(self, installation_id: int) -> list[Repository]:
        """Return the repositories that an installation covers."""
        found = await Survey(self._connection, self._tokens).of(installation_id)
        return [each.home(installation_id) for each in found]

    async def deliveries(
        self, *, cursor: str | None = None, failed: bool = False
    ) -> tuple[list[HookDelivery], str | None]:
        """Return a page of delivery attempts, newest first, and the cursor of the next page if there is one.

        GitHub keeps three days (seven on GitHub Enterprise Server). With `failed` it lists those only, where it is
        new enough to know how.
        """
        response = await self._connection.send(
            self._as_app,
            lambda kit: kit.rest.apps.async_list_webhook_deliveries(
                per_page=PER_PAGE, cursor=cursor or UNSET, status="failure" if failed else UNSET
            ),
            bucket=_BUCKET,
        )
        found = self._connection.read(response, list[HookDelivery])
        return found, _next_cursor(response.raw_response.links)

    async def delivery(self, delivery_id: int) -> DeliveryContent:
        """Return what a delivery attempt carried."""
        return await self._ask(
            DeliveryContent, lambda kit: kit.rest.apps.async_get_webhook_delivery(delivery_id)
        )

    async def redeliver(self, delivery_id: int) -> None:
        """Ask GitHub to deliver once more; the new attempt has the same GUID."""
        await self._ask(
            dict[str, Any],
            lambda kit: kit.rest.apps.async_redeliver_webhook_delivery(delivery_id),
            kind=Kind.WRITE,
        )

    async def _mint(
        self, installation_id: int, *, repository: str | None, permissions: Mapping[str, str]
    ) -> Granted:
        narrowed = {} if repository is None else {"repositories": [repository]}
        data: Any = narrowed | {"permissions": dict(permissions)}
        try:
            answer = await self._ask(
                _Token,
                lambda kit: kit.rest.apps.async_create_installation_access_token(installation_id, data=data),
                kind=Kind.MINT,
            )
        except Unprocessable as refusal:
            raise await self._why_not(refusal, installation_id, permissions) from refusal
        return Granted(
            token=answer.token,
            expires_at=answer.expires_at,
            permissions=answer.permissions,
            repositories=tuple(str(found["name"]) for found in answer.repositories),
        )

    async def _why_not(
        self, refusal: Unprocessable, installation_id: int, permissions: Mapping[str, str]
    ) -> Unprocessable | NotAllowed:
        """Name the permission that the installation does not have, if that is why there is no token."""
        held = await self._ask(
            Installation, lambda kit: kit.rest.apps.async_get_installation(installation_id)
        )
        lacking = missing(permissions, held.permissions)
        if not lacking:
            return refusal
        names = ", ".join(f"`{name}: {level}`" for name, level in lacking.items())
        return NotAllowed(
            f"The App has no {names} at {held.account.login}. "
            "An owner of the account can accept it in the settings of the App's installation."
        )

    async def _ask(self, shape: type[Shape], request: Request, *, kind: Kind = Kind.READ) -> Shape:
        return await self._connection.ask(self._as_app, request, shape, bucket=_BUCKET, kind=kind)


@lenient_dataclass(
    frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="ignore", hide_input_in_errors=True)
)
class _Token:
    """A token as GitHub hands it out; without `repositories` it is for all of them."""

    token: SecretStr
    expires_at: datetime
    permissions: dict[str, str]
    repositories: tuple[dict[str, Any], ...] = ()


def _next_cursor(links: Mapping[str | None, Mapping[str, str]]) -> str | None:
    """Read the cursor out of the `Link` header."""
    following = links.get("next", {}).get("url", "")
    return next(iter(parse_qs(urlsplit(following).query).get("cursor", ())), None)
