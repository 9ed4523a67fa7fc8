"""How the referee judges what it saw, as values."""

from dataclasses import replace
from pathlib import Path

import pytest

from workers.cage.spec import MIB, Exit, How, Limits, Peak
from workers.cage.trial import host
from workers.cage.trial.descent import Process, family, parsed
from workers.cage.trial.limits import is_counted, limits_held
from workers.cage.trial.verdict import Check, Finding, judge

LIMITS = Limits(
    processes=10, memory_bytes=100 * MIB, disk_bytes=100 * MIB, output_bytes=MIB, timeout_seconds=5
)
ENDED = Exit(how=How.EXITED, code=0, seconds=1, output_tail=b"", output_bytes=0, output_path=Path("/nowhere"))
NOTHING = {"processes": 1, "memory_bytes": 0, "disk_bytes": 0, "left_bytes": 0}


def of(pid: int, parent: int, state: str = "S") -> Process:
    return Process(pid=pid, parent=parent, name="x", state=state, threads=1, started=0, resident_bytes=0)


def test_one_finding_is_enough_and_a_few_are_told():
    findings = [Finding(Check.HOST, f"thing {number} was changed") for number in range(5)]

    assert judge(findings[:1], How.EXITED, contains=True).because == "I saw that thing 0 was changed."
    assert judge(findings, How.EXITED, contains=True).because.endswith("thing 2 was changed; and 2 more.")
    assert not judge(findings[:1], How.EXITED, contains=True).contained
    assert judge([], How.EXITED, contains=True).contained
    assert not judge([], How.EXITED, contains=False).contained
    assert not judge([], How.NOT_STARTED, contains=True).contained


@pytest.mark.parametrize(
    ("ended", "seen", "output", "saw"),
    [
        (ENDED, {"processes": 40}, 0, "40 processes ran, where 10 are allowed"),
        (replace(ENDED, peak=Peak(processes=40)), {}, 0, "40 processes ran"),
        (ENDED, {"memory_bytes": 200 * MIB}, 0, f"{200 * MIB} bytes of memory were taken"),
        (replace(ENDED, peak=Peak(memory_bytes=200 * MIB)), {}, 0, f"{200 * MIB} bytes of memory were taken"),
        (ENDED, {"left_bytes": 200 * MIB}, 0, f"{200 * MIB} bytes were written"),
        (replace(ENDED, peak=Peak(disk_bytes=200 * MIB)), {}, 0, f"{200 * MIB} bytes were written"),
        (ENDED, {}, MIB + 1, "bytes of output were kept"),
        (replace(ENDED, seconds=60), {}, 0, "it took 60 seconds, where 5 are allowed"),
    ],
)
def test_a_limit_that_was_passed_is_found(ended: Exit, seen: dict[str, int], output: int, saw: str):
    assert limits_held(LIMITS, ENDED, NOTHING, 0, counted=True) == []
    (found,) = limits_held(LIMITS, ended, NOTHING | seen, output, counted=True)
    assert saw in found.saw


def test_what_is_only_looked_at_may_have_been_more_by_what_a_second_allows():
    ended = replace(ENDED, how=How.OUT_OF_MEMORY, peak=Peak(memory_bytes=600 * MIB))

    assert limits_held(LIMITS, ended, NOTHING, 0, counted=False) == []
    assert limits_held(LIMITS, ended, NOTHING, 0, counted=True) != []
    assert limits_held(LIMITS, replace(ended, how=How.EXITED), NOTHING, 0, counted=False) != []
    on_disk = replace(ENDED, how=How.DISK_FULL, peak=Peak(disk_bytes=600 * MIB))
    assert limits_held(LIMITS, on_disk, NOTHING, 0, counted=True) == []
    assert limits_held(LIMITS, replace(on_disk, how=How.EXITED), NOTHING, 0, counted=True) != []
    assert is_counted("memory", ("processes: none", "memory: cgroup v1 memory (and more)"))
    assert not is_counted("memory", ("processes: cgroup v1 pids", "memory: what it has resident"))


def test_a_family_is_all_who_descend_but_the_dead_and_the_spared():
    everybody = [of(1, 0), of(5, 1), of(6, 5), of(7, 6, "Z"), of(8, 5), of(9, 8), of(10, 1)]

    assert [each.pid for each in family({each.pid: each for each in everybody}, 5, {8})] == [6]


def test_a_process_may_be_called_what_it_likes():
    fields = "S 7 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 3 0 4242 1 5 0"
    process = parsed(f"12 (a) R (b) {fields}")

    assert (process.pid, process.name, process.state, process.parent) == (12, "a) R (b", "S", 7)
    assert (process.threads, process.started) == (3, 4242)


def test_the_host_may_lose_files_and_its_clock_a_second_and_nothing_else():
    before = {"the clock": "10.0", "a file in /tmp": "'a'\n'b'", "the list of mounts": "x\ny"}

    assert host.changed(before, {**before, "the clock": "11.0", "a file in /tmp": "'b'"}) == []
    assert [each.saw for each in host.changed(before, {**before, "the clock": "20.0"})] == [
        "the clock was changed: '20.0'"
    ]
    assert [each.saw for each in host.changed(before, {**before, "a file in /tmp": "'a'\n'b'\n'c'"})] == [
        "a file in /tmp was changed: \"'c'\""
    ]
    assert [each.saw for each in host.changed(before, {**before, "the list of mounts": "x"})] == [
        "the list of mounts was changed"
    ]
