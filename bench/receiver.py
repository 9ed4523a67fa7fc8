"""How many deliveries a second are received, on disk before they are answered, and how long one waits.

Measured is the whole web process as it runs in earnest: signature, SQLite with a flush to disk, the relay with
its Valkey. No worker listens, so that what is due piles up and is woken again and again: the bad day, not the
good one. The baseline is the same server around an application that reads the body and answers 202.
"""

import hashlib
import hmac
import json
import secrets
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.errors import Defect
from app.embedded.valkey import EmbeddedValkey
from bench import bare
from bench.effort import Effort
from bench.figures import Outcome, Spread, percentile, ratios, table
from bench.load import Sent, send
from bench.servers import listening

REQUESTS = 1000
CONNECTIONS = 32
BODY_BYTES = 6400
"""About what GitHub sends for a labelled issue with a short text."""


@dataclass(slots=True)
class _Rounds:
    """What the rounds against one server came to."""

    per_second: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)

    def add(self, sent: Sent) -> None:
        self.per_second.append(len(sent.latencies_ms) / sent.seconds)
        self.p50_ms.append(percentile(sent.latencies_ms, 50))
        self.p99_ms.append(percentile(sent.latencies_ms, 99))

    @property
    def cells(self) -> tuple[Spread, Spread, Spread]:
        return Spread.of(self.per_second), Spread.of(self.p50_ms), Spread.of(self.p99_ms)


async def measure(effort: Effort) -> Outcome:
    """Send the same deliveries to both servers in turns."""
    secret = secrets.token_hex(16)
    webhook, baseline = _Rounds(), _Rounds()
    async with AsyncExitStack() as ends:
        web = await _start_web(ends, effort.folder, secret)
        plain = await ends.enter_async_context(listening(bare.__file__, environment={}))
        for number in range(effort.rounds + 1):
            for port, rounds in ((web, webhook), (plain, baseline)):
                sent = await send(port, deliveries(effort.count(REQUESTS), secret), CONNECTIONS)
                _check(sent)
                if number:  # the one before the first warms up
                    rounds.add(sent)
    return _outcome(webhook, baseline)


async def _start_web(ends: AsyncExitStack, folder: Path, secret: str) -> int:
    valkey = EmbeddedValkey(folder / "valkey")
    await valkey.start()
    ends.push_async_callback(valkey.stop)
    environment = {
        "HANDOFF_DATA": str(folder),
        "HANDOFF_WEBHOOK_SECRET": secret,
        "HANDOFF_PORT": "0",
        "REDIS_URL": valkey.url,
    }
    return await ends.enter_async_context(listening("-m", "app.web", environment=environment))


def deliveries(count: int, secret: str) -> list[bytes]:
    """Return whole requests, alike but for their GUIDs: made before the clock starts."""
    issue = {"number": 12, "title": "Dates are parsed in local time", "body": ""}
    payload = {"action": "labeled", "issue": issue, "label": {"name": "handoff"}}
    issue["body"] = "x" * (BODY_BYTES - len(json.dumps(payload)))
    body = json.dumps(payload).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    head = (
        "POST /webhooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-GitHub-Event: issues\r\nX-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n"
    )
    return [f"{head}X-GitHub-Delivery: {uuid.uuid4()}\r\n\r\n".encode() + body for _ in range(count)]


def _check(sent: Sent) -> None:
    if set(sent.statuses) != {202}:
        raise Defect(f"not every delivery was taken, so there is nothing to compare: {sent.statuses}")


def _outcome(webhook: _Rounds, baseline: _Rounds) -> Outcome:
    ratio = ratios(webhook.per_second, baseline.per_second)
    rows = (("stored, then 202", (*webhook.cells, ratio)), ("bare 202", (*baseline.cells, 1)))
    per_second, p50_ms, p99_ms = webhook.cells
    return Outcome(
        table(f"receiver, {CONNECTIONS} connections", ("requests/s", "p50 ms", "p99 ms", "ratio"), rows),
        {
            "ratio_to_bare": ratio.middle,
            "requests_per_second": per_second.middle,
            "bare_requests_per_second": baseline.cells[0].middle,
            "p50_ms": p50_ms.middle,
            "p99_ms": p99_ms.middle,
        },
    )
