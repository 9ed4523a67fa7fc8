"""One REST request as a handler sees it, and the answer it gives. Knows paging, not resources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlencode

from localhub.auth import Actor
from localhub.errors import Refusal, not_found, out_of_reach
from localhub.hub import Hub
from localhub.scene import Scene
from localhub.world.apps import App, Token
from localhub.world.people import User
from localhub.world.record import Record
from localhub.world.repositories import Repository

DEFAULT_PAGE = 30
LARGEST_PAGE = 100
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: JSON, plain text, or nothing."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json; charset=utf-8"


@dataclass(kw_only=True)
class Call:
    """A request whose actor is known. Path parameters are in `parameters`, JSON in `body`."""

    hub: Hub
    actor: Actor
    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    accept: str
    body: Any

    @cached_property
    def home(self) -> Repository:
        """The repository of the path; raises Refusal 404 when it is absent or out of reach."""
        repository = self.hub.world.repository(self.parameters["owner"], self.parameters["repo"])
        if repository is None or (self.actor.kind != "app" and not self.actor.reaches(repository)):
            raise not_found()
        return repository

    @property
    def app(self) -> App:
        """The App of the JWT or token."""
        if self.actor.app is None:
            raise out_of_reach()
        return self.actor.app

    @property
    def token(self) -> Token:
        """The installation token."""
        if self.actor.token is None:
            raise out_of_reach()
        return self.actor.token

    @property
    def by(self) -> User:
        """Who acts."""
        if self.actor.user is None:
            raise out_of_reach()
        return self.actor.user

    @property
    def scene(self) -> Scene:
        """Who acts, where."""
        return Scene(self.hub, self.home, self.by)

    @property
    def document(self) -> dict[str, Any]:
        """The JSON object of the body; none is an empty one. Raises Refusal 422 for another type."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise Refusal(422, "Invalid request.\n\nFor 'properties', a JSON object is expected.", [])
        return self.body

    def number(self, name: str = "number") -> int:
        """A number in the path; raises Refusal 404 for anything else."""
        text = self.parameters[name]
        if not text.isdecimal():
            raise not_found()
        return int(text)

    def page(self, items: Sequence[_Item], shape: Callable[[_Item], Any]) -> Answer:
        """One page of a list, with its `Link` header; what lags is not in it."""
        shown = [item for item in items if not isinstance(item, Record) or item.visible]
        part, headers = self.cut(shown)
        return Answer(200, [shape(item) for item in part], headers)

    def cut(self, items: Sequence[_Item]) -> tuple[Sequence[_Item], dict[str, str]]:
        """The items of the page that is asked for, and the `Link` header."""
        size = min(max(_positive(self.query.get("per_page"), DEFAULT_PAGE), 1), LARGEST_PAGE)
        page = _positive(self.query.get("page"), 1)
        last = max(1, -(-len(items) // size))
        targets = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        wanted = {"prev": page > 1, "next": page < last, "last": page < last, "first": page > 1}
        links = [
            f'<{self._address(targets[rel])}>; rel="{rel}"' for rel, present in wanted.items() if present
        ]
        return items[(page - 1) * size : page * size], {"Link": ", ".join(links)} if links else {}

    def _address(self, page: int) -> str:
        return f"{self.hub.url}{self.path}?{urlencode({**self.query, 'page': page})}"


def _positive(text: str | None, otherwise: int) -> int:
    return max(1, int(text)) if text is not None and text.isdecimal() else otherwise
