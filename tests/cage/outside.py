"""The internet in miniature, in a network namespace of its own: made-up public addresses, a nameserver, web servers.

Started as `unshare --net --mount … python outside.py FOLDER`; nothing it does can leave it. Orders are JSON lines on
standard input, answers JSON lines on standard output. Filters (`Egress`) that it starts listen on unix sockets, which
are found by their path from every network namespace.
"""

import http.server
import json
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

NETWORKS = ("93.184.215.0/24", "10.9.8.0/24", "169.254.169.254/32", "100.64.7.1/32", "2a00:1450::1/64")
ANSWERS: dict[str, list[list[str]]] = {}
ASKED: list[str] = []
SEEN: list[str] = []


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        SEEN.append(f"{self.connection.getsockname()[0]} {self.command} {self.path} {self.headers['Host']}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        reply = f"{self.headers['Host']} says hello to {self.path} {body.decode()}".rstrip().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    do_POST = do_GET  # noqa: N815 -- its name is the server's

    def log_message(self, *_: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass


def serve_web(port: int, certificate: Path | None) -> None:
    server = Server(("::", port), Web)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def serve_bytes(port: int) -> None:
    """Speaks first, as databases do, then says back what it hears."""
    server = socket.create_server(("", port))

    def attend() -> None:
        while True:
            connection, _ = server.accept()
            SEEN.append(f"{connection.getsockname()[0]} {port}")
            connection.sendall(b"220 hello\n")
            connection.sendall(connection.recv(1024))
            connection.close()

    threading.Thread(target=attend, daemon=True).start()


def serve_upstream(path: str, port: int) -> None:
    """Another filter, reached by TCP, plays the proxy of this machine."""
    server = socket.create_server(("127.0.0.1", port))

    def attend() -> None:
        while True:
            connection, _ = server.accept()
            to = socket.socket(socket.AF_UNIX)
            to.connect(path)
            to.sendall(b"proxy\n")
            for one, other in ((connection, to), (to, connection)):
                threading.Thread(target=copy, args=(one, other), daemon=True).start()

    threading.Thread(target=attend, daemon=True).start()


def copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


def serve_names() -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    while True:
        query, client = server.recvfrom(512)
        server.sendto(named(query), client)


def named(query: bytes) -> bytes:
    labels, at = [], 12
    while size := query[at]:
        labels.append(query[at + 1 : at + 1 + size].decode())
        at += 1 + size
    name, kind = ".".join(labels), query[at + 2]
    ASKED.append(f"{name} {'AAAA' if kind == 28 else 'A'}")
    rounds = ANSWERS.get(name)
    if rounds is None:
        return query[:2] + b"\x81\x83\0\1\0\0\0\0\0\0" + query[12 : at + 5]
    found = rounds[0]
    if kind == 28 and len(rounds) > 1:  # both kinds are one look-up
        rounds.pop(0)
    packed = [socket.inet_pton(socket.AF_INET6 if ":" in each else socket.AF_INET, each) for each in found]
    right = [each for each in packed if len(each) == (16 if kind == 28 else 4)]
    records = b"".join(
        b"\xc0\x0c\0" + bytes([kind]) + b"\0\1\0\0\0\0\0" + bytes([len(each)]) + each for each in right
    )
    counts = b"\0\1" + len(right).to_bytes(2, "big") + b"\0\0\0\0"
    return query[:2] + b"\x81\x80" + counts + query[12 : at + 5] + records


def build(folder: Path) -> None:
    for words in (
        ["link", "set", "lo", "up"],
        *(["addr", "add", each, "dev", "lo", *_quick(each)] for each in NETWORKS),
    ):
        subprocess.run(["ip", *words], check=True)
    for name, content in (
        ("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"),
        ("hosts", "127.0.0.1 localhost\n"),
        ("nsswitch.conf", "hosts: files dns\n"),
    ):
        (folder / name).write_text(content)
        subprocess.run(["mount", "--bind", folder / name, f"/etc/{name}"], check=True)


def _quick(network: str) -> list[str]:
    return ["nodad"] if ":" in network else []


def obey(order: dict) -> object:
    match order.pop("do"):
        case "name":
            ANSWERS[order["name"]] = order["answers"]
        case "log":
            return {"asked": list(ASKED), "seen": list(SEEN)}
        case "forget":
            ASKED.clear()
            SEEN.clear()
        case "egress":
            from workers.cage.supervise.egress import Egress, listen

            path = order.pop("path")
            EGRESSES[path] = Egress(listen(path), **order)
            EGRESSES[path].start()
        case "upstream":
            serve_upstream(order["path"], order["port"])
        case "denied":
            return EGRESSES[order["path"]].denied()
        case "close":
            EGRESSES.pop(order["path"]).close()
    return None


EGRESSES: dict = {}


def main() -> None:
    folder = Path(sys.argv[1])
    build(folder)
    threading.Thread(target=serve_names, daemon=True).start()
    serve_web(80, None)
    serve_web(443, folder / "certificate.pem")
    serve_web(8443, folder / "certificate.pem")
    serve_bytes(5432)
    for line in sys.stdin:
        try:
            answer = {"answer": obey(json.loads(line))}
        except Exception as error:  # noqa: BLE001 -- the test is told of it
            answer = {"error": repr(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
