"""Judges every REST request and answer by GitHub's own OpenAPI, so that neither side can make things up.

Where GitHub's real answers are known to differ from its description, the difference is listed here.
"""

import re
from collections.abc import Mapping
from typing import Any

from localhub.contract import Contract
from localhub.exchange import Exchange

KNOWN_DIFFERENCES = (
    # A label made by putting it on an issue has no description; lists of pull requests deny that this exists.
    re.compile(r"^answer: (\d+/)?labels/\d+/description: None"),
)


class Judge:
    """The contract, loaded with the first request."""

    def __init__(self) -> None:
        self._contract: Contract | None = None

    def problems(
        self, exchange: Exchange, query: Mapping[str, str], asked: Any, status: int, answered: Any
    ) -> list[str]:
        """What is wrong with a request and with our answer."""
        if self._contract is None:
            self._contract = Contract.load()
        path, method = exchange.raw_path, exchange.method
        found = [f"request: {each}" for each in self._contract.request_problems(method, path, query, asked)]
        body = answered.decode(errors="replace") if isinstance(answered, bytes) else answered
        found += [f"answer: {each}" for each in self._contract.response_problems(method, path, status, body)]
        return [each for each in found if not any(known.search(each) for known in KNOWN_DIFFERENCES)]
