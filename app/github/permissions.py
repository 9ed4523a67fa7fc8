"""What each stage may do: the permission sets that tokens are narrowed to, and what the App asks for in all.

https://docs.github.com/rest/authentication/permissions-required-for-github-apps
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

READ: Final[Mapping[str, str]] = MappingProxyType(
    {"metadata": "read", "contents": "read", "issues": "read", "pull_requests": "read", "checks": "read"}
)
"""Look things up and clone."""

PUBLISH: Final[Mapping[str, str]] = MappingProxyType(
    {"metadata": "read", "contents": "write", "pull_requests": "write"}
)
"""Push the branch, open the pull request, take it out of draft."""

REPORT: Final[Mapping[str, str]] = MappingProxyType(
    {"metadata": "read", "issues": "write", "pull_requests": "write", "checks": "write"}
)
"""Say things: comments, reactions, labels, reviews, check runs."""

SURVEY: Final[Mapping[str, str]] = MappingProxyType({"metadata": "read"})
"""See which repositories an installation covers: the one thing that is asked for all of them together."""

STAGES: Final = (READ, PUBLISH, REPORT)
_RANK = ("none", "read", "write", "admin")


def union(sets: tuple[Mapping[str, str], ...] = STAGES) -> dict[str, str]:
    """Return the strongest level of each permission: what the App as a whole must have."""
    strongest: dict[str, str] = {}
    for permissions in sets:
        for name, level in permissions.items():
            strongest[name] = max(level, strongest.get(name, "read"), key=_RANK.index)
    return strongest


def missing(wanted: Mapping[str, str], held: Mapping[str, str]) -> dict[str, str]:
    """Return what is wanted and not held, or held at a lower level."""
    return {
        name: level
        for name, level in wanted.items()
        if _RANK.index(held.get(name, "none")) < _RANK.index(level)
    }
