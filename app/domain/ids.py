"""Names of things: small frozen values and the ids derived from them. Nothing here is random.

Every id is derived from what it stands for, so that the same human act, arriving twice by two roads,
names the same job and the database can refuse the twin.
"""

import base64
import hashlib
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository as GitHub knows it: `id` survives renames, `owner/name` is how people say it."""

    id: int
    owner: str
    name: str
    installation_id: int

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever did something: a person or a bot. `id` is stable, `login` may be renamed."""

    login: str
    id: int
    is_bot: bool = False

    @property
    def is_owner(self) -> bool:
        """Whether it is whoever runs this Handoff: at its command line, or logged in by its link."""
        return self.id == 0 and not self.is_bot

    @property
    def called(self) -> str:
        """How we speak of them. Whoever sits at the command line has no account, and their name is not GitHub's."""
        return f"@{self.login}" if self.id else "whoever runs this Handoff"


NO_ISSUE = 0
"""The number of what concerns a repository as a whole; GitHub counts issues and pull requests from 1."""


def lane(repository_id: int, number: int) -> str:
    """Return the lane of an issue or pull request: facts of one lane are taken in one after the other."""
    return f"{repository_id}:{number}"


def job_id(act_key: str) -> str:
    """Return the id of the job that this human act opens: 12 characters, the same for the same act."""
    digest = hashlib.blake2b(act_key.encode(), digest_size=8).digest()
    return "j" + base64.b32encode(digest).decode().lower().rstrip("=")[:11]


def run_id(job: str, ordinal: int) -> str:
    """Return the id of a job's nth run, counted from 1."""
    return f"{job}.{ordinal}"


def branch(prefix: str, number: int, title: str, ordinal: int) -> str:
    """Return the branch of a job: `handoff/12-dates-are-parsed`, with `-2` for an issue's second job."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].rstrip("-") or "work"
    return f"{prefix}{number}-{slug}" + (f"-{ordinal}" if ordinal > 1 else "")
