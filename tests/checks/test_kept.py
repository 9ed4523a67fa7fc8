"""What is kept of dependencies on the disk, and what of it goes: real folders, real times."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workers.checks.kept import FAILED_FOR, failed_lately, lock_of, tidy_every
from workers.workspace.locks import locked

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def entry(folder: Path, key: str, *, size: int = 1, age: timedelta = timedelta()) -> Path:
    (folder / key / "home").mkdir(parents=True)
    about = folder / key / "about.json"
    about.write_text(json.dumps({"bytes": size}))
    used_at = (NOW - age).timestamp()
    os.utime(about, (used_at, used_at))
    return folder / key


async def test_in_every_repository_what_nobody_used_goes_and_what_is_too_much(tmp_path: Path):
    old = entry(tmp_path / "1", "old", age=timedelta(days=15))
    fresh = entry(tmp_path / "1", "fresh", age=timedelta(days=13))
    large = entry(tmp_path / "2", "large", size=4_000_000_000, age=timedelta(days=2))
    newer = entry(tmp_path / "2", "newer", size=2_000_000_000, age=timedelta(days=1))

    assert await tidy_every(tmp_path, NOW) == 2

    assert [path.exists() for path in (old, fresh, large, newer)] == [False, True, False, True]
    assert sorted(path.name for path in os.scandir(tmp_path / "1")) == ["fresh", "lock"]


async def test_where_somebody_fetches_at_this_moment_nothing_goes(tmp_path: Path):
    old = entry(tmp_path / "1", "old", age=timedelta(days=15))

    async with locked(lock_of(tmp_path / "1"), 1):
        assert await tidy_every(tmp_path, NOW) == 0

    assert old.exists()


async def test_nothing_to_tidy_is_fine(tmp_path: Path):
    assert await tidy_every(tmp_path / "caches", NOW) == 0


def test_a_failure_counts_for_a_while(tmp_path: Path):
    sign = tmp_path / "key.failed"
    assert not failed_lately(sign, NOW)
    sign.touch()
    os.utime(sign, (NOW.timestamp(),) * 2)
    assert failed_lately(sign, NOW + FAILED_FOR / 2)
    assert not failed_lately(sign, NOW + FAILED_FOR)
