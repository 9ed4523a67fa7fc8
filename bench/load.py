"""The sender of the receiver's benchmark: connections that are kept open, each sending its next request at once.

It costs as little as Python allows, because it shares the cores with the server that it measures.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import cast

from httptools import HttpResponseParser

ROUND_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a round: how long it took, how long each answer took, and how often which status came."""

    seconds: float
    latencies_ms: list[float]
    statuses: Counter[int]


async def send(port: int, requests: Sequence[bytes], connections: int) -> Sent:
    """Send all requests to a server on this machine and wait for the answers.

    Raises:
        TimeoutError: they did not all come within `ROUND_SECONDS`.
        ConnectionError: the server closed a connection.
    """
    loop, rest, sent = asyncio.get_running_loop(), iter(requests), Sent(0.0, [], Counter())
    senders = [
        (await loop.create_connection(lambda: _Sender(rest, sent), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    began = perf_counter()
    try:
        async with asyncio.timeout(ROUND_SECONDS):
            for sender in senders:
                sender.begin()
            await asyncio.gather(*(sender.finished for sender in senders))
    finally:
        for sender in senders:
            sender.close()
    return Sent(perf_counter() - began, sent.latencies_ms, sent.statuses)


class _Sender(asyncio.Protocol):
    """One connection: sends the next request when the last is answered, until there are no more."""

    def __init__(self, requests: Iterator[bytes], sent: Sent) -> None:
        self._requests, self._sent = requests, sent
        self._began = 0.0
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_exception(error or ConnectionError("the server closed the connection"))

    def begin(self) -> None:
        """Send the next request, if there is one."""
        request = next(self._requests, None)
        if request is None:
            self.finished.set_result(None)
            return
        self._parser = HttpResponseParser(self)
        self._began = perf_counter()
        self._transport.write(request)

    def on_message_complete(self) -> None:
        """Be the parser's callback for a whole answer."""
        self._sent.latencies_ms.append((perf_counter() - self._began) * 1000)
        self._sent.statuses[self._parser.get_status_code()] += 1
        asyncio.get_running_loop().call_soon(self.begin)  # not here: the parser is in the middle of its work

    def close(self) -> None:
        """Close the connection; an end that nobody waits for is no error."""
        self.finished.cancel()
        self._transport.close()
