"""What a token may do, and how a token is narrowed: GitHub's rules, exactly."""

from collections.abc import Mapping

from localhub.errors import Refusal, out_of_reach
from localhub.world.apps import Permissions

LEVELS = {"read": 1, "write": 2, "admin": 3}
KNOWN = frozenset({
    "actions", "administration", "attestations", "checks", "codespaces", "contents", "dependabot_secrets",
    "deployments", "discussions", "environments", "issues", "members", "merge_queues", "metadata",
    "organization_administration", "organization_hooks", "organization_projects", "packages", "pages",
    "pull_requests", "repository_hooks", "repository_projects", "secret_scanning_alerts", "secrets",
    "security_events", "single_file", "statuses", "vulnerability_alerts", "workflows",
})  # fmt: skip


def allows(permissions: Mapping[str, str], need: str) -> bool:
    """Whether permissions include a need such as `issues:write`."""
    name, _, level = need.partition(":")
    return LEVELS.get(permissions.get(name, ""), 0) >= LEVELS[level]


def require_any(permissions: Mapping[str, str], needs: tuple[str, ...]) -> None:
    """Raise Refusal 403 unless one of the needs is met; no needs, no refusal."""
    if needs and not any(allows(permissions, need) for need in needs):
        raise out_of_reach()


def check_known(permissions: Mapping[str, str]) -> None:
    """Raise Refusal 422 for a permission or a level that GitHub does not know."""
    for name, level in permissions.items():
        if name not in KNOWN:
            raise Refusal(422, f'Invalid request.\n\n"{name}" is not a permitted key.', [])
        if level not in LEVELS:
            raise Refusal(422, f'Invalid request.\n\n"{level}" is not a member of ["read", "write"].', [])


def narrow(granted: Permissions, asked: Mapping[str, str] | None) -> Permissions:
    """The permissions of a new token; `metadata: read` always comes along.

    Raises Refusal 422 when more is asked than was granted to the installation.
    """
    if not asked:
        return {**granted, "metadata": granted.get("metadata", "read")}
    check_known(asked)
    for name, level in asked.items():
        if name != "metadata" and not allows(granted, f"{name}:{level}"):
            raise Refusal(422, "The permissions requested are not granted to this installation.", [])
    return {"metadata": "read", **asked}
