"""An act with its names looked up: the person, the repository, the issue, the pull request."""

from functools import cached_property

from localhub.control.models import Act
from localhub.errors import Refusal
from localhub.hub import Hub
from localhub.scene import Scene
from localhub.world.apps import Installation
from localhub.world.issues import Issue
from localhub.world.people import Role, User
from localhub.world.pulls import Pull, ReviewComment
from localhub.world.repositories import Repository


def repository_named(hub: Hub, full_name: str) -> Repository:
    """The repository `owner/name`; raises Refusal 404."""
    owner, _, name = full_name.partition("/")
    found = hub.world.repository(owner, name)
    if found is None:
        raise Refusal(404, f"There is no repository {full_name}.")
    return found


def user_named(hub: Hub, login: str) -> User:
    """The account; raises Refusal 404."""
    found = hub.world.user(login)
    if found is None:
        raise Refusal(404, f"There is no user {login}; create one with POST /_hub/users.")
    return found


class Deed:
    """An act about to be done."""

    def __init__(self, hub: Hub, act: Act) -> None:
        self.hub = hub
        self.act = act
        self.home = repository_named(hub, act.repository)
        self.by = user_named(hub, act.by)
        self.scene = Scene(hub, self.home, self.by)

    def need(self, role: Role) -> None:
        """Refuse what the page would not offer this person."""
        if self.home.role_of(self.by) < role:
            told = (
                f"{self.by.login} needs the {role.role_name} role in {self.home.full_name} to {self.act.do}."
            )
            raise Refusal(403, told)

    @cached_property
    def issue(self) -> Issue:
        """The issue or pull request `number`."""
        if self.act.number not in self.home.issues:
            raise Refusal(404, f"There is no issue {self.act.number} in {self.home.full_name}.")
        return self.home.issues[self.act.number]

    @cached_property
    def pull(self) -> Pull:
        """The pull request `number`."""
        if self.act.number not in self.home.pulls:
            raise Refusal(404, f"There is no pull request {self.act.number} in {self.home.full_name}.")
        return self.home.pulls[self.act.number]

    @cached_property
    def review_comment(self) -> tuple[Pull, ReviewComment]:
        """The review comment `comment_id`."""
        for pull, comment in self.home.review_comments():
            if comment.id == self.act.comment_id:
                return pull, comment
        raise Refusal(404, f"There is no review comment {self.act.comment_id}.")

    @property
    def installation(self) -> Installation:
        """The installation of `app` on the repository's owner."""
        for each in self.hub.world.installations.values():
            if each.app.slug == self.act.app and each.account is self.home.owner:
                return each
        raise Refusal(404, f"{self.act.app} is not installed on {self.home.owner.login}.")
