"""What a hostile set-up leaves in the places of package managers: real trees, and nothing of theirs gets through."""

import os
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from app.domain.errors import Refused
from workers.checks.harvest import harvest, stays_within


@pytest.fixture
def pip(tmp_path: Path) -> Path:
    place = tmp_path / "home" / ".cache" / "pip"
    place.mkdir(parents=True)
    return place


def taken(home: Path, **limits: int) -> dict[str, str]:
    into = home.parent / "into"
    harvest(home, into, **limits)
    found = {}
    for path in sorted(into.rglob("*")):
        told = f"-> {path.readlink()}" if path.is_symlink() else oct(stat.S_IMODE(path.lstat().st_mode))
        found[str(path.relative_to(into))] = told
    return found


def test_only_the_places_of_package_managers_are_taken_and_everybody_may_read_them(pip: Path):
    home = pip.parents[1]
    (pip / "wheel").write_text("content")
    (pip / "wheel").chmod(0o400)
    (pip / "tool").write_text("#!/bin/sh")
    (pip / "tool").chmod(0o6755)
    (home / ".bashrc").write_text("evil")
    (home / ".cache" / "other").mkdir()

    assert taken(home) == {
        ".cache": "0o755",
        ".cache/pip": "0o755",
        ".cache/pip/tool": "0o755",
        ".cache/pip/wheel": "0o644",
    }


def test_links_stay_only_where_they_lead_to_something_of_their_own(pip: Path):
    (pip / "deep" / "er").mkdir(parents=True)
    (pip / "file").write_text("x")
    for name, target in {
        "out": "/etc/passwd",
        "up": "../../../secret",
        "deep/er/fine": "../../file",
        "deep/er/far": "../../../file",
        "deep/whole": f"{pip}/file",
        "back": "deep/er/../../../..",
    }.items():
        (pip / name).symlink_to(target)

    found = {name: told for name, told in taken(pip.parents[1]).items() if told.startswith("->")}

    assert found == {".cache/pip/deep/er/fine": "-> ../../file", ".cache/pip/deep/whole": "-> ../file"}


@pytest.mark.parametrize(
    ("target", "depth", "stays"),
    [
        ("a", 0, True),
        ("..", 0, False),
        ("../a", 1, True),
        ("../../a", 1, False),
        ("a/../..", 5, False),
        ("/a", 9, False),
    ],
)
def test_a_link_goes_up_at_most_to_its_root_and_then_only_down(target: str, depth: int, stays: bool):
    assert stays_within(target, depth) is stays


def test_pipes_sockets_and_devices_are_dropped(pip: Path):
    os.mkfifo(pip / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(pip / "socket"))
    if os.geteuid() == 0:
        os.mknod(pip / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    (pip / "file").write_text("x")

    assert list(taken(pip.parents[1])) == [".cache", ".cache/pip", ".cache/pip/file"]


def test_a_place_that_is_a_link_is_not_taken(pip: Path, tmp_path: Path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("private")
    (pip.parent / "uv").symlink_to(tmp_path / "secret")
    (pip.parents[1] / ".npm").symlink_to(tmp_path)

    assert "private" not in "".join(taken(pip.parents[1]))
    assert (tmp_path / "secret" / "key").exists()
    assert not (tmp_path / "into" / ".cache" / "uv").exists()


def test_too_much_is_not_kept_at_all(pip: Path):
    for number in range(9):
        (pip / str(number)).write_bytes(b"x" * 5000)
    with pytest.raises(Refused, match="more of it than is kept"):
        harvest(pip.parents[1], pip.parents[1].parent / "bytes", bytes_max=20_000)
    with pytest.raises(Refused, match="more of it than is kept"):
        harvest(pip.parents[1], pip.parents[1].parent / "files", files_max=5)


def test_a_tree_deeper_than_a_path_may_be_is_refused_not_walked_for_ever(pip: Path):
    here = os.open(pip, os.O_RDONLY)
    for _ in range(40):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)

    with pytest.raises(Refused, match="cannot be looked through"):
        harvest(pip.parents[1], pip.parents[1].parent / "into")
    subprocess.run(["rm", "-rf", pip], check=True)
