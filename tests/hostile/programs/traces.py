"""Traces, signals, stops and steers processes that are not its own."""

import ctypes
import os
import resource
import signal

from attack import LIBC, PID, attempt, call, done, works

PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206
buffer = ctypes.create_string_buffer(4096)


class Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def read_memory(pid):
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            if "[stack]" in line:
                begin = int(line.split("-")[0], 16)
                mine, its = Vector(ctypes.addressof(buffer), 4096), Vector(begin, 4096)
                return LIBC.process_vm_readv(pid, ctypes.byref(mine), 1, ctypes.byref(its), 1, 0) > 0
    return False


def steal(pid):
    handle = os.pidfd_open(pid)
    if not call(438, handle, 0, 0):
        raise OSError


TRACED = {PID, 1}  # the first process of a cage has rights and limits that are not ours
for pid in TRACED:
    attempt(f"seized {pid}", lambda pid=pid: LIBC.ptrace(PTRACE_SEIZE, pid, None, None) == 0)
    attempt(f"read the memory of {pid}", lambda pid=pid: read_memory(pid))
    works(f"opened the memory of {pid}", lambda pid=pid: open(f"/proc/{pid}/mem", "r+b"))
    works(f"took a descriptor of {pid}", lambda pid=pid: steal(pid))
    attempt(f"looked into {pid}", lambda pid=pid: os.listdir(f"/proc/{pid}/fd/.") and os.readlink(f"/proc/{pid}/root"))

works(f"limited {PID}", lambda: resource.prlimit(PID, resource.RLIMIT_NOFILE, (7, 7)))
works(f"slowed {PID}", lambda: os.setpriority(os.PRIO_PROCESS, PID, 19))
works(f"bound {PID}", lambda: os.sched_setaffinity(PID, {0}))
for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
    works(f"signalled {PID}", lambda number=number: os.kill(PID, number))
works("raised its priority", lambda: os.setpriority(os.PRIO_PROCESS, 0, -10))
works("became a real-time process", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10)))
for limit in (resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_DATA):
    hard = resource.getrlimit(limit)[1]
    if hard == resource.RLIM_INFINITY:
        continue
    works(f"raised limit {limit}", lambda limit=limit, hard=hard: resource.setrlimit(limit, (hard + 1, hard + 1)))
signal.signal(signal.SIGTERM, signal.SIG_IGN)
works("killed the first process", lambda: (os.kill(1, signal.SIGKILL), os.kill(1, 0), 1 / 0))
if os.getpid() < 1000:  # in a namespace of its own
    for number in (signal.SIGTERM, signal.SIGSTOP):
        attempt("signalled everybody", lambda number=number: os.kill(-1, number))
done()
