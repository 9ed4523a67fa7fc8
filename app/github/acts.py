"""Names human acts, so that one act counts once by whatever roads it arrives. Nothing else."""

from datetime import datetime


def act_key(what: str, repository_id: int, number: int, at: datetime, *about: str) -> str:
    """Name one human act on an issue: the same by webhook, redelivery or poll, to GitHub's whole second.

    What several people can do within a second says in `about` who it was: making a draft ready, say, just after us.
    """
    return ":".join((what, str(repository_id), str(number), *about, str(int(at.timestamp()))))
