"""The Landlock sandbox: what it keeps, as root and as a plain user, on a machine where nothing better can be had."""

import json
import os
import socket
import sys
from dataclasses import replace

import pytest

from app.domain.errors import BadConfiguration, Defect
from tests.cage.conftest import CAGES
from workers.cage import landlock
from workers.cage.inside.landlock import abi
from workers.cage.probe import choose
from workers.cage.spec import Forward, How, Identity, Network

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or abi() < landlock.ABI_SCOPES, reason="needs Landlock as of Linux 6.12"
)
WHO = dict.fromkeys(who for _, who in CAGES)
EVERYBODY = pytest.mark.parametrize("cage", [("landlock", who) for who in WHO], ids=WHO, indirect=True)
ASK = """
import ctypes, errno, json, os, signal, socket, sys
def attempt(action):
    try:
        action()
        return "done"
    except OSError as error:
        return errno.errorcode[error.errno]
def outside(words):
    return [int(each) for each in os.listdir("/proc") if each.isdecimal() and words in cmdline(each)]
def cmdline(pid):
    try:
        return open(f"/proc/{pid}/cmdline", "rb").read()
    except OSError:
        return b""
def connect(family, address, kind=socket.SOCK_STREAM, protocol=0):
    with socket.socket(family, kind, protocol) as to:
        to.connect(address)
"""


async def told(cage, questions, **spec):
    (cage.folder / "workspace" / "ask.py").write_text(f"{ASK}\nprint(json.dumps({questions}))")
    result = await cage.run("python3 ask.py", **spec)
    assert result.how == How.EXITED, result
    return json.loads(result.output)


@EVERYBODY
async def test_files_of_others_are_closed_and_the_workspace_is_not(cage):
    outside = cage.folder / "ledger.sqlite"
    outside.write_text("private")
    outside.chmod(0o666)
    other = cage.folder / "other"
    other.mkdir(mode=0o777)
    other.chmod(0o777)
    answers = await told(
        cage,
        f"""{{
            "reading": attempt(lambda: open("{outside}")),
            "writing": attempt(lambda: open("{outside}", "a")),
            "making": attempt(lambda: open("{other}/new", "w")),
            "removing": attempt(lambda: os.remove("{outside}")),
            "moving in": attempt(lambda: os.rename("{outside}", "mine")),
            "linking in": attempt(lambda: os.link("{outside}", "mine")),
            "listing": attempt(lambda: os.listdir("{other}")),
            "passwords": attempt(lambda: open("/etc/shadow")),
            "the folder of all": attempt(lambda: open("/tmp/handoff-was-here", "w")),
            "a device": attempt(lambda: os.mknod("disk", 0o60600, 254 << 8)),
            "the workspace": attempt(lambda: open("new", "w")),
            "home": attempt(lambda: open(os.environ["HOME"] + "/new", "w")),
            "scratch": attempt(lambda: open(os.environ["TMPDIR"] + "/new", "w")),
            "a program": attempt(lambda: open("/usr/bin/env", "rb")),
            "nothing": attempt(lambda: open("/dev/null", "r+b", 0)),
        }}""",
    )
    allowed = {"the workspace", "home", "scratch", "a program", "nothing"}
    assert {question for question, answer in answers.items() if answer == "done"} == allowed
    assert outside.read_text() == "private"
    assert (cage.folder / "workspace" / "new").stat().st_uid == cage.uid


@EVERYBODY
async def test_the_worker_can_neither_be_read_nor_signalled_nor_touched(cage):
    answers = await told(
        cage,
        f"""[{{
            "environment": attempt(lambda: open(f"/proc/{{each}}/environ")),
            "memory": attempt(lambda: open(f"/proc/{{each}}/mem")),
            "what is open": attempt(lambda: os.readlink(f"/proc/{{each}}/fd/0")),
            "an open file": attempt(lambda: open(f"/proc/{{each}}/fd/0", "rb")),
            "its folder": attempt(lambda: os.listdir(f"/proc/{{each}}/cwd/")),
            "death": attempt(lambda: os.kill(each, signal.SIGKILL)),
            "limits": attempt(lambda: __import__("resource").prlimit(each, 0, (1, 1))),
            "niceness": attempt(lambda: os.setpriority(os.PRIO_PROCESS, each, 19)),
            "processors": attempt(lambda: os.sched_setaffinity(each, {{0}})),
        }} for each in outside(b"{cage.folder}/code")]""",
    )
    assert len(answers) == 2, "the worker and the supervisor"
    for each in answers:
        assert [question for question, answer in each.items() if answer not in {"EPERM", "EACCES"}] == []


