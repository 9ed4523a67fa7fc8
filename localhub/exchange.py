"""One HTTP request on its way through the hub: read once, answered once, or cut off. Knows ASGI, not GitHub."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from localhub.hub import Hub
from localhub.log import Entry

BODY_LIMIT_BYTES = 30_000_000


class Exchange:
    """A request and the means to answer it."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.receive = receive
        self.send = send
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.raw_path: str = (
            scope.get("raw_path", scope["path"].encode()).decode("ascii", "replace").split("?")[0]
        )
        self.query: str = scope["query_string"].decode("ascii", "replace")
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}

    async def body(self) -> bytes:
        """The whole body."""
        parts: list[bytes] = []
        size = 0
        while size <= BODY_LIMIT_BYTES:
            message = await self.receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if message["type"] == "http.disconnect" or not message.get("more_body"):
                break
        return b"".join(parts)

    async def answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Send a whole answer."""
        await self.start(status, {**headers, "Content-Length": str(len(body))})
        await self.send({"type": "http.response.body", "body": body})

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the head of an answer whose body follows."""
        encoded = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
        ]
        message: Message = {"type": "http.response.start", "status": status, "headers": encoded}
        await self.send(message)

    async def cut(self) -> None:
        """Close the connection without an answer, as a broken network does."""
        transport: Any = getattr(getattr(self.send, "__self__", None), "transport", None)
        if transport is None:  # not under uvicorn: the nearest thing is an answer that never ends
            await self.start(200, {"Content-Length": "1"})
            return
        transport.abort()
        message = await self.receive()
        while message["type"] != "http.disconnect":
            message = await self.receive()


@dataclass(slots=True)
class Served:
    """A finished answer. `streamed` says that the work has sent it already."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    streamed: bool = False


@dataclass(slots=True)
class Request:
    """A request at work: what came, and where its story is written."""

    hub: Hub
    exchange: Exchange
    entry: Entry
    body: bytes
