"""One repository seen through one installation: which token for which request, and whose pace. No resources."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from githubkit import Response
from pydantic import SecretStr

from app.domain.errors import Refused
from app.domain.ids import Repository
from app.github.auth import AsInstallation, Tokens
from app.github.connection import Changed, Connection, Kit, Request
from app.github.pacing import Kind
from app.github.permissions import PUBLISH, READ

PER_PAGE = 100
PAGES_MAX = 30

Shape = TypeVar("Shape")


async def whole_list(page: Callable[[int], Awaitable[list[Shape]]], what: str) -> list[Shape]:
    """Read page after page, `PER_PAGE` at a time.

    Raises:
        Refused: the list is longer than `PAGES_MAX` pages; a part of it would mislead.
    """
    found: list[Shape] = []
    for number in range(1, PAGES_MAX + 1):
        items = await page(number)
        found += items
        if len(items) < PER_PAGE:
            return found
    raise Refused(f"{what} is longer than {PER_PAGE * PAGES_MAX}: too long for me.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Requests to one repository; reads use the READ token, writes say which set they need."""

    connection: Connection
    tokens: Tokens
    repository: Repository

    @property
    def owner(self) -> str:
        """The first half of the full name."""
        return self.repository.owner

    @property
    def name(self) -> str:
        """The second half of the full name."""
        return self.repository.name

    async def get(self, shape: type[Shape], request: Request) -> Shape:
        """Read one thing."""
        return await self.connection.ask(self._as(READ), request, shape, bucket=self._bucket)

    async def pages(
        self, shape: type[Shape], request: Callable[[Kit, int], Awaitable[Response[Any, Any]]]
    ) -> list[Shape]:
        """Read a whole list, `PER_PAGE` at a time.

        Raises:
            Refused: the list is longer than `PAGES_MAX` pages; a part of it would mislead.
        """
        return await whole_list(
            lambda page: self.get(list[shape], lambda kit: request(kit, page)),  # type: ignore[valid-type] # a type made at run time
            f"A list in {self.repository.full_name}",
        )

    async def if_changed(self, shape: type[Shape], request: Request) -> Changed[Shape] | None:
        """Read one thing, unless it is as the ETag in the request's `If-None-Match` names it: then None."""
        return await self.connection.ask_if_changed(self._as(READ), request, shape, bucket=self._bucket)

    async def text(self, request: Request) -> str:
        """Read something that is not JSON."""
        return (await self.connection.send(self._as(READ), request, bucket=self._bucket)).text

    async def write(
        self, permissions: Mapping[str, str], shape: type[Shape], request: Request, *, kind: Kind = Kind.WRITE
    ) -> Shape:
        """Change something, once: an `Unreachable` leaves open whether it happened, and nothing is repeated."""
        return await self.connection.ask(
            self._as(permissions), request, shape, bucket=self._bucket, kind=kind
        )

    async def remove(self, permissions: Mapping[str, str], request: Request) -> None:
        """Change something whose answer tells nothing."""
        await self.connection.send(self._as(permissions), request, bucket=self._bucket, kind=Kind.WRITE)

    async def mutate(
        self, permissions: Mapping[str, str], mutation: str, variables: dict[str, Any]
    ) -> dict[str, Any]:
        """Change something by GraphQL."""
        return await self.connection.graphql(self._as(permissions), mutation, variables, bucket=self._bucket)

    async def query(self, shape: type[Shape], query: str, variables: dict[str, Any]) -> Shape:
        """Read by GraphQL."""
        answer = await self.connection.graphql(
            self._as(READ), query, variables, bucket=self._bucket, kind=Kind.READ
        )
        return self.connection.understand(answer, shape)

    async def git_token(self, *, push: bool) -> SecretStr:
        """Return a token for git over HTTPS, user `x-access-token`; it reads, or with `push` also writes."""
        if push:
            await self.connection.may(Kind.WRITE)
        permissions = PUBLISH if push else READ
        return await self.tokens.token(
            self.repository.installation_id, repository=self.name, permissions=permissions
        )

    @property
    def _bucket(self) -> str:
        return str(self.repository.installation_id)

    def _as(self, permissions: Mapping[str, str]) -> AsInstallation:
        return AsInstallation(
            self.tokens, self.repository.installation_id, repository=self.name, permissions=permissions
        )
