"""Errors, sorted by who must act: a person, the queue, or us. Nothing here knows how they are told.

The docstring of each class is its default sentence, so `raise RepositoryEmpty` already speaks.
"""

from datetime import datetime


class HandoffError(Exception):
    """Something went wrong."""

    def __str__(self) -> str:
        """Return the message, or the class docstring when raised bare."""
        return super().__str__() or (type(self).__doc__ or "").strip()


class Refused(HandoffError):
    """I cannot do this until a person changes something."""


class NotAllowed(Refused):
    """Only people with write access to the repository can ask me that."""


class NotFound(Refused):
    """What I was asked about is gone, or I have no access to it."""


class BadConfiguration(Refused):
    """A setting is missing or wrong."""


class Conflict(Refused):
    """Somebody else changed this in the meantime, so I stopped rather than overwrite their work."""


class TryAgain(HandoffError):
    """This is not possible right now; the queue tries again later, quietly."""

    def __init__(
        self, message: str = "", *, after: datetime | None = None, after_seconds: float | None = None
    ) -> None:
        """Keep when to try again: `after` an instant if one is known, else `after_seconds` from now."""
        super().__init__(message)
        self.after = after
        self.after_seconds = after_seconds


class Unreachable(TryAgain):
    """The other side did not answer; what was asked may or may not have happened."""


class RateLimited(TryAgain):
    """A rate limit was reached; the request was not carried out."""


class Defect(HandoffError):
    """This is our mistake: it is logged with its traceback, and people get one sentence of apology."""
