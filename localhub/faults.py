"""The rules of misfortune: which request or delivery goes wrong, how, and how many times.

Only keeps and matches rules; the request pipeline and the courier carry them out.
"""

import itertools
import re
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

FaultKind = Literal[
    "drop_delivery", "duplicate_delivery", "reorder_deliveries", "delay_delivery",
    "error_after_commit", "error_before", "lag", "rate_limit", "expire_tokens", "reset_connection",
]  # fmt: skip
DELIVERY_KINDS = ("drop_delivery", "duplicate_delivery", "reorder_deliveries", "delay_delivery")


class Match(BaseModel):
    """What a rule applies to; what is absent matches everything."""

    model_config = ConfigDict(extra="forbid")
    method: str | None = None
    path_regex: str | None = None
    event: str | None = None
    action: str | None = None


class Rule(BaseModel):
    """One fault. `times` counts down; None means for ever."""

    model_config = ConfigDict(extra="forbid")
    id: int = 0
    kind: FaultKind
    match: Match = Field(default_factory=Match)
    times: int | None = 1
    seconds: float = 60
    status: int = 502
    limit: Literal["primary", "secondary"] = "primary"
    headers: bool = True
    retry_after: str | None = None
    copies: int = 2
    recorded: bool = True
    taken: int = 0

    @property
    def spent(self) -> bool:
        """Whether it has happened as often as it should."""
        return self.times is not None and self.taken >= self.times

    def hits_request(self, method: str, path: str) -> bool:
        """Whether a request is meant."""
        wanted = self.match
        return (wanted.method is None or wanted.method.upper() == method) and (
            wanted.path_regex is None or re.search(wanted.path_regex, path) is not None
        )

    def hits_delivery(self, event: str, action: str | None) -> bool:
        """Whether a webhook delivery is meant."""
        wanted = self.match
        return wanted.event in (None, event) and wanted.action in (None, action)


class Faults:
    """The rules in force, in the order they were given."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._ids = itertools.count(1)

    def add(self, rule: Rule) -> Rule:
        """Put a rule in force."""
        rule.id = next(self._ids)
        self.rules.append(rule)
        return rule

    def clear(self, rule_id: int | None = None) -> None:
        """Lift one rule, or all."""
        self.rules = [rule for rule in self.rules if rule_id is not None and rule.id != rule_id]

    def for_request(self, method: str, path: str) -> list[Rule]:
        """The rules that hit this request; each is counted as taken."""
        return _taken(r for r in self.rules if r.kind not in DELIVERY_KINDS and r.hits_request(method, path))

    def for_delivery(self, event: str, action: str | None) -> list[Rule]:
        """The rules that hit this delivery; each is counted as taken."""
        return _taken(r for r in self.rules if r.kind in DELIVERY_KINDS and r.hits_delivery(event, action))


def _taken(candidates: Iterable[Rule]) -> list[Rule]:
    hits = [rule for rule in candidates if not rule.spent]
    for rule in hits:
        rule.taken += 1
    return hits