@EVERYBODY
async def test_the_network_is_the_ports_that_were_given_and_nothing_else(cage):
    with (
        socket.create_server(("127.0.0.1", 0)) as model,
        socket.create_server(("127.0.0.1", 0)) as other,
        socket.socket(socket.AF_UNIX) as door,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        given, closed = model.getsockname()[1], other.getsockname()[1]
        path = cage.folder / "door"
        door.bind(str(path))
        door.listen()
        path.chmod(0o777)
        abstract.bind(f"\0handoff-{os.getpid()}")
        abstract.listen()
        answers = await told(
            cage,
            f"""{{
                "the model": attempt(lambda: connect(2, ("127.0.0.1", {given}))),
                "another": attempt(lambda: connect(2, ("127.0.0.1", {closed}))),
                "the same by the other family": attempt(lambda: connect(10, ("::ffff:127.0.0.1", {closed}))),
                "datagrams": attempt(lambda: connect(2, ("127.0.0.1", {closed}), socket.SOCK_DGRAM)),
                "several paths": attempt(lambda: connect(2, ("127.0.0.1", {closed}), 1, 262)),
                "while sending": attempt(
                    lambda: socket.socket().sendto(b"x", 0x20000000, ("127.0.0.1", {closed}))
                ),
                "a door in the file system": attempt(lambda: connect(1, "{path}")),
                "a door without a place": attempt(lambda: connect(1, "\\0handoff-{os.getpid()}")),
                "listening": attempt(lambda: socket.create_server(("127.0.0.1", 0))),
                "a pair": attempt(lambda: socket.socketpair()),
            }}""",
            forwards=[{"port": given, "to_host": "127.0.0.1", "to_port": given}],
        )
    assert {question for question, answer in answers.items() if answer == "done"} == {"the model", "a pair"}
    assert set(answers.values()) == {"done", "EACCES", "EPERM"}


@EVERYBODY
async def test_there_are_no_rights_and_nobody_outlives_the_command(cage, marked):
    script = f"""
        grep -E '^(CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status
        (setsid sh -c "trap '' TERM HUP; sleep {marked.seconds} & sleep {marked.seconds}" &)
        nohup setsid sleep {marked.seconds} >/dev/null 2>&1 &
        sleep 0.3; echo done
    """
    result = await cage.run(script)
    lines = dict(line.split(":\t") for line in result.output.splitlines()[:-1])
    assert (lines["NoNewPrivs"], lines["Seccomp"]) == ("1", "2")
    assert {int(lines[name], 16) for name in ("CapEff", "CapPrm")} == {0}
    if cage.who == "root":
        assert int(lines["CapBnd"], 16) == 0
    assert result.output.endswith("done\n")
    assert marked.alive() == []


@EVERYBODY
async def test_git_and_compilers_still_work(cage):
    script = """
        git init -q repository && cd repository && git -c user.name=a -c user.email=b commit -q --allow-empty -m first
        git log --format=%s; python3 -c 'import subprocess; print(subprocess.check_output(["echo", "fine"]))'
    """
    assert (await cage.run(script)).output == "first\nb'fine\\n'\n"


async def test_it_is_chosen_by_name_alone_and_says_what_it_does_not_keep():
    chosen = await choose("landlock")
    assert (chosen.name, chosen.reduced, chosen.contains) == ("landlock", True, False)
    assert chosen.warning.startswith("a reduced cage: agents and checks are held by Landlock alone, because ")
    assert "RLIMIT_NPROC, counted together with all else that this user runs" in chosen.limited_by[0]


def test_the_warning_names_more_gaps_where_there_are_more():
    assert "end my other processes" in landlock.warning(4, None)
    assert "end my other processes" not in landlock.warning(6, None)
    assert "change modes and times of my own files" in landlock.warning(6, None)
    assert "my own files" not in landlock.warning(6, Identity())


def test_a_way_out_to_another_machine_is_refused(spec, folder):
    outward = Network(forwards=(Forward(port=8080, to_host="models.example", to_port=8080),))
    with pytest.raises(Defect, match=r"reaches only this machine, port for port, not models\.example:8080"):
        landlock.launch(replace(spec("true"), network=outward), None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user for its cages")
def test_folders_that_its_user_may_not_pass_through_are_named(spec, folder):
    closed = folder / "closed"
    (closed / "workspace").mkdir(parents=True)
    closed.chmod(0o700)
    with pytest.raises(BadConfiguration, match=f"has to pass through {closed}: run `chmod o.x {closed}`"):
        landlock.launch(replace(spec("true"), workspace=closed / "workspace"), Identity())
