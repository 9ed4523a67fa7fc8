"""The one place where everything is found, and where ids are given out. No rules."""

from collections import defaultdict
from collections.abc import Iterator

from localhub.world.apps import App, Authorization, Conversion, Installation, Token, UserToken
from localhub.world.people import User, UserType
from localhub.world.repositories import Repository

_FIRST_IDS = {
    "user": 1_000, "app": 2_000, "installation": 30_000, "repository": 400_000, "issue": 5_000_000,
    "pull": 6_000_000, "comment": 70_000_000, "review": 80_000_000, "review_comment": 90_000_000,
    "label": 1_100_000, "event": 12_000_000, "reaction": 13_000_000, "check_run": 140_000_000,
    "check_suite": 150_000_000, "delivery": 160_000_000, "activity": 17_000_000,
}  # fmt: skip


class World:
    """All state of one pretend GitHub. Not for use from several threads."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.repositories: dict[int, Repository] = {}
        self.apps: dict[int, App] = {}
        self.installations: dict[int, Installation] = {}
        self.tokens: dict[str, Token] = {}
        self.conversions: dict[str, Conversion] = {}
        self.authorizations: dict[str, Authorization] = {}
        self.user_tokens: dict[str, UserToken] = {}
        self._last_ids: dict[str, int] = defaultdict(int, _FIRST_IDS)

    def next_id(self, kind: str) -> int:
        """A fresh id; kinds have ranges of their own, so that a mixed-up id is never found."""
        self._last_ids[kind] += 1
        return self._last_ids[kind]

    def user(self, login: str) -> User | None:
        """The account with that login, in any case."""
        return self.users.get(login.lower())

    def add_user(self, login: str, name: str | None = None, kind: UserType = "User") -> User:
        """Create the account."""
        number = self.next_id("user")
        user = User(id=number, login=login, name=name, type=kind, token=f"ghp_{login}{number:032d}")
        self.users[login.lower()] = user
        return user

    def repository(self, owner: str, name: str) -> Repository | None:
        """The repository of that name, in any case."""
        wanted = f"{owner}/{name}".lower()
        return next((r for r in self.repositories.values() if r.full_name.lower() == wanted), None)

    def app_of(self, user: User) -> App | None:
        """The App that acts as this bot, if it is one."""
        return None if user.app_id is None else self.apps.get(user.app_id)

    def app_by_issuer(self, issuer: str) -> App | None:
        """The App with that id or client id."""
        return next((a for a in self.apps.values() if issuer in (str(a.id), a.client_id)), None)

    def app_by_slug(self, slug: str) -> App | None:
        """The App with that slug."""
        return next((a for a in self.apps.values() if a.slug == slug), None)

    def repositories_of(self, installation: Installation) -> Iterator[Repository]:
        """The repositories an installation covers, oldest first."""
        for repository in self.repositories.values():
            everything = installation.selection == "all"
            if repository.owner is installation.account and (
                everything or repository.id in installation.repository_ids
            ):
                yield repository

    def installations_on(self, repository: Repository) -> Iterator[Installation]:
        """The installations that cover a repository."""
        for installation in list(self.installations.values()):
            if any(covered is repository for covered in self.repositories_of(installation)):
                yield installation
