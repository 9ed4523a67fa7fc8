"""Leaves a workspace that is full of what others trip on. The argument says what becomes of .git."""

import os
import shutil
import socket
import subprocess
import sys

from attack import FILES, TRIPWIRE, done

KIND = sys.argv[1]


def quietly(act):
    try:
        act()
    except (OSError, ValueError):
        pass


def deep(levels, name):
    here = os.open(".", os.O_RDONLY)
    for _ in range(levels):
        try:
            os.mkdir(name)
            os.chdir(name)
        except OSError:
            break
    quietly(lambda: open("end", "w").write("deep"))
    os.fchdir(here)
    os.close(here)


def unix_socket(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)


shutil.rmtree(".git")
if KIND == "fifo":
    os.mkfifo(".git")
elif KIND == "link":
    os.symlink(TRIPWIRE, ".git")
elif KIND == "file":
    open(".git", "w").write(f"gitdir: {TRIPWIRE}\n")
elif KIND == "locked":
    os.mkdir(".git")
    os.chmod(".git", 0)

os.mkdir("many")
for number in range(20_000):
    os.close(os.open(f"many/{number}", os.O_CREAT | os.O_WRONLY))
if KIND != "file":
    deep(4096, "d" * 40)
    for name in (b"new\nline", b"\xff\xfe not text", b"-rf", b"--", b"a\ttab", b"\x1b[31mred", b":(glob)**", b" ", b"#", b"*",
                 b"x" * 255, b"CON", b"aux.txt", b"Case", b"case", b"end."):
        quietly(lambda name=name: os.close(os.open(name, os.O_CREAT | os.O_WRONLY)))
    os.mkfifo("pipe")
    os.mkfifo(".gitattributes")
    quietly(lambda: unix_socket("socket"))
    os.symlink("loop", "loop")
    os.symlink("/dev/zero", "endless")
    os.symlink("/proc/self/mem", "memory")
    os.symlink(FILES[0], "handoff.db")
with open("sparse", "wb") as hole:
    quietly(lambda: hole.truncate(2**40))
    quietly(lambda: hole.truncate(2**30))
shutil.copy("/bin/true", "setuid")
os.chmod("setuid", 0o6755)
quietly(lambda: os.mknod("device", 0o60666, os.makedev(254, 0)))
for path in ("unreadable", "locked"):
    os.mkdir(path)
    open(f"{path}/file", "w").write("x")
    os.chmod(path, 0)
os.mkdir("sticky")
os.chmod("sticky", 0o1777)
for words in (["chattr", "+i", "sparse"], ["chattr", "+a", "many"], ["setfacl", "-m", "u:0:---", "sparse"]):
    quietly(lambda words=words: subprocess.run(words, stderr=subprocess.DEVNULL, check=False))
quietly(lambda: os.setxattr("sparse", "user.evil", b"x" * 1000))
os.makedirs("nested/.GIT/objects", exist_ok=True)
done()
