"""`python -m localhub --port N --data DIR [--seed FILE.json]`: prints {"url": …} once it listens; SIGTERM ends it."""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from localhub.seed import plant
from localhub.serve import running_hub


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="localhub", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 lets the system choose")
    parser.add_argument("--data", type=Path, required=True, help="folder for the git repositories")
    parser.add_argument(
        "--seed", type=Path, help="JSON: lists of control requests by path, see localhub/README.md"
    )
    return parser.parse_args()


async def _serve(port: int, data: Path, seed: dict[str, Any]) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, stopped.set)
    async with running_hub(data, port) as running:
        made = plant(running.hub, seed)
        sys.stdout.write(json.dumps({"url": running.url} | ({"made": made} if seed else {})) + "\n")
        sys.stdout.flush()
        await stopped.wait()


def main() -> None:
    """Run until told to stop."""
    given = _arguments()
    seed = {} if given.seed is None else json.loads(given.seed.read_text())
    asyncio.run(_serve(given.port, given.data, seed))


if __name__ == "__main__":
    main()
