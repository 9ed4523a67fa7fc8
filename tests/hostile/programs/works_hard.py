"""Sixty at once, each of them at work, as an agent with many helpers would be."""

import hashlib
import os
import sys

COUNT = 60
pids = []
refused = 0
for number in range(COUNT):
    try:
        pid = os.fork()
    except OSError:
        refused += 1
        continue
    if pid == 0:
        digest = b""
        for _ in range(20_000):
            digest = hashlib.sha256(digest).digest()
        with open(f"worker{number}", "wb") as file:
            file.write(digest)
        os._exit(0)
    pids.append(pid)
for pid in pids:
    os.waitpid(pid, 0)
print(len([name for name in os.listdir() if name.startswith("worker")]), "worked,", refused, "were refused")
sys.exit(0)
