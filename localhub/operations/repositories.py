"""Creating repositories and saying who may do what in them."""

from collections.abc import Mapping
from pathlib import Path

from localhub.errors import Refusal, invalid
from localhub.git.bare import GitFailed
from localhub.git.compose import create as create_bare
from localhub.hub import Hub
from localhub.world.people import Role, User
from localhub.world.repositories import Repository


def create(
    hub: Hub, owner: User, name: str, *, private: bool, description: str | None, source: Path | None,
    collaborators: Mapping[str, str],
) -> Repository:  # fmt: skip
    """A new repository, empty or with the history of a local one."""
    if hub.world.repository(owner.login, name) is not None:
        raise invalid("Repository", "name", "already_exists", "name already exists on this account")
    path = hub.path_of(owner.login, name)
    try:
        branch = create_bare(path, source)
    except GitFailed as error:
        raise Refusal(422, f"Cannot copy {source}: {error}", []) from error
    repository = Repository(
        id=hub.world.next_id("repository"), owner=owner, name=name, path=path, default_branch=branch,
        private=private, description=description,
    )  # fmt: skip
    repository.refs = hub.bare(repository).refs()
    hub.world.repositories[repository.id] = repository
    for login, role in collaborators.items():
        set_role(hub, repository, login, role)
    return repository


def set_role(hub: Hub, repository: Repository, login: str, role: str) -> None:
    """Invite a person, or change what they may do; unknown people come into being."""
    user = hub.world.user(login) or hub.world.add_user(login)
    try:
        repository.collaborators[user.login] = Role.named(role)
    except KeyError as error:
        raise Refusal(422, f"{role} is no role: read, triage, write, maintain, admin", []) from error
