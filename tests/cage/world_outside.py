"""The test's end of `outside.py`: starts that world, tells it what to be, and speaks to its filters as a cage would."""

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PUBLIC, NEIGHBOUR = "93.184.215.14", "93.184.215.99"


@dataclass
class Outside:
    """The world that `outside.py` is, and one filter at a time in it."""

    process: subprocess.Popen
    folder: Path
    number: int = 0
    path: str = ""

    def do(self, what: str, **order: Any) -> Any:
        self.process.stdin.write(json.dumps({"do": what, **order}) + "\n")
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline())
        assert "error" not in said, said
        return said["answer"]

    def name(self, name: str, *answers: list[str]) -> None:
        self.do("name", name=name, answers=list(answers))

    def filter(self, *allow: str, **options: Any) -> None:
        self.number += 1
        self.path = str(self.folder / f"egress{self.number}")
        self.do(
            "egress",
            path=self.path,
            allow=allow,
            **{"private": [], "forwards": [], "upstream": None, **options},
        )

    def connect(self, line: str = "proxy") -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(20)
        connection.connect(self.path)
        connection.sendall(f"{line}\n".encode())
        return connection

    def say(self, *lines: str, body: str = "") -> str:
        """Send one request, and return all that is answered."""
        with self.connect() as connection:
            connection.sendall("\r\n".join((*lines, "", body)).encode("latin-1"))
            return heard(connection)

    def get(self, url: str) -> str:
        return self.say(f"GET {url} HTTP/1.1", "Host: whatever.example")

    def tunnel(self, authority: str) -> tuple[socket.socket, str]:
        """Ask for a tunnel; return the connection and the first line of the answer."""
        connection = self.connect()
        connection.sendall(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
        said = b""
        while not said.endswith(b"\r\n\r\n") and (byte := connection.recv(1)):
            said += byte
        return connection, said.decode().partition("\r\n")[0]

    def asking(self, authority: str) -> str:
        """Ask for a tunnel, and return the first line of the answer alone."""
        connection, answer = self.tunnel(authority)
        connection.close()
        return answer

    def secure(self, authority: str, name: str | None) -> str:
        """Ask by TLS, for a name, through a tunnel; return the answer or what broke off."""
        connection, answer = self.tunnel(authority)
        if " 200 " not in answer:
            connection.close()
            return answer
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with connection:
            try:
                with context.wrap_socket(connection, server_hostname=name) as secure:
                    secure.sendall(
                        b"GET /secret HTTP/1.1\r\nHost: hidden.example\r\nConnection: close\r\n\r\n"
                    )
                    return heard(secure)
            except ssl.SSLError as error:
                return f"broken off: {error.reason}"

    @property
    def asked(self) -> list[str]:
        return self.do("log")["asked"]

    @property
    def seen(self) -> list[str]:
        return self.do("log")["seen"]

    @property
    def denied(self) -> list[dict[str, Any]]:
        return self.do("denied", path=self.path)


def heard(connection: socket.socket) -> str:
    said = b""
    while piece := connection.recv(65536):
        said += piece
    return said.decode()


@contextmanager
def opened() -> Iterator[Outside]:
    if shutil.which("ip") is None:
        pytest.skip("ip is not installed here")
    folder = Path(tempfile.mkdtemp(prefix="handoff-test-outside-"))
    certificate = folder / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(
        [*made, "-subj", "/CN=all", "-keyout", certificate, "-out", folder / "public.pem"],
        check=True,
        capture_output=True,
    )
    with certificate.open("a") as file:
        file.write((folder / "public.pem").read_text())
    user = [] if os.geteuid() == 0 else ["--user", "--map-current-user", "--keep-caps"]
    process = subprocess.Popen(
        [
            "unshare",
            *user,
            "--net",
            "--mount",
            sys.executable,
            Path(__file__).with_name("outside.py"),
            folder,
        ],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Outside(process, folder)
    finally:
        process.stdin.close()
        process.wait(timeout=20)
        process.stdout.close()
        shutil.rmtree(folder)
