"""The receiver: verifies a delivery, records it, answers. It parses no JSON, asks no Redis and calls nobody.

A raw ASGI endpoint, because that is half as fast again as a route with parsed parameters, and because the
signature is over raw bytes. 202 means: on disk. Everything else means: GitHub, keep it, we have it not.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime

from starlette.types import Receive, Scope, Send

from app.domain.errors import TryAgain
from app.github.signature import verify
from app.web.answer import Answer
from app.web.envelope import GITHUB_BODY_BYTES, Envelope, open_envelope, too_large

Accept = Callable[[str, str, bytes, Mapping[str, str], datetime], Awaitable[bool]]
"""Store a delivery durably (guid, event, body, headers, received at); True when its GUID is new."""

BODY_SECONDS = 20.0
"""GitHub gives up after 10 s, GitHub Enterprise Server after 30; whoever is slower holds a connection hostage."""
STORING_SECONDS = 8.0
RETRY_AFTER_SECONDS = 30

STORED = Answer(202, "Stored.")
UNSIGNED = Answer(401, "The signature does not match.")
SLOW = Answer(408, "The body took too long to arrive.", {"Connection": "close"})
NOT_STORED = Answer(503, "It could not be stored just now.", {"Retry-After": str(RETRY_AFTER_SECONDS)})

logger = logging.getLogger(__name__)


class Webhook:
    """The endpoint. `answered` counts the answers by status since this process started."""

    def __init__(
        self,
        accept: Accept,
        nudge: Callable[[], None],
        *,
        secrets: Sequence[str],
        body_bytes_max: int,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        """Keep what is needed: where to store, whom to tell, which secrets count.

        Raises:
            ValueError: there is no secret, so that anybody could hand work over.
        """
        if not any(secrets):
            raise ValueError("a receiver without a secret would believe everybody")
        self._accept, self._nudge = accept, nudge
        self._secrets = tuple(secrets)
        self._body_bytes_max, self._body_seconds = body_bytes_max, body_seconds
        self.answered: Counter[int] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Receive one delivery."""
        envelope = open_envelope(scope["method"], scope["headers"], body_bytes_max=self._body_bytes_max)
        answer = envelope if isinstance(envelope, Answer) else await self._receive(envelope, receive)
        if answer is None:
            return  # the sender has gone; nobody is left to be answered
        self._note(answer, envelope)
        await answer(send)

    async def _receive(self, envelope: Envelope, receive: Receive) -> Answer | None:
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await read_body(receive, self._body_bytes_max)
        except TimeoutError:
            return SLOW
        except ConnectionError:
            return None
        if body is None:
            return too_large(self._body_bytes_max)
        if not verify(body, envelope.signature, self._secrets):
            return UNSIGNED
        return await self._store(envelope, body)

    async def _store(self, envelope: Envelope, body: bytes) -> Answer:
        received_at = datetime.now(UTC)
        try:
            async with asyncio.timeout(STORING_SECONDS):
                await self._accept(envelope.guid, envelope.event, body, envelope.headers, received_at)
        except (TimeoutError, TryAgain) as trouble:
            logger.error(  # noqa: TRY400 - the disk's or the database's trouble has no traceback of ours
                "A delivery could not be stored, GitHub is told so: %s",
                trouble or "it took too long",
                extra={"action": "webhook", "delivery": envelope.guid},
            )
            return NOT_STORED
        except Exception:
            logger.exception(
                "A delivery could not be stored, GitHub is told so.",
                extra={"action": "webhook", "delivery": envelope.guid},
            )
            return NOT_STORED
        self._nudge()
        return STORED

    def _note(self, answer: Answer, envelope: Envelope | Answer) -> None:
        """Count, and log refusals more and more rarely: anybody can cause one, and a log has an end."""
        self.answered[answer.status] += 1
        count = self.answered[answer.status]
        if 400 <= answer.status < 500 and count & (count - 1) == 0:
            logger.warning(
                "A delivery was refused with %d, the %d. time since the start: %s",
                answer.status,
                count,
                answer.sentence,
                extra={
                    "action": "webhook",
                    "status": answer.status,
                    "delivery": getattr(envelope, "guid", None),
                },
            )


async def read_body(receive: Receive, bytes_max: int) -> bytes | None:
    """Return the whole body, or None if it is larger than `bytes_max`.

    A body that is too large is read on, and forgotten, up to GitHub's own limit: who stops listening earlier
    cuts the connection, and GitHub's list of deliveries would not show our answer.

    Raises:
        ConnectionError: the sender went away.
    """
    chunks: list[bytes] = []
    size, more = 0, True
    while more and size <= max(bytes_max, GITHUB_BODY_BYTES):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the sender went away in the middle of the body")
        chunk, more = message.get("body", b""), message.get("more_body", False)
        size += len(chunk)
        if size <= bytes_max:
            chunks.append(chunk)
        else:
            chunks.clear()
    return b"".join(chunks) if size <= bytes_max else None
