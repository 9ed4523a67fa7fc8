"""People, bots and what they may do in a repository."""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar, Literal

from localhub.world.record import Record

UserType = Literal["User", "Bot", "Organization"]


class Role(IntEnum):
    """A collaborator's role; a higher one includes the lower ones."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5

    @classmethod
    def named(cls, name: str) -> "Role":
        """The role with GitHub's own name; raises KeyError."""
        return cls[name.upper()]

    @property
    def role_name(self) -> str:
        """`read`, `triage`, `write`, `maintain`, `admin` or `none`."""
        return self.name.lower()

    @property
    def legacy_name(self) -> str:
        """The `permission` field: triage is told as read, maintain as write."""
        return {Role.TRIAGE: "read", Role.MAINTAIN: "write"}.get(self, self.role_name)


@dataclass(slots=True, kw_only=True)
class User(Record):
    """An account: a person, an organization, or the bot of an App (`app_id` set)."""

    prefix: ClassVar[str] = "U"
    login: str
    name: str | None = None
    type: UserType = "User"
    app_id: int | None = None
    token: str = ""
