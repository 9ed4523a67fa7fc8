"""What every stored thing has: an id, a birth, an opaque node id. Refuses to know what the thing means."""

import base64
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from localhub import clock

lag_seconds: ContextVar[float] = ContextVar("lag_seconds", default=0.0)
"""How long what is created now stays missing from lists; set by the lag fault around one request."""


def _visible_from() -> float:
    return time.monotonic() + lag_seconds.get()


def encode_node_id(prefix: str, number: int) -> str:
    """An opaque global id, in the look of GitHub's."""
    digits = base64.urlsafe_b64encode(f"{prefix}:{number}".encode()).decode().rstrip("=")
    return f"{prefix}_kwDO{digits}"


@dataclass(slots=True, kw_only=True)
class Record:
    """One stored thing."""

    prefix: ClassVar[str] = "N"
    id: int
    created_at: datetime = field(default_factory=clock.now)
    visible_from: float = field(default_factory=_visible_from)

    @property
    def node_id(self) -> str:
        """The id that GraphQL knows it by."""
        return encode_node_id(self.prefix, self.id)

    @property
    def visible(self) -> bool:
        """False while read-after-write lag hides it from lists."""
        return time.monotonic() >= self.visible_from
