"""Carries deliveries to the Apps, one after the other, ten seconds each, never twice by itself.

Like GitHub it does not retry; a lost delivery stays in the App's list until someone asks for it again.
"""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Coroutine, Mapping
from typing import Any

import httpx

from localhub.faults import Faults, Rule
from localhub.loopback import loopback_client
from localhub.world.apps import App, Delivery
from localhub.world.store import World

TIMEOUT_SECONDS = 10.0
REORDER_PATIENCE_SECONDS = 0.5
KEPT_DELIVERIES = 5_000


class Courier:
    """The queue of deliveries of one hub."""

    def __init__(self, faults: Faults, world: World) -> None:
        self._faults = faults
        self._world = world
        self._queue: asyncio.Queue[tuple[App, Delivery]] = asyncio.Queue()
        self._overtaken: list[tuple[App, Delivery]] = []
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: httpx.AsyncClient | None = None

    def post(self, app: App, delivery: Delivery) -> None:
        """Queue a delivery. Must be called inside the event loop."""
        app.deliveries.append(delivery)
        del app.deliveries[:-KEPT_DELIVERIES]
        self._open += 1
        self._idle.clear()
        if self._client is None:
            self._client = loopback_client(TIMEOUT_SECONDS)
            self._spawn(self._run())
        self._queue.put_nowait((app, delivery))

    def redeliver(self, app: App, delivery: Delivery) -> Delivery:
        """Send an old delivery again: same GUID, a record of its own."""
        again = Delivery(
            id=self._world.next_id("delivery"), guid=delivery.guid, event=delivery.event, action=delivery.action,
            installation_id=delivery.installation_id, repository_id=delivery.repository_id,
            url=app.webhook_url, payload=delivery.payload, redelivery=True,
        )  # fmt: skip
        self.post(app, again)
        return again

    async def idle(self, timeout_seconds: float) -> bool:
        """Wait until nothing is under way; False when that did not happen in time."""
        try:
            await asyncio.wait_for(self._idle.wait(), timeout_seconds)
        except TimeoutError:
            return False
        return True

    async def stop(self) -> None:
        """Stop sending; what is queued is lost."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _run(self) -> None:
        while True:
            app, delivery = await self._queue.get()
            rules = [] if delivery.redelivery else self._faults.for_delivery(delivery.event, delivery.action)
            await self._carry(app, delivery, {rule.kind: rule for rule in rules})

    async def _carry(self, app: App, delivery: Delivery, rules: Mapping[str, Rule]) -> None:
        if rule := rules.get("drop_delivery"):
            self._lose(app, delivery, recorded=rule.recorded)
        elif rule := rules.get("delay_delivery"):
            self._spawn(self._send_later(app, delivery, rule.seconds))
        elif "reorder_deliveries" in rules:
            self._overtaken.append((app, delivery))
            self._spawn(self._end_of_patience())
        else:
            duplicate = rules.get("duplicate_delivery")
            for _ in range(duplicate.copies if duplicate else 1):
                await self._send(app, delivery)
            self._done()
            await self._send_overtaken()

    async def _end_of_patience(self) -> None:
        await asyncio.sleep(REORDER_PATIENCE_SECONDS)
        await self._send_overtaken()

    async def _send_overtaken(self) -> None:
        while self._overtaken:
            await self._send(*self._overtaken.pop())
            self._done()

    async def _send_later(self, app: App, delivery: Delivery, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._send(app, delivery)
        self._done()

    def _lose(self, app: App, delivery: Delivery, *, recorded: bool) -> None:
        delivery.status, delivery.status_code = "failed to connect to host", 502
        if not recorded:
            app.deliveries.remove(delivery)
        self._done()

    async def _send(self, app: App, delivery: Delivery) -> None:
        assert self._client is not None
        body = json.dumps(delivery.payload).encode()
        delivery.request_headers = headers(app, delivery, body)
        started = time.monotonic()
        try:
            answer = await self._client.post(delivery.url, content=body, headers=delivery.request_headers)
        except httpx.TimeoutException:
            delivery.status, delivery.status_code = "timed out", 504
        except (httpx.HTTPError, httpx.InvalidURL):
            delivery.status, delivery.status_code = "failed to connect to host", 502
        else:
            delivery.status = "OK" if answer.is_success else f"Invalid HTTP Response: {answer.status_code}"
            delivery.status_code = answer.status_code
            delivery.response_headers, delivery.response_body = dict(answer.headers), answer.text
        delivery.duration = round(time.monotonic() - started, 2)

    def _done(self) -> None:
        self._open -= 1
        if self._open == 0:
            self._idle.set()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def headers(app: App, delivery: Delivery, body: bytes) -> dict[str, str]:
    """The headers of a delivery; signed with both digests while the App has a secret."""
    result = {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": f"GitHub-Hookshot/{uuid.uuid5(uuid.NAMESPACE_URL, app.slug).hex[:7]}",
        "X-GitHub-Delivery": delivery.guid,
        "X-GitHub-Event": delivery.event,
        "X-GitHub-Hook-ID": str(app.id),
        "X-GitHub-Hook-Installation-Target-ID": str(app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
    }
    if app.webhook_secret:
        key = app.webhook_secret.encode()
        result["X-Hub-Signature"] = f"sha1={hmac.new(key, body, hashlib.sha1).hexdigest()}"
        result["X-Hub-Signature-256"] = f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"
    return result
