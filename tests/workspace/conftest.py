"""Real repositories: an origin with a few commits, a mirror of it, and an origin served over HTTP with a password."""

import base64
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from workers.workspace.checkout import check_out
from workers.workspace.commit import Commit, commit_workspace
from workers.workspace.git import git
from workers.workspace.mirror import Mirror

TOKEN = "ghs_token-for-tests"
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{role}_NAME": "ada" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "ada@example.com" for role in ("AUTHOR", "COMMITTER")},
}


@dataclass(frozen=True)
class Origin:
    """A person's clone (`tree`) and the bare repository it is pushed to (`path`)."""

    path: Path
    tree: Path

    @property
    def url(self) -> str:
        return f"file://{self.path}"

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.tree, env=ENVIRONMENT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, files: dict[str, str | None], branch: str = "main") -> str:
        """Commit and push files by name (None removes one), and return the SHA."""
        for name, text in files.items():
            path = self.tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink() if text is None else path.write_text(text)
        self.run("add", "--all")
        self.run("commit", "--quiet", "--message", f"change {', '.join(files)}")
        self.run("push", "--quiet", "--force", str(self.path), f"HEAD:{branch}")
        return self.run("rev-parse", "HEAD")

    def head(self, branch: str) -> str:
        found = subprocess.run(
            ["git", "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}"],
            cwd=self.path, env=ENVIRONMENT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return found.stdout.strip()

    def refuse(self, message: str) -> None:
        """Make the repository refuse every push with a hook's message, as GitHub does."""
        hook = self.path / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\necho '{message}' >&2\nexit 1\n")
        hook.chmod(0o755)

    def refuse_ref(self, reason: str) -> None:
        """Make the repository refuse each ref with a reason of its own, as GitHub's server does."""
        subprocess.run(["git", "config", "receive.procReceiveRefs", "refs/heads"], cwd=self.path, check=True)
        hook = self.path / "hooks" / "proc-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!{sys.executable}\n{PROC_RECEIVE}\nanswer({reason!r})\n")
        hook.chmod(0o755)


# The protocol of gitprotocol: githooks(5), "proc-receive".
PROC_RECEIVE = """
import sys

def read():
    lines = []
    while (size := int(sys.stdin.buffer.read(4), 16)) > 4:
        lines.append(sys.stdin.buffer.read(size - 4))
    return lines

def write(*lines):
    for line in lines:
        sys.stdout.buffer.write(b"%04x" % (len(line) + 4) + line)
    sys.stdout.buffer.write(b"0000")
    sys.stdout.buffer.flush()

def answer(reason):
    read()
    write(b"version=1")
    write(*(b"ng %s %s" % (line.split()[2], reason.encode()) for line in read()))
"""


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    made = Origin(tmp_path / "origin.git", tmp_path / "person")
    for path, bare in ((made.path, ["--bare"]), (made.tree, [])):
        subprocess.run(
            ["git", "init", "--quiet", "--initial-branch=main", *bare, path], env=ENVIRONMENT, check=True
        )
    made.commit({"README.md": "hello\n", "src/dates.py": "def parse(text):\n    return text\n"})
    return made


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror.of(tmp_path / "data", "Acme", "Widgets")


@dataclass(frozen=True)
class Job:
    """A checkout of the origin's main, as an agent gets it, and how the host commits it."""

    mirror: Mirror
    base: str
    workspace: Path
    git_dir: Path
    canary: Path

    async def commit(self, base: str | None = None) -> Commit | None:
        return await commit_workspace(
            self.workspace,
            mirror=self.mirror,
            git_dir=self.git_dir,
            base_sha=base or self.base,
            message="Parse dates in UTC\n\nFixes #12\n",
            author_name="handoff[bot]",
            author_email="handoff@example.com",
            at=datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
        )

    async def files(self, sha: str) -> dict[str, bytes]:
        listed = (await git("ls-tree", "-r", "-z", sha, git_dir=self.git_dir)).decode().split("\0")[:-1]
        return {
            line.split("\t")[1]: await git(
                "cat-file", "blob", line.split("\t")[0].split(" ")[2], git_dir=self.git_dir
            )
            for line in listed
        }

    def agent(self, script: str) -> None:
        """Do in the workspace what an agent would; `$CANARY` is a file that must never come to be."""
        done = subprocess.run(
            ["sh", "-ec", script], cwd=self.workspace, env={**ENVIRONMENT, "CANARY": str(self.canary)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


@pytest.fixture
async def job(origin: Origin, mirror: Mirror, tmp_path: Path) -> Job:
    await mirror.fetch(origin.url, None)
    base = await mirror.head_of("main")
    workspace = await check_out(mirror, base, tmp_path / "run" / "workspace")
    return Job(mirror, base, workspace, tmp_path / "run" / "commit.git", tmp_path / "canary")


@dataclass
class Server:
    """`git http-backend` behind basic authentication; `asked` is every path with the password it came with."""

    url: str
    asked: list[tuple[str, str]] = field(default_factory=list)
    status: int = 0
    redirect: str = ""
    hold: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def server(origin: Origin) -> Iterator[Server]:
    subprocess.run(["git", "config", "http.receivepack", "true"], cwd=origin.path, check=True)
    yield from _served(origin.path.parent, "origin.git")


@pytest.fixture
def other_server(origin: Origin) -> Iterator[Server]:
    yield from _served(origin.path.parent, "origin.git")


def _served(root: Path, name: str) -> Iterator[Server]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"root": root}))
    server = Server(f"http://127.0.0.1:{http.server_port}/{name}")
    http.RequestHandlerClass.server_state = server
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    http.shutdown()
    thread.join()
    http.server_close()


class _Handler(BaseHTTPRequestHandler):
    root: Path
    server_state: Server

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(body)

    def _answer(self, body: bytes) -> None:
        state = self.server_state
        password = self._password()
        state.asked.append((self.path, password))
        if state.hold.is_set() and self.command == "POST":
            state.held.set()
            while self.rfile.read(1):
                pass
            return None
        if state.status:
            return self._send(state.status, [], b"no\n")
        if state.redirect:
            return self._send(302, [("Location", state.redirect + self.path)], b"")
        if password != TOKEN:
            return self._send(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
        path, _, query = self.path.partition("?")
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            check=False,
            env={
                **ENVIRONMENT,
                "GIT_PROJECT_ROOT": str(self.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "REMOTE_USER": "app",
                "REQUEST_METHOD": self.command,
                "PATH_INFO": urlsplit(path).path,
                "QUERY_STRING": query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            },
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().splitlines()]
        status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
        return self._send(status, [pair for pair in headers if pair[0] != "Status"], content)

    def _password(self) -> str:
        word = self.headers.get("Authorization", "").removeprefix("Basic ")
        return base64.b64decode(word).decode().partition(":")[2]

    def _send(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass
