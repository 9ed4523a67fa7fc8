"""`python -m localhub.model_server --port 0 --scripts DIR`: serves until interrupted, its address on the first line."""

import argparse
import sys
from contextlib import suppress
from pathlib import Path

from localhub.model_server.scripts import load_scripts
from localhub.model_server.server import ModelServer


def main() -> None:
    """Serve the scripts of a folder; a missing folder is an empty one, and every answer says so."""
    parser = argparse.ArgumentParser(
        prog="localhub.model_server", description="A scripted model server on loopback."
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--scripts", type=Path, required=True, help="a folder of *.json")
    options = parser.parse_args()
    server = ModelServer(load_scripts(options.scripts), port=options.port)
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        server.serve()


if __name__ == "__main__":
    main()
