"""Accounts."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from localhub.clock import iso
from localhub.world.people import Role, User
from localhub.world.repositories import Repository

if TYPE_CHECKING:
    from localhub.hub import Hub


def user(hub: "Hub", account: User) -> dict[str, Any]:
    """Schema `simple-user`."""
    api = f"{hub.url}/users/{quote(account.login)}"
    page = account.login.removesuffix("[bot]")
    return {
        "login": account.login,
        "id": account.id,
        "node_id": account.node_id,
        "avatar_url": f"{hub.url}/avatars/{account.id}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{hub.url}/apps/{page}" if account.type == "Bot" else f"{hub.url}/{page}",
        "followers_url": f"{api}/followers",
        "following_url": f"{api}/following{{/other_user}}",
        "gists_url": f"{api}/gists{{/gist_id}}",
        "starred_url": f"{api}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{api}/subscriptions",
        "organizations_url": f"{api}/orgs",
        "repos_url": f"{api}/repos",
        "events_url": f"{api}/events{{/privacy}}",
        "received_events_url": f"{api}/received_events",
        "type": account.type,
        "site_admin": False,
        "user_view_type": "public",
    }


def public_user(hub: "Hub", account: User) -> dict[str, Any]:
    """Schema `public-user`."""
    nothing = dict.fromkeys(("company", "location", "email", "hireable", "bio"))
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    return {
        **user(hub, account),
        **nothing,
        **counts,
        "name": account.name,
        "blog": "",
        "created_at": iso(account.created_at),
        "updated_at": iso(account.created_at),
    }


def permissions(role: Role) -> dict[str, bool]:
    """What a role may do, as GitHub lists it."""
    return {
        "admin": role >= Role.ADMIN,
        "maintain": role >= Role.MAINTAIN,
        "push": role >= Role.WRITE,
        "triage": role >= Role.TRIAGE,
        "pull": role >= Role.READ,
    }


def collaborator(hub: "Hub", account: User, role: Role) -> dict[str, Any]:
    """Schema `repository-collaborator-permission`."""
    described = {**user(hub, account), "permissions": permissions(role), "role_name": role.role_name}
    return {"permission": role.legacy_name, "role_name": role.role_name, "user": described}


def association(repository: Repository, account: User) -> str:
    """`author_association`: a display hint, never an authorization."""
    if account is repository.owner:
        return "OWNER"
    return "COLLABORATOR" if repository.is_collaborator(account) else "NONE"
