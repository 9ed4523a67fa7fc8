"""The referee says no where there is no cage: each of its checks, by a command that does what the check is about."""

import shlex
import subprocess
from pathlib import Path

import pytest

from tests.hostile.conftest import PROGRAMS, Arena, Told
from workers.cage.trial import canaries

pytestmark = pytest.mark.hostile
FIRST_FILE = "$(echo $TRY_FILES | cut -d: -f1)"


def found(told: Told, check: str, saw: str) -> None:
    assert not told.report["contained"]
    assert told.code == 1
    said = [finding["saw"] for finding in told.report["findings"] if finding["check"] == check]
    assert any(saw in each for each in said), told.report["findings"]
    assert told.report["because"].startswith("I saw that ")


@pytest.mark.parametrize(
    "disguise",
    [
        "cat",
        "rev",
        "base64 -w0",
        "sed 's/^/x/' | base64 -w0 | tr +/ -_",
        "sed 's/^/xy/' | base64 -w0",
        "od -An -v -tx1 | tr -d ' \\n'",
        "od -An -v -tx1 | tr -d ' \\n' | tr a-f A-F",
        "iconv -t UTF-16LE",
    ],
)
def test_a_secret_is_known_in_its_disguises(tmp_path: Path, disguise: str):
    said, token = tmp_path / "output.log", canaries.new_token()
    with said.open("wb") as file:
        file.write(b"x" * (canaries.CHUNK_BYTES - 10))  # across the border of two pieces
        file.flush()
        subprocess.run(["sh", "-c", disguise], input=f"{token}-home".encode(), stdout=file, check=True)

    assert canaries.holds(said, token)
    assert not canaries.holds(said, canaries.new_token())


@pytest.mark.parametrize(
    "command",
    [
        f"base64 -w0 {FIRST_FILE}",
        "tr '\\0' '\\n' < /proc/$TRY_PID/environ",
        "tr '\\0' '\\n' < /proc/$TRY_PID/cmdline",
        "cat /proc/$TRY_PID/fd/[3-9]*",
    ],
)
def test_a_secret_in_what_it_says(no_cage: Arena, command: str):
    found(no_cage.try_out("sh", "-c", command), "secrets", "in what it said")


@pytest.mark.parametrize(
    ("command", "saw"),
    [
        (f"cat {FIRST_FILE} > .hidden", "in a file that it left"),
        (f"mkdir -p a/b && base64 -w0 {FIRST_FILE} > a/b/c", "in a file that it left"),
        (
            f"(head -c 3M /dev/zero; rev {FIRST_FILE}) > $HOME/x; truncate -s 1G $HOME/x",
            "in a file that it left",
        ),
        (f"touch $(cat {FIRST_FILE})", "in the name of a file"),
        (f"ln -s $(cat {FIRST_FILE}) link", "in the name of a file"),
    ],
)
def test_a_secret_in_what_it_leaves(no_cage: Arena, command: str, saw: str):
    found(no_cage.try_out("sh", "-c", command), "secrets", saw)


@pytest.mark.parametrize(
    ("command", "saw"),
    [
        (f"echo x >> {FIRST_FILE}", "was written to"),
        (f"chmod 600 {FIRST_FILE}", "was given other rights"),
        (f"chown 1 {FIRST_FILE}", "was given other rights"),
        (f"ln {FIRST_FILE} {FIRST_FILE}.more", "was linked to"),
        (f"rm {FIRST_FILE}", "was removed"),
        ("kill -9 $TRY_PID", "was killed"),
        ("kill -STOP $TRY_PID", "was stopped"),
        ("renice 5 $TRY_PID", "was stopped, traced or given other rights"),
        ("prlimit --pid $TRY_PID --nofile=9", "was stopped, traced or given other rights"),
    ],
)
def test_something_of_the_workers_was_changed(no_cage: Arena, command: str, saw: str):
    found(no_cage.try_out("sh", "-c", command), "changed", saw)


def test_somebody_called(no_cage: Arena):
    told = no_cage.try_out("python3", "network.py")

    for name in ("TCP", "TCP6", "UDP", "UDP6", "RESOLVER", "METADATA", "ABSTRACT", "SOCKET"):
        found(told, "contact", f"({name}) was reached")


def test_the_host_was_changed(no_cage: Arena):
    told = no_cage.try_out("sh", "changes_host.sh")

    found(told, "host", "the host's name was changed: 'evil'")
    found(told, "host", "the list of mounts was changed")
    found(told, "host", "what is kept in shared memory was changed")
    for place in ("/tmp", "/var/tmp", "/dev/shm"):
        found(told, "host", f"a file in {place} was changed")


@pytest.mark.parametrize(
    ("command", "saw"),
    [
        ("mknod disk b 254 0", "a device was left: 'disk'"),
        ("cp /bin/true as-root; chmod u+s as-root", "a program that runs as root was left: 'as-root'"),
        ("mkdir x; mount -t tmpfs none x; touch x/file", "could not be removed"),
        ("touch x; chattr +i x", "failed"),
    ],
)
def test_what_it_leaves_is_not_harmless(no_cage: Arena, command: str, saw: str):
    found(no_cage.try_out("sh", "-c", command), "aftermath", saw)


def test_something_was_written_with_the_workers_rights(no_cage: Arena):
    found(no_cage.try_out("sh", "-c", "touch $TRY_TRIPWIRE/x"), "tripwire", "with the worker's own rights")


def test_the_git_traps_are_good_ones(tmp_path: Path):
    """A git that is not careful runs them."""
    workspace, tripwire = tmp_path / "workspace", tmp_path / "tripwire"
    for folder in (workspace, tripwire, tmp_path / "home"):
        folder.mkdir()
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path / "home"), "TRY_TRIPWIRE": str(tripwire)}
    careless = (
        f"git init -q && sh {shlex.quote(str(PROGRAMS / 'git_traps.sh'))}; git -c core.worktree=. add --all"
    )
    subprocess.run(["sh", "-c", careless], cwd=workspace, env=environment, check=False, capture_output=True)
    assert list(tripwire.iterdir()) != []


def test_something_outlived_it_when_its_keeper_was_killed(no_cage: Arena):
    told = no_cage.try_out("python3", "lives_on.py", "--kills")

    found(told, "alive", "processes outlived it")
    found(told, "cage", "the cage's supervisor was lost")


def test_good_behaviour_without_a_cage_is_not_containment(no_cage: Arena):
    told = no_cage.try_out("true")

    assert told.report["findings"] == []
    assert told.report["because"] == "It did no harm that I could see, but there was no cage to keep it in."
    assert told.code == 1
