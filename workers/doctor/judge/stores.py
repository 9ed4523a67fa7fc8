"""Judges what keeps things: the database, which is the truth, and Redis, which only wakes workers."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ledger.condition import Condition
from workers.doctor.finding import Finding, problem, unknown, warning, well
from workers.doctor.judge.machine import NETWORK_FILESYSTEMS

REDIS_OLDEST = (6, 2)
ELSEWHERE = "Name a folder on a disk of this machine in HANDOFF_DATA, or use PostgreSQL (DATABASE_URL)."


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisSeen:
    """What a Redis or Valkey says of itself; a setting that it does not tell is None. `ours`: `handoff up` starts it."""

    ours: bool
    because: str | None = None
    name: str = "Redis"
    version: str = ""
    appendonly: str | None = None
    save: str | None = None
    memory_limit_bytes: int = 0
    eviction: str | None = None


def database(seen: Condition, filesystem: str | None) -> Iterator[Finding]:
    """Judge the database; `filesystem` is the kind that an SQLite file lies on, None where that is not known."""
    if seen.because is not None:
        yield problem(
            "database",
            f"The database cannot be reached: {seen.because}.",
            "Start it, or correct DATABASE_URL."
            if seen.file is None
            else f"See that I may read {seen.file}.",
        )
        return
    yield _schema(seen)
    if seen.file is not None and filesystem in NETWORK_FILESYSTEMS:
        yield problem(
            "database",
            f"The database lies on a network file system ({filesystem}), where SQLite loses data.",
            ELSEWHERE,
        )
    if seen.exists and seen.revision is not None:
        yield from _durable(seen)


def _schema(seen: Condition) -> Finding:
    if not seen.exists or seen.revision is None:
        return well("database", "There is no ledger yet; the first start makes it.")
    if not seen.known:
        return problem(
            "database",
            "The database was written by a newer Handoff than this one.",
            "Update this Handoff, or go back to the backup from before the update.",
        )
    kind = "PostgreSQL" if seen.file is None else "SQLite"
    if seen.revision != seen.newest:
        return well(
            "database", f"The database ({kind} {seen.version}) is brought up to date at the next start."
        )
    return well("database", f"The database ({kind} {seen.version}) is up to date.")


def _durable(seen: Condition) -> Iterator[Finding]:
    if seen.file is None and seen.durable != "on":
        yield problem(
            "database",
            "PostgreSQL runs with fsync off, so a power cut may destroy the ledger.",
            "Set fsync = on in postgresql.conf.",
        )
    if seen.file is not None and seen.durable != "wal":
        yield warning(
            "database",
            f"The database's journal is {seen.durable}, not WAL.",
            "Start Handoff once: it sets that. If it stays so, the file system cannot do it.",
        )


def redis(seen: RedisSeen) -> Iterator[Finding]:
    """Judge the Redis or Valkey that wakes workers."""
    if seen.because is not None:
        yield _away(seen)
        return
    yield _version(seen)
    if seen.appendonly is None and seen.save is None:
        yield unknown("queue", f"{seen.name} does not tell whether it keeps anything over a restart.")
    elif seen.appendonly != "yes" and not seen.save:
        yield warning(
            "queue",
            f"{seen.name} keeps nothing over a restart; no work is lost by that, but wake-ups come a minute late.",
            "Set `appendonly yes` in its configuration.",
        )
    if seen.memory_limit_bytes and seen.eviction not in {None, "noeviction"}:
        yield warning(
            "queue",
            f"{seen.name} throws things away when its memory is full ({seen.eviction}), wake-ups among them.",
            "Set `maxmemory-policy noeviction` in its configuration.",
        )


def _away(seen: RedisSeen) -> Finding:
    if seen.ours:
        return unknown("queue", "The embedded Valkey does not run now.", "`handoff up` starts it.")
    return problem(
        "queue",
        f"The queue cannot be reached: {seen.because}.",
        "Start it, or correct REDIS_URL; without REDIS_URL, `handoff up` brings a queue along.",
    )


def _version(seen: RedisSeen) -> Finding:
    parts = [int(part) for part in seen.version.split(".")[:2] if part.isdigit()]
    if parts and tuple(parts) < REDIS_OLDEST:
        oldest = ".".join(map(str, REDIS_OLDEST))
        return problem(
            "queue",
            f"{seen.name} is {seen.version}, and I need {oldest} or newer.",
            "Update it; without REDIS_URL, `handoff up` brings a queue along.",
        )
    return well("queue", f"{seen.name} {seen.version} answers.")
