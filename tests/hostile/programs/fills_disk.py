"""Writes to the disk in one way until there is no more room for it."""

import os
import sys
import time

PIECE = b"x" * (4 * 1024 * 1024)
KIND = sys.argv[1]
print("begins", flush=True)
if KIND == "big":
    with open("big", "wb", buffering=0) as file:
        for _ in range(200):
            file.write(PIECE)
            time.sleep(0.05)
elif KIND == "deleted":
    held = []
    for number in range(200):
        held.append(open(f"deleted{number}", "wb", buffering=0))
        os.unlink(f"deleted{number}")
        held[-1].write(PIECE)
        time.sleep(0.05)
elif KIND == "small":
    for number in range(400_000):
        if number % 1000 == 0:
            os.mkdir(f"folder{number}")
            time.sleep(0.02)
        with open(f"folder{number - number % 1000}/{number}", "wb", buffering=0) as file:
            file.write(b"x" * 4096)
elif KIND == "sparse":
    with open("sparse", "wb", buffering=0) as file:
        file.truncate(2**36)
    time.sleep(3)
print("there was always more", flush=True)
