"""Starts processes in every way by which they could outlive it, and is gone. They never end by themselves."""

import ctypes
import os
import signal
import subprocess
import sys
import time


def stay():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    os.closerange(0, 256)
    while True:
        time.sleep(3)


def sleeper(before):
    if os.fork() == 0:
        before()
        stay()


def twice():
    os.setsid()
    if os.fork():
        os._exit(0)
    os.chdir("/")


sleeper(lambda: None)
sleeper(os.setsid)
sleeper(twice)
sleeper(lambda: ctypes.CDLL(None).prctl(36, 1))  # would take in the orphans
subprocess.Popen(["setsid", "sh", "-c", "trap '' TERM HUP; while :; do sleep 3; done"], close_fds=False)
subprocess.Popen(["nohup", "env", "-i", "sleep", "1000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
if "--kills" in sys.argv:  # whoever watches over us, where he is within reach
    os.kill(os.getppid(), signal.SIGKILL)
print("all of it was tried", flush=True)
os._exit(0)
