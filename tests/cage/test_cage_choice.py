"""Which sandbox is chosen, and what is said when there is none."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import BadConfiguration
from workers.cage.execute import execute
from workers.cage.offers import Offers, limited_by, look
from workers.cage.probe import choose
from workers.cage.spec import How, Identity
from workers.cage.supervise.places import places


async def test_the_best_sandbox_that_works_is_chosen_and_says_why():
    if shutil.which("bwrap") is None:
        pytest.skip("bwrap is not installed here")
    sandbox = await choose("auto")
    assert (sandbox.name, sandbox.reduced, sandbox.warning) == ("bubblewrap", False, "")
    assert sandbox.because.startswith("bubblewrap works here, ")


@pytest.mark.parametrize("name", ["bubblewrap", "unshare", "landlock", "none"])
def test_every_sandbox_says_what_keeps_each_limit(name):
    nothing = Offers(
        kernel="6.1", bubblewrap=None, user_namespaces=True, landlock=0, seccomp=True, cgroups={}
    )
    everything = replace(nothing, cgroups={"processes": "cgroup v2", "memory": "cgroup v2"})
    words = [
        [line.partition(": ")[0] for line in limited_by(name, offers)] for offers in (nothing, everything)
    ]
    assert words == [["processes", "memory", "disk", "system calls"]] * 2
    assert limited_by(name, everything)[1].startswith("memory: cgroup v2 (and what it has resident")
    assert limited_by(name, nothing)[1].startswith("memory: what it has resident")
    assert (limited_by(name, nothing)[0] == "processes: nothing") == (name == "none")


async def test_what_the_machine_offers_is_found_by_trying_and_leaves_nothing_behind():
    offers = await look()
    assert offers.kernel == os.uname().release
    assert offers.summary.startswith(f"Linux {offers.kernel}; ")
    assert (offers.bubblewrap is None) == (shutil.which("bwrap") is None)
    assert left_behind() == []


def left_behind():
    return [each for place in places() for each in Path(place.folder).glob("handoff-probe-*")]


async def test_a_setting_that_means_nothing_is_refused():
    with pytest.raises(
        BadConfiguration,
        match="HANDOFF_CAGE is 'chroot'; it can be auto, bubblewrap, unshare, landlock, docker or none",
    ):
        await choose("chroot")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can choose another user")
async def test_a_cage_never_runs_as_root():
    with pytest.raises(BadConfiguration, match="cannot be root"):
        await choose("auto", Identity(0, 0))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can choose another user")
async def test_a_cage_runs_as_the_user_that_was_configured(spec):
    ended = await execute(spec("id -u; id -g"), await choose("auto", Identity(48111, 48112)))
    assert ended.output_tail == b"48111\n48112\n"


def test_without_any_sandbox_there_is_a_sentence_naming_what_to_install(cage):
    hidden = "mount --bind /dev/null $(command -v bwrap); mount --bind /dev/null $(command -v setpriv)"
    plain = ["--user", "--map-current-user", "--keep-caps"] if os.geteuid() != 0 else []
    script = "import asyncio; from workers.cage.probe import choose; asyncio.run(choose('auto'))"
    run = subprocess.run(
        [
            "unshare",
            "--mount",
            *plain,
            "sh",
            "-c",
            f'{hidden}; exec "$@"',
            "sh",
            sys.executable,
            "-c",
            script,
        ],
        env={"PYTHONPATH": str(cage.folder / "code"), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    said = run.stderr.splitlines()[-1]
    assert said.startswith(
        "app.domain.errors.BadConfiguration: No sandbox works on this machine, so no agent is run."
    )
    assert "bubblewrap: bwrap: Permission denied (apt-get install bubblewrap)" in said
    assert "unshare: setpriv: Permission denied (apt-get install util-linux)" in said
    assert "HANDOFF_CAGE=none" in said


def test_a_root_that_may_not_give_files_away_is_told_so(cage):
    script = "import asyncio; from workers.cage.probe import choose; asyncio.run(choose('auto'))"
    run = subprocess.run(
        ["unshare", "--user", "--map-root-user", sys.executable, "-c", script],
        env={"PYTHONPATH": str(cage.folder / "code"), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "BadConfiguration: No sandbox works on this machine" in run.stderr.splitlines()[-1]
    assert "chown failed" in run.stderr.splitlines()[-1]


async def test_none_is_said_loudly_and_still_has_limits(spec, marked):
    sandbox = await choose("none")
    assert sandbox.reduced
    assert sandbox.warning.startswith("no cage: ")
    ended = await execute(
        spec(f"env | grep -c HANDOFF_; sleep {marked.seconds} & sleep {marked.seconds}", stall_seconds=0.5),
        sandbox,
    )
    assert (ended.how, ended.output_tail) == (How.STALLED, b"0\n")
    assert marked.alive() == []


async def test_none_ends_though_somebody_escaped_with_the_output(spec, marked):
    ended = await execute(spec(f"setsid sleep {marked.seconds} & echo done"), await choose("none"))
    assert (ended.how, ended.output_tail) == (How.EXITED, b"done\n")
    for pid in marked.alive():
        os.kill(pid, 9)
