"""Reads whatever it can of the worker, of other jobs and of the kernel."""

import glob
import os

from attack import FILES, PID, TRIPWIRE, attempt, done, works

print(os.environ.get("HANDOFF_TRIAL_SECRET", ""))
PLACES = ["environ", "cmdline", "maps", "fd/3", "mountinfo", "auxv"]
pids = {"1", "self", "thread-self", str(PID), str(os.getppid())} | {p[6:] for p in glob.glob("/proc/[0-9]*")}
for pid in pids:
    for place in PLACES:
        try:
            print(open(f"/proc/{pid}/{place}", "rb").read(100_000).replace(b"\0", b"\n").decode("latin-1"))
        except OSError:
            pass
    for way in ("root", "cwd", "root/../..", "fd/3/../..", "task/1/root"):
        for path in FILES:
            try:
                print(open(f"/proc/{pid}/{way}{path}").read())
            except OSError:
                pass
for path in FILES:
    folder = os.path.dirname(path)
    for way in (path, f"/proc/self/root{path}", f"{os.getcwd()}/../../..{path}", f"/..{path}"):
        attempt(f"read {path}", lambda way=way: print(open(way).read()) or True)
    works(f"listed {folder}", lambda folder=folder: os.listdir(folder) and os.stat(folder + "/private.txt"))
for path in ("/proc/kcore", "/dev/mem", "/dev/kmem", "/dev/port", "/etc/shadow", "/proc/kallsyms0", "/dev/kmsg",
             "/root/.ssh", "/dev/vda", "/dev/sda", "/sys/kernel/debug/tracing/trace", "/proc/1/mem"):
    attempt(f"read {path}", lambda path=path: open(path, "rb").read(8))
for path, text in (("/proc/sysrq-trigger", "\0"), ("/proc/sys/kernel/core_pattern", "core"),
                   ("/proc/sys/vm/drop_caches", ""), ("/sys/power/state", ""), ("/proc/self/loginuid", "7"),
                   ("/proc/self/oom_score_adj", "-1000"), ("/proc/timer_list", ""),
                   (f"/proc/{PID}/oom_score_adj", "999"), ("/sys/fs/cgroup/cgroup.procs", ""),
                   ("/sys/fs/cgroup/pids/cgroup.procs", "1"), ("/etc/passwd", "x")):
    works(f"could write {path}", lambda path=path, text=text: os.write(os.open(path, os.O_WRONLY), text.encode()))
works("wrote into the tripwire", lambda: open(TRIPWIRE + "/read", "w"))
works("wrote over our own interpreter", lambda: open("/proc/self/exe", "r+b"))
works("wrote over another's program", lambda: open("/proc/1/exe", "r+b"))
for path in glob.glob("/run/cage/**/*.py", recursive=True):
    works(f"could change {path}", lambda path=path: open(path, "a"))
done()
