"""The baseline of the receiver: reads a body and answers 202, in the same server with the same settings.

`python -m bench.bare` says its address as the web process does, and serves until a signal.
"""

import sys

import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

from app.web.listen import bind


async def app(_scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request. There is no lifespan to take part in."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"7")]
    await send({"type": "http.response.start", "status": 202, "headers": headers})
    await send({"type": "http.response.body", "body": b"Stored."})


def main() -> None:
    """Serve on a port that the system chooses."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )
    with bind("127.0.0.1", 0) as listener:
        print(f"Listening on http://127.0.0.1:{listener.getsockname()[1]}", file=sys.stderr, flush=True)  # noqa: T201
        uvloop.run(uvicorn.Server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main()
