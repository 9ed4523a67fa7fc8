"""Uses up descriptors and inodes, writes to what it inherited, dumps core, speaks to a terminal, ends oddly."""

import os
import resource
import signal
import sys

from attack import attempt, works

ESCAPES = (b"\x1b]0;title\x07\x1b[2J\x1b[?1049h\x1b]52;c;ZXZpbA==\x07\x1b[6n\x1bP+q\x1b\\\x9b31m\x07\x00\x1b[21t"
           b"\x1b]8;;http://evil\x07click\x1b]8;;\x07\r\x1b[1A\x1b[2K")
for descriptor in range(3, 1024):
    attempt(f"inherited descriptor {descriptor}", lambda descriptor=descriptor: os.write(descriptor, b"x"))
    attempt(f"read descriptor {descriptor}", lambda descriptor=descriptor: os.read(descriptor, 10))
works("a terminal", lambda: os.open("/dev/tty", os.O_RDWR))
works("standard input is more than nothing", lambda: 1 // len(os.read(0, 1)))
print("all of it was tried", flush=True)
os.write(1, ESCAPES)
held = []
try:
    while len(held) < 100_000:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
for descriptor in held:
    os.close(descriptor)
try:
    for number in range(30_000):
        os.close(os.open(f"/tmp/inode{number}", os.O_CREAT | os.O_WRONLY))
except OSError:
    pass
if os.fork() == 0:
    resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE))
    os.abort()
os.wait()
match sys.argv[1]:
    case "closes":
        os.closerange(0, 3)
        os._exit(255)
    case "segfaults":
        os.kill(os.getpid(), signal.SIGSEGV)
    case "stops":
        os.kill(os.getpid(), signal.SIGSTOP)
