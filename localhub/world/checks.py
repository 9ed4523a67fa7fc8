"""Check runs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from localhub.world.record import Record


@dataclass(slots=True, kw_only=True)
class CheckRun(Record):
    """One check run of an App on one commit."""

    prefix: ClassVar[str] = "CR"
    app_id: int
    suite_id: int
    name: str
    head_sha: str
    status: str = "queued"
    conclusion: str | None = None
    external_id: str = ""
    details_url: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    output: dict[str, str | None] = field(default_factory=dict)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, str]] = field(default_factory=list)
