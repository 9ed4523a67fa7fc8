"""Asks the kernel for what no build and no test needs."""

import ctypes
import fcntl
import os
import platform
import socket
import struct

from attack import LIBC, attempt, call, done, works

if platform.machine() == "x86_64":
    NUMBERS = dict(add_key=248, request_key=249, keyctl=250, bpf=321, userfaultfd=323, perf_event_open=298,
                   io_uring_setup=425, init_module=175, finit_module=313, delete_module=176, kexec_load=246,
                   open_by_handle_at=304, mount=165, umount2=166, pivot_root=155, unshare=272, setns=308,
                   clock_settime=227, settimeofday=164, adjtimex=159, swapon=167, reboot=169, syslog=103, acct=163,
                   quotactl=179, fsopen=430, open_tree=428, move_mount=429, mount_setattr=442, chroot=161,
                   sethostname=170, ioperm=173, iopl=172)
else:
    NUMBERS = dict(add_key=217, request_key=218, keyctl=219, bpf=280, userfaultfd=282, perf_event_open=241,
                   io_uring_setup=425, init_module=105, finit_module=273, delete_module=106, kexec_load=104,
                   open_by_handle_at=265, mount=40, umount2=39, pivot_root=41, unshare=97, setns=268,
                   clock_settime=112, settimeofday=170, adjtimex=171, swapon=224, reboot=142, syslog=116, acct=89,
                   quotactl=60, fsopen=430, open_tree=428, move_mount=429, mount_setattr=442, chroot=51,
                   sethostname=161)

memory = ctypes.create_string_buffer(4096)
address = ctypes.addressof(memory)
NEWUSER, NEWNS, NEWNET = 0x10000000, 0x20000, 0x40000000


def asks(name, *arguments):
    number = NUMBERS.get(name)
    if number is not None:
        attempt(name, lambda: call(number, *arguments), "OPEN")


asks("add_key", b"user", b"handoff", b"value", 5, -4)
asks("keyctl", 0, -3, 1)
asks("keyctl", 1, 0)
asks("request_key", b"user", b"handoff", 0, -4)
struct.pack_into("IIII", memory, 0, 2, 4, 4, 1)
asks("bpf", 0, address, 72)
asks("userfaultfd", 1)
ctypes.memset(address, 0, 128)
struct.pack_into("II", memory, 0, 1, 112)
asks("perf_event_open", address, 0, -1, -1, 0)
ctypes.memset(address, 0, 128)
asks("io_uring_setup", 4, address)
asks("init_module", address, 16, b"")
asks("delete_module", b"handoff", 0)
asks("open_by_handle_at", -100, address, 0)
asks("mount", b"none", b"/tmp", b"tmpfs", 0, 0)
asks("umount2", b"/tmp", 2)
asks("fsopen", b"tmpfs", 0)
asks("open_tree", -100, b"/tmp", 1)
asks("chroot", b"/tmp")
asks("sethostname", b"evil", 4)
asks("syslog", 3, address, 100)
asks("acct", 0)
asks("ioperm", 0x80, 1, 1)
asks("swapon", b"/tmp/x", 0)
# The clock is set to what it is, so that nothing happens where it may be set.
clock = (ctypes.c_long * 2)()
LIBC.clock_gettime(0, clock)
asks("clock_settime", 0, ctypes.addressof(clock))

for name, family, kind, protocol in (
    ("AF_VSOCK", 40, socket.SOCK_STREAM, 0), ("AF_ALG", 38, socket.SOCK_SEQPACKET, 0),
    ("AF_PACKET", 17, socket.SOCK_RAW, 0x300), ("AF_BLUETOOTH", 31, socket.SOCK_RAW, 1),
    ("AF_TIPC", 30, socket.SOCK_RDM, 0), ("AF_KEY", 15, socket.SOCK_RAW, 2), ("AF_XDP", 44, socket.SOCK_RAW, 0),
    ("a raw socket", socket.AF_INET, socket.SOCK_RAW, 1),
):
    works(name, lambda family=family, kind=kind, protocol=protocol: socket.socket(family, kind, protocol).close(), "OPEN")

for device in ("/dev/tty", "/dev/ptmx"):
    works(f"TIOCSTI at {device}", lambda device=device: fcntl.ioctl(os.open(device, os.O_RDWR), 0x5412, b"x"), "OPEN")
if os.fork() == 0:
    asks("unshare", NEWUSER | NEWNS | NEWNET)
    asks("mount", b"none", b"/usr", b"tmpfs", 0, 0)
    os._exit(0)
os.wait()
for name in ("null", "disk"):
    works(f"mknod {name}", lambda name=name: os.mknod(name, 0o60666, os.makedev(254, 0)))
    works(f"mknod /tmp/{name}", lambda name=name: os.mknod(f"/tmp/{name}", 0o20666, os.makedev(1, 1)))
for device in ("mem", "vda", "sda", "loop-control", "loop0", "kvm", "fuse", "net/tun", "vsock", "vhost-vsock", "nvram"):
    works(f"/dev/{device}", lambda device=device: os.close(os.open(f"/dev/{device}", os.O_RDONLY)))
done()
