"""The HTTP side of the model server: requests in, the next turn of the script out, faults on demand."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from localhub.model_server.scripts import Script, Turn, choose, turns_of
from localhub.model_server.wires import PROTOCOLS, Conversation, Json, Wire

BODY_BYTES_MAX = 64_000_000
HANG_SECONDS_MAX = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as the log keeps it. `key` is the credential it carried; `system` its system prompt, whole."""

    path: str
    key: str
    model: str
    tools: tuple[str, ...]
    system: str
    script: str
    turn: int
    status: int


class ModelServer:
    """The server, on a free port of 127.0.0.1 unless told otherwise; `log` holds every request so far."""

    def __init__(self, scripts: list[Script], *, port: int = 0) -> None:
        """Bind the port; raises OSError when it is taken."""
        self.scripts = scripts
        self.log: list[Asked] = []
        self.stopping = threading.Event()
        self._struck: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"model": self}))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, name="model-server", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()

    def serve(self) -> None:
        """Serve until the context ends."""
        self._http.serve_forever(poll_interval=0.05)

    def strikes(self, script: str, turn: Turn) -> bool:
        """Return whether this turn's fault strikes once more; counts it if so."""
        with self._lock:
            self._struck[script, turn.index] += 1
            return self._struck[script, turn.index] <= int(turn.fault.get("times", 1))


class _Handler(BaseHTTPRequestHandler):
    model: ModelServer
    timeout = 60

    def do_GET(self) -> None:
        if self.path == "/_log":
            self._json(200, [asdict(asked) for asked in self.model.log])
        else:
            self._json(404, {"error": "not found"})

    def do_HEAD(self) -> None:
        self._json(200, {})

    def do_POST(self) -> None:
        raw = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), BODY_BYTES_MAX))
        path = urlsplit(self.path).path
        if path.endswith("/count_tokens"):
            self._json(200, {"input_tokens": len(raw) // 4})
        elif path in PROTOCOLS:
            with suppress(BrokenPipeError, ConnectionResetError):  # a client that gave up is no news
                self._answer(PROTOCOLS[path], json.loads(raw), raw)
        else:
            self._json(404, {"error": f"no protocol at {path}"})

    def _answer(self, wire: Wire, body: Json, raw: bytes) -> None:
        conversation = wire.read(body)
        script, done = choose(self.model.scripts, conversation.prompts if conversation.tools else ())
        turns = turns_of(script, conversation.prompts)
        turn = turns[min(done, len(turns) - 1)]
        fault = turn.fault if turn.fault and self.model.strikes(script["name"], turn) else {}
        status = fault.get("status", 200)
        self._note(conversation, body, script["name"], turn.index, status)
        if fault.get("hang"):
            self.model.stopping.wait(HANG_SECONDS_MAX)
            return
        self.model.stopping.wait(turn.delay_seconds)
        if status != 200:
            self._json(status, wire.error(status), {"retry-after": fault.get("retry_after")})
            return
        usage = {"input_tokens": len(raw) // 4, "output_tokens": 20, **script.get("usage", {})}
        try:
            call = turn.call_of(conversation.tools)
        except LookupError as missing:
            turn, call = Turn(index=turn.index, text=f"I stop here: {missing}."), None
        reply = wire.reply(conversation, turn, call, usage)
        if conversation.stream:
            self._stream(wire.events(reply), drop=bool(fault.get("drop")))
        else:
            self._json(200, reply)

    def _note(self, conversation: Conversation, body: Json, script: str, turn: int, status: int) -> None:
        asked = Asked(
            path=self.path,
            key=self.headers.get("x-api-key") or self.headers.get("authorization") or "",
            model=conversation.model,
            tools=tuple(conversation.tools),
            system=json.dumps(body.get("system", "")),
            script=script,
            turn=turn,
            status=status,
        )
        self.model.log.append(asked)

    def _stream(self, events: Iterator[tuple[str, Json]], *, drop: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for name, event in events:
            if drop and name == "content_block_stop":
                return
            self.wfile.write(f"event: {name}\ndata: {json.dumps({'type': name, **event})}\n\n".encode())
            self.wfile.flush()

    def _json(self, status: int, document: Any, headers: Json | None = None) -> None:
        payload = json.dumps(document).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": len(payload),
            **(headers or {}),
        }.items():
            if value is not None:
                self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)

    def log_message(self, *_words: Any) -> None:
        """Stay silent; the log is for asking."""
