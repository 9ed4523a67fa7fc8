"""The system calls that a cage refuses, made for real; and the programs that have to work without them."""

import json
import os
import re
import shutil
import struct
from pathlib import Path

import pytest

from tests.cage.conftest import CAGES
from workers.cage.inside.calls import ALONE, ALONE_OWN, DENIED, JUDGED
from workers.cage.inside.seccomp import program

IN_TWO = pytest.mark.parametrize("cage", [CAGES[0], CAGES[-1]], ids=["first", "last"], indirect=True)
"""The filter is the same everywhere: one sandbox as root and another as a plain user are enough."""
CALLS = """
import ctypes, errno, json, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(*words):
    result = libc.syscall(*words)
    return "fine" if result >= 0 else errno.errorcode[ctypes.get_errno()]
def open_socket(family, kind, protocol=0):
    try:
        socket.socket(family, kind, protocol).close()
        return "fine"
    except OSError as error:
        return errno.errorcode[error.errno]
"""
X86_64 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers here are those of x86_64")


async def told(cage, questions):
    (cage.folder / "workspace" / "ask.py").write_text(f"{CALLS}\nprint(json.dumps({questions}))")
    return json.loads((await cage.run("python3 ask.py")).output)


@X86_64
@IN_TWO
async def test_calls_that_no_program_needs_are_refused(cage):
    denied = {name: number for name, (number, _) in DENIED.items()}
    answers = await told(cage, f"{{name: call(number, 0, 0, 0, 0, 0) for name, number in {denied}.items()}}")
    assert answers == dict.fromkeys(DENIED, "EPERM")


@X86_64
@IN_TWO
async def test_what_a_call_asks_for_decides_where_some_programs_need_it(cage):
    answers = await told(
        cage,
        """{
            "keyring": call(250, 0, -3, 1),
            "a namespace for a user": call(272, 0x10000000),
            "a child in a network of its own": call(56, 0x40000000 | 17, 0, 0, 0, 0),
            "clone3": call(435, 0, 0),
            "typing into a terminal": call(16, 0, 0x5412, b"x"),
            "the same with its upper half set": call(16, 0, 0x5412 | 1 << 32, b"x"),
            "how one is run": call(135, 0xFFFFFFFF),
            "running what is only data": call(135, 0x400000),
            "a large shared segment": call(29, 0, 1 << 20, 0o1600),
            "one so large that it overflows": call(29, 0, 1 << 33, 0o1600),
            "a small one": call(29, 0, 4096, 0o1600),
            "open files apart from a thread's others": call(272, 0x400),
            "a call of another kind of program": call(0x40000000 | 39),
        }""",
    )
    assert answers == {
        "keyring": "EPERM",
        "a namespace for a user": "EPERM",
        "a child in a network of its own": "EPERM",
        "clone3": "ENOSYS",
        "typing into a terminal": "EPERM",
        "the same with its upper half set": "EPERM",
        "how one is run": "fine",
        "running what is only data": "EPERM",
        "a large shared segment": "EINVAL",
        "one so large that it overflows": "EINVAL",
        "a small one": "fine",
        "open files apart from a thread's others": "fine",
        "a call of another kind of program": "ENOSYS",
    }


@IN_TWO
async def test_sockets_lead_nowhere_but_to_the_network_of_the_cage(cage):
    answers = await told(
        cage,
        """{
            "unix": open_socket(1, 1), "tcp": open_socket(2, 1), "udp": open_socket(10, 2),
            "routes": open_socket(16, 3, 0), "audit": open_socket(16, 3, 9), "firewall": open_socket(16, 3, 12),
            "hypervisor": open_socket(40, 1), "packets": open_socket(17, 3), "kernel crypto": open_socket(38, 5),
        }""",
    )
    assert answers == {
        **dict.fromkeys(("unix", "tcp", "udp", "routes"), "fine"),
        **dict.fromkeys(("audit", "firewall"), "EPROTONOSUPPORT"),
        **dict.fromkeys(("hypervisor", "packets", "kernel crypto"), "EAFNOSUPPORT"),
    }


@X86_64
@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a compiler")
@IN_TWO
async def test_the_calls_of_32_bit_programs_are_no_way_round(cage):
    source = """
        #include <stdio.h>
        int main(void) {
            long answer;
            __asm__ volatile ("int $0x80" : "=a"(answer) : "a"(20L) : "memory");  /* getpid of 32-bit Linux */
            printf("%ld\\n", answer);
        }
    """
    (cage.folder / "workspace" / "old.c").write_text(source)
    assert (await cage.run("gcc old.c -o old && ./old")).output == "-38\n"


