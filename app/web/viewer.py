"""Who looks at a page: a value that the guard puts on a request, and what it lets them see. It checks no credential."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody who is let in. `login` is empty for whoever owns this machine; `repositories` None means all.

    `account` is the number of their account on GitHub, 0 where there is no login. `csrf` is what their forms carry.
    """

    name: str
    login: str = ""
    account: int = 0
    repositories: frozenset[int] | None = None
    csrf: str = ""

    @property
    def is_owner(self) -> bool:
        """Whether it is whoever runs this Handoff, who may do everything."""
        return not self.login

    def sees(self, repository_id: int) -> bool:
        """Say whether this person may know about a repository."""
        return self.repositories is None or repository_id in self.repositories


def viewer_of(connection: HTTPConnection) -> Viewer:
    """Return who asks; the guard has seen to it that there is somebody."""
    viewer: Viewer = connection.state.viewer
    return viewer
