"""`python -m bench [--quick] [--folder FOLDER] [NAME …]`: each benchmark ends with one line of JSON."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from app.domain.errors import HandoffError
from bench import cage, ledger, many, queue, receiver
from bench.effort import Effort
from bench.figures import Outcome, summarized

BENCHMARKS: Mapping[str, Callable[[Effort], Awaitable[Outcome]]] = {
    "receiver": receiver.measure,
    "ledger": ledger.measure,
    "queue": queue.measure,
    "cage": cage.measure,
    "many": many.measure,
}
USUAL = tuple(name for name in BENCHMARKS if name != "many")
"""What is measured when nothing is named: not what keeps a small machine busy for minutes."""


def main() -> int:
    """Run the benchmarks that were asked for, one after the other; return 1 if one of them could not be."""
    asked, failed = _arguments(), False
    for name in asked.names or USUAL:
        try:
            outcome = _measured(name, asked.folder, quick=asked.quick)
        except (HandoffError, OSError) as trouble:
            sys.stderr.write(f"{name} could not be measured: {trouble or type(trouble).__name__}\n")
            failed = True
            continue
        sys.stdout.write(f"{outcome.table}\n{summarized(name, outcome.figures)}\n")
        sys.stdout.flush()
    return int(failed)


def _measured(name: str, within: Path | None, *, quick: bool) -> Outcome:
    # Servers that are ended leave sockets behind, and remove them when they get to it.
    with tempfile.TemporaryDirectory(
        prefix="handoff-bench-", dir=within, ignore_cleanup_errors=True
    ) as folder:
        return asyncio.run(_measure(name, Effort(folder=Path(folder).resolve(), quick=quick)))


async def _measure(name: str, effort: Effort) -> Outcome:
    return await BENCHMARKS[name](effort)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Figures to compare by, not to judge by.")
    names = ", ".join(BENCHMARKS)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"what to measure ({names}); default: all but many"
    )
    parser.add_argument("--quick", action="store_true", help="one tiny round, to see that everything works")
    parser.add_argument(
        "--folder", type=Path, help="where to write; the disk matters (default: as for any temporary file)"
    )
    asked = parser.parse_args()
    if unknown := sorted(set(asked.names) - set(BENCHMARKS)):
        parser.error(f"there is no {', '.join(unknown)}; there are {names}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
