"""Forks as fast as it can, and so do its children."""

import os
import time

print("begins", flush=True)
while True:
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)
