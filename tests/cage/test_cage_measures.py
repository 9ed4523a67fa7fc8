"""What limits and measures a cage, each by itself: walks through trees, families of processes, cgroups."""

import itertools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from workers.cage.spec import MIB
from workers.cage.supervise import group, memory
from workers.cage.supervise.bounds import Bounds, prefix, reap
from workers.cage.supervise.controls import limit
from workers.cage.supervise.growth import ENTRY_BYTES, Walk
from workers.cage.supervise.measure import Measure
from workers.cage.supervise.places import places
from workers.cage.supervise.sweep import sweep
from workers.cage.supervise.tree import descendants, parent

ROOT = Path(__file__).parents[2]
ENDLESS = {"memory_bytes": 1 << 50, "disk_bytes": 1 << 50, "free_bytes": 0}


def test_a_walk_goes_to_the_end_of_any_tree_and_nowhere_else(in_memory):
    outside = in_memory / "outside"
    outside.mkdir()
    (outside / "big").write_bytes(bytes(50 * MIB))
    tree = in_memory / "tree"
    tree.mkdir()
    (tree / "link").symlink_to(outside)
    (tree / "closed").mkdir(mode=0o000)
    os.mkfifo(tree / "pipe")
    os.close(os.open(os.fsencode(tree) + b"/\xff\xfe\n", os.O_CREAT))
    here = os.open(tree, os.O_RDONLY)
    for _ in range(10_000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    with os.fdopen(os.open("deep", os.O_CREAT | os.O_WRONLY, dir_fd=here), "wb") as file:
        file.write(bytes(3 * MIB))
    os.close(here)
    before = len(list(Path("/proc/self/fd").iterdir()))
    walk = Walk([os.fspath(tree), os.fspath(in_memory / "missing")])
    while not walk.done:
        walk.go_on(0.001)
    assert 3 * MIB + 10_000 * ENTRY_BYTES <= walk.total_bytes < 50 * MIB
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.fixture
def in_memory():
    """A folder that many folders are quickly made in."""
    path = Path(
        tempfile.mkdtemp(prefix="handoff-test-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    )
    yield path
    subprocess.run(["rm", "-rf", path], check=True)


def test_a_walk_survives_a_tree_that_moves_under_it(tmp_path):
    path = tmp_path / "tree"
    for depth in range(200):
        path /= str(depth)
    path.mkdir(parents=True)
    before = len(list(Path("/proc/self/fd").iterdir()))
    walk = Walk([os.fspath(tmp_path / "tree")])
    for _ in range(150):
        walk.go_on(0)
    assert not walk.done
    (tmp_path / "tree" / "0" / "1" / "2").rename(tmp_path / "away")
    walk.go_on(60)
    assert walk.done
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_pages_that_a_family_shares_are_counted_once(running):
    first = running(
        "import os, time; held = bytearray(100 << 20); [os.fork() for _ in range(3)]; time.sleep(60)"
    )
    until(lambda: len(descendants(first)) == 7)
    measure = Measure(first, [], {**ENDLESS, "memory_bytes": 300 * MIB})
    assert measure.look(0) is None
    assert 100 * MIB <= measure.peak()["memory_bytes"] < 300 * MIB


def test_looking_at_what_processes_hold_open_or_share_ends_when_its_time_is_up(running):
    """A cage can have ten million open files: while one looked at them all, nobody could be asked to end it."""
    pid = running("import time; held = bytearray(64 << 20); time.sleep(60)")
    until(lambda: memory.resident([pid]) > 64 * MIB)
    assert len(memory.nameless(itertools.repeat(pid), 0.05)) <= 1
    assert memory.resident_exactly([pid] * 3, 0) == pytest.approx(memory.resident([pid] * 3), rel=0.1)


@pytest.mark.parametrize(
    ("given", "left"), [("90:200", "90 100"), ("200:200", "100 100"), ("50:60", "50 60")]
)
def test_a_command_cannot_hold_more_files_open_than_can_be_looked_at(given, left):
    script = (
        "import resource; from workers.cage.inside.rights import limit_open_files; limit_open_files(100);"
        "print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    asked = ["prlimit", f"--nofile={given}", sys.executable, "-c", script]
    told = subprocess.run(asked, capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == left


def test_a_sweep_ends_the_whole_family_and_nobody_else(running):
    stranger = running("import time; time.sleep(60)")
    root = running(
        "import ctypes, os, subprocess, time; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0);"
        "subprocess.run(['sh', '-c', '(setsid sh -c \"trap : TERM; while :; do sleep 0.01 & done\" &) &']);"
        "subprocess.Popen(['sleep', '60'], start_new_session=True);"
        "time.sleep(60)"
    )
    until(lambda: len(descendants(root)) >= 3)
    family = descendants(root)
    assert sweep(root) >= 2, "some of them are born and gone all the time"
    assert not [pid for pid in family if is_alive(pid)]
    assert is_alive(root)
    assert is_alive(stranger)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make cgroups in the root of a hierarchy")
def test_a_cgroup_counts_and_ends_all_that_is_born_in_it(running):
    usable = [place for place in places() if place.because is None]
    if not usable:
        pytest.skip("no cgroup may be made here")
    made = group.create(f"handoff-test-{os.getpid()}", processes=12, memory_bytes=1 << 40)
    assert made is not None
    pid = running(
        "import subprocess, sys; sys.stdin.read(1);[subprocess.Popen(['setsid', 'sleep', '60']) for _ in range(30)]"
    )
    try:
        assert made.add(pid)
        running.tell(pid)
        if "processes" in made.limits:
            until(lambda: not is_alive(pid))
            assert made.peak()["processes"] in {12, None}
        assert not made.out_of_memory()
        made.kill()
        assert not made._living()
    finally:
        made.kill()
        assert made.remove()
    assert not any(Path(place.folder, f"handoff-test-{os.getpid()}").exists() for place in usable)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make cgroups in the root of a hierarchy")
def test_groups_that_nobody_keeps_are_reaped_with_what_is_in_them(running):
    prefix = f"handoff-test-{os.getpid()}-"
    if group.create(f"{prefix}kept", 10, 1 << 40) is None:
        pytest.skip("no cgroup may be made here")
    left = group.create(f"{prefix}left", 10, 1 << 40)
    assert left is not None
    pid = running("import time; time.sleep(60)")
    left.add(pid)
    try:
        assert group.reap(prefix, lambda name: name.endswith("kept")) == [f"{prefix}left"]
        until(lambda: not is_alive(pid))
    finally:
        assert group.reap(prefix, lambda _: False) == [f"{prefix}kept"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make cgroups in the root of a hierarchy")
def test_what_a_supervisor_left_is_reaped_once_it_is_gone_and_not_before(running):
    supervisor, cage = running("import time; time.sleep(60)"), running("import time; time.sleep(60)")
    limits = {**ENDLESS, "processes": 10}
    bounds = Bounds(str(supervisor), cage, cage, [], limits)
    if bounds._group is None:
        pytest.skip("no cgroup may be made here")
    name = f"{prefix()}{supervisor}"
    assert name not in reap()
    assert is_alive(cage)
    running.end(supervisor)
    assert name in reap()
    until(lambda: not is_alive(cage))
    bounds.close()


def test_a_group_that_others_keep_is_left_alone_and_the_reason_is_told(tmp_path):
    hierarchy = pretend_hierarchy(tmp_path, "memory")
    (hierarchy / "someones").mkdir()
    (hierarchy / "someones" / "cgroup.procs").touch()
    found = places(
        *pretend_kernel(tmp_path, hierarchy, "4:memory:/someones", "cgroup - cgroup none rw,memory")
    )
    assert [place.limits for place in found] == [("memory",)]
    if os.geteuid() == 0:
        assert (
            found[0].because == f"{hierarchy}/someones was not delegated to us (with systemd: Delegate=yes)"
        )
        assert group.create("cage", 10, 1000, found) is None
    assert [each.name for each in (hierarchy / "someones").iterdir()] == ["cgroup.procs"]


def test_the_limits_of_memory_are_those_of_the_kernels_two_versions(tmp_path):
    """Only what is written where: no machine that we have lets us make a group for memory."""
    for version, names in (
        (1, ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")),
        (2, ("pids.max", "memory.max", "memory.swap.max", "memory.oom.group")),
    ):
        folder = tmp_path / str(version)
        folder.mkdir()
        for name in names:
            (folder / name).touch()
        assert limit(os.fspath(folder), version, memory=1000, processes=7 if version == 2 else None)
        assert {name: (folder / name).read_text() for name in names} == (
            dict.fromkeys(names, "1000")
            if version == 1
            else dict(zip(names, ("7", "1000", "0", "1"), strict=True))
        )
    (tmp_path / "2" / "memory.max").unlink()
    assert not limit(os.fspath(tmp_path / "2"), 2, memory=1000, processes=7)


def pretend_hierarchy(tmp_path, controllers):
    hierarchy = tmp_path / "hierarchy"
    hierarchy.mkdir()
    (hierarchy / "cgroup.procs").touch()
    return hierarchy


def pretend_kernel(tmp_path, hierarchy, own, mount):
    (tmp_path / "own").write_text(f"{own}\n")
    (tmp_path / "mounts").write_text(f"36 35 0:30 / {hierarchy} rw shared:9 {mount.partition(' ')[2]}\n")
    return os.fspath(tmp_path / "own"), os.fspath(tmp_path / "mounts")


def is_alive(pid):
    return parent(pid) is not None


def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def running():
    """Start Python programs of a line, and end them with all that is left of them."""
    started = {}

    def start(code):
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        started[process.pid] = process
        return process.pid

    def tell(pid):
        started[pid].communicate(b"x")

    def end(pid):
        started[pid].kill()
        started.pop(pid).communicate()

    start.tell, start.end = tell, end
    yield start
    for pid, process in started.items():
        sweep(pid)
        process.kill()
        process.communicate()
