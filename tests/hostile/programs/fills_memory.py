"""Takes memory of one kind until there is none left for it."""

import ctypes
import mmap
import os
import sys

PIECE = 8 * 1024 * 1024
KIND, MARK = sys.argv[1], os.environ.get("TRY_MARK", "x")
print("begins", flush=True)
held = []
for number in range(200):
    if KIND == "anonymous":
        held.append(bytearray(os.urandom(1) * PIECE))
    elif KIND == "children":
        if os.fork() == 0:
            mine = bytearray(b"x" * PIECE)
            os.read(os.pipe()[0], 1)
    elif KIND == "mapped":
        piece = mmap.mmap(-1, PIECE)
        piece.write(b"x" * PIECE)
        held.append(piece)
    elif KIND == "named":
        with open(f"/dev/shm/{MARK}-{number}", "wb") as file:
            file.write(b"x" * PIECE)
    elif KIND == "scratch":
        with open(f"/tmp/{MARK}-{number}", "wb") as file:
            file.write(b"x" * PIECE)
    elif KIND == "unnamed":
        descriptor = os.memfd_create("held")
        os.write(descriptor, b"x" * PIECE)
        held.append(descriptor)
    elif KIND == "system-v":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.shmat.restype = ctypes.c_void_p
        segment = libc.shmget(0, PIECE, 0o1666)
        if segment < 0:
            raise OSError(ctypes.get_errno(), "shmget")
        ctypes.memset(libc.shmat(segment, None, 0), 120, PIECE)
print("there was always more", flush=True)