@IN_TWO
async def test_threads_processes_and_pools_work_under_the_filter(cage):
    script = """
import multiprocessing, os, subprocess, threading
if __name__ == "__main__":
    thread = threading.Thread(target=print, args=("thread",), kwargs={"flush": True})
    thread.start()
    thread.join()
    with multiprocessing.Pool(2) as pool:
        print(pool.map(abs, [-1, 2]), flush=True)
    subprocess.run(["git", "init", "--quiet", "repository"], check=True)
    print(os.path.isdir("repository/.git"))
"""
    (cage.folder / "workspace" / "work.py").write_text(script)
    assert (await cage.run("python3 work.py")).output == "thread\n[1, 2]\nTrue\n"


@IN_TWO
async def test_a_cage_gives_way_to_the_host(cage):
    assert (await cage.run("nice; cat /proc/self/oom_score_adj")).output == "10\n500\n"


def test_a_machine_without_a_filter_of_its_own_gets_no_cage():
    with pytest.raises(OSError, match="there is no filter for system calls on riscv64"):
        program("riscv64")


@pytest.mark.parametrize(("machine", "column"), [("x86_64", 0), ("aarch64", 1)])
@pytest.mark.parametrize("alone", [False, True])
def test_on_every_machine_the_filter_says_of_each_call_what_it_says_here(machine, column, alone):
    audited_as = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[machine]
    filter_ = program(machine, alone=alone)
    denied = {**DENIED, **(ALONE if alone else {})}
    for name, numbers in denied.items():
        if numbers[column] is not None:
            assert judge(filter_, numbers[column], audited_as) == errno_answer(1), name
    for harmless in {0, 1, 2, 3, 500} - {numbers[column] for numbers in {**denied, **JUDGED}.values()}:
        assert judge(filter_, harmless, audited_as) == ALLOWED
    assert judge(filter_, JUDGED["socket"][column], audited_as, 40) == errno_answer(97)
    assert judge(filter_, JUDGED["socket"][column], audited_as, 2, 1) == ALLOWED
    udp = judge(filter_, JUDGED["socket"][column], audited_as, 2, 2)
    assert udp == (errno_answer(13) if alone else ALLOWED)
    assert judge(filter_, JUDGED["clone"][column], audited_as, 0x10000011) == errno_answer(1)
    assert judge(filter_, JUDGED["clone"][column], audited_as, 0x11) == ALLOWED
    assert judge(filter_, 0, 0x40000003) == errno_answer(38)
    assert judge(filter_, ALONE_OWN["prlimit64"][column], audited_as, 4711) == (
        errno_answer(1) if alone else ALLOWED
    )


@pytest.mark.parametrize(
    ("header", "column"),
    [("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", 0), ("/usr/include/asm-generic/unistd.h", 1)],
)
def test_the_numbers_are_those_of_the_kernels_headers(header, column):
    if not Path(header).exists():
        pytest.skip(f"{header} is not here")
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)", Path(header).read_text()))
    calls = {**DENIED, **JUDGED, **ALONE, **ALONE_OWN}
    ours = {name: str(numbers[column]) for name, numbers in calls.items() if name in known}
    assert ours == {name: known[name] for name in ours}
    assert len(ours) >= len(calls) - 5


ALLOWED = 0x7FFF0000


def errno_answer(number):
    return 0x00050000 | number


def judge(filter_, number, audited_as, *arguments):
    """Run a filter as seccomp(2) describes it: a referee of our own, for machines that this is not."""
    data = struct.pack("<iIQ6Q", number, audited_as, 0, *arguments, *[0] * (6 - len(arguments)))
    steps = list(struct.iter_unpack("<HBBI", filter_))
    at = value = 0
    while True:
        code, if_true, if_false, operand = steps[at]
        at += 1
        match code:
            case 0x20:
                value = struct.unpack_from("<I", data, operand)[0]
            case 0x54:
                value &= operand
            case 0x15:
                at += if_true if value == operand else if_false
            case 0x25:
                at += if_true if value > operand else if_false
            case 0x45:
                at += if_true if value & operand else if_false
            case 0x06:
                return operand
            case _:
                raise AssertionError(code)
