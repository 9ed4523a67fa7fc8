"""A scripted GitHub at the transport: it answers what a test says, and holds every request to the contract."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from app.domain.ids import Repository
from app.github.pacing import Rates
from localhub.contract import Contract

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROOT = "https://hub.test/api/v3"
FAST = Rates(writes_per_minute=10**6, creations_per_minute=10**6, creations_per_hour=10**6)
DATES = Repository(id=42, owner="ada", name="dates", installation_id=7)


@dataclass
class Clock:
    """A clock that tests move."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def pass_by(self, delta: timedelta) -> None:
        self.now += delta


Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class Script(httpx.AsyncBaseTransport):
    """Answers by method and path, first in first out; the last answer for a path stays."""

    answers: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    seen: list[httpx.Request] = field(default_factory=list)
    minted: int = 0

    def on(self, method: str, path: str, *answers: Answer) -> None:
        self.answers.setdefault((method, path), []).extend(answers)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        copy = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        self.seen.append(copy)
        path = request.url.raw_path.decode().split("?")[0].removeprefix("/api/v3")
        if path != "/api/graphql":
            body = json.loads(request.content) if request.content else None
            query = dict(request.url.params)
            assert Contract.load().request_problems(request.method, path, query, body) == []
        waiting = self.answers.get((request.method, path)) or [self._default(path)]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def _default(self, path: str) -> Answer:
        if path == "/app/installations/7/access_tokens":
            return self.grant
        return httpx.Response(
            404, json={"message": "Not Found", "documentation_url": "https://docs.github.com"}
        )

    def grant(self, request: httpx.Request) -> httpx.Response:
        """Grant what is asked, for an hour."""
        self.minted += 1
        asked = json.loads(request.content)
        return httpx.Response(201, json=token_answer(f"ghs_{self.minted:036d}", asked))

    def sent(self, method: str, path: str) -> list[Any]:
        """The JSON bodies sent to a path."""
        found = [r for r in self.seen if r.method == method and r.url.path.removeprefix("/api/v3") == path]
        return [json.loads(r.content) if r.content else None for r in found]


def token_answer(token: str, asked: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = {
        "token": token,
        "expires_at": (NOW + timedelta(hours=1)).isoformat().replace("+00:00", "Z"),
        "permissions": asked["permissions"],
        "repository_selection": "selected",
        "repositories": [{"id": 42, "name": name} for name in asked["repositories"]],
    }
    return answer | changes
