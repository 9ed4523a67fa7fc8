"""Which repositories an installation covers. The only question that is asked for all of them with one token."""

from dataclasses import dataclass

from pydantic.dataclasses import dataclass as lenient_dataclass

from app.domain.ids import Repository
from app.github.auth import AsInstallation, Tokens
from app.github.connection import Connection
from app.github.permissions import SURVEY
from app.github.place import PER_PAGE, whole_list
from app.github.shapes import LENIENT, Who


@lenient_dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Covered:
    """A repository that an installation covers."""

    id: int
    name: str
    owner: Who

    def home(self, installation_id: int) -> Repository:
        """Say it in our words."""
        return Repository(id=self.id, owner=self.owner.login, name=self.name, installation_id=installation_id)


@lenient_dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class _Page:
    repositories: list[Covered]


@dataclass(frozen=True, slots=True)
class Survey:
    """Asks an installation what it covers."""

    connection: Connection
    tokens: Tokens

    async def of(self, installation_id: int) -> list[Covered]:
        """Return the repositories of an installation.

        Raises:
            NotAllowed: the installation is suspended.
            NotFound: it is no more.
            Refused: it has more than 3,000 of them.
        """
        auth = AsInstallation(self.tokens, installation_id, repository=None, permissions=SURVEY)

        async def page(number: int) -> list[Covered]:
            found = await self.connection.ask(
                auth,
                lambda kit: kit.rest.apps.async_list_repos_accessible_to_installation(
                    per_page=PER_PAGE, page=number
                ),
                _Page,
                bucket=str(installation_id),
            )
            return found.repositories

        return await whole_list(page, f"The list of what installation {installation_id} covers")
