"""Smart HTTP over `git http-backend`: real git, with GitHub's tokens at the door.

Reading needs contents:read, pushing contents:write; a change of a workflow needs workflows besides, which a
hook refuses in GitHub's sentence. Anonymous requests get 401, as git expects.
"""

import asyncio
from pathlib import Path
from urllib.parse import parse_qs

from localhub.auth import ANONYMOUS, Actor, identify
from localhub.errors import Refusal, not_found
from localhub.exchange import Exchange, Request, Served
from localhub.git.environment import clean_environment
from localhub.operations import pushes
from localhub.permissions import allows
from localhub.scene import Scene
from localhub.world.repositories import Repository

HOOKS = Path(__file__).parent / "hooks"
CHUNK_BYTES = 65_536
_SETTINGS = {
    "http.receivepack": "true",
    "receive.hideRefs": "refs/pull",
    "uploadpack.allowFilter": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "core.hooksPath": str(HOOKS),
}
_PLAIN = {"Content-Type": "text/plain"}


async def serve_git(request: Request) -> Served:
    """Answer one request of a git client."""
    owner, name, tail = request.exchange.path.lstrip("/").split("/", 2)
    repository = request.hub.world.repository(owner, name.removesuffix(".git"))
    writes = "git-receive-pack" in (tail, *parse_qs(request.exchange.query).get("service", ()))
    try:
        actor = identify(request.hub.world, request.exchange.headers.get("authorization"))
        request.entry.actor, request.entry.actor_name = actor.kind, actor.name
        _admit(actor, repository, writes=writes)
    except Refusal as refusal:
        asks = {"WWW-Authenticate": 'Basic realm="GitHub"'} if refusal.status == 401 else {}
        return Served(refusal.status, _PLAIN | asks, refusal.message.encode())
    assert repository is not None
    if tail == "git-receive-pack":
        return await _receive(request, repository, actor)
    return await _run(request, repository, tail, actor)


def _admit(actor: Actor, repository: Repository | None, *, writes: bool) -> None:
    if actor == ANONYMOUS:
        raise Refusal(401, "Authentication required.")
    if actor.kind == "app":
        raise Refusal(401, "Invalid username or token.")
    if repository is None or not actor.reaches(repository):
        raise not_found()
    permissions = actor.permissions(repository)
    if not allows(permissions, "contents:read"):
        raise not_found()
    if writes and not allows(permissions, "contents:write"):
        raise Refusal(403, f"Permission to {repository.full_name}.git denied to {actor.name}.")


async def _receive(request: Request, repository: Repository, actor: Actor) -> Served:
    """A push; what moved is told after git is done and before the client knows."""
    served = await _run(request, repository, "git-receive-pack", actor)
    assert actor.user is not None
    moved = pushes.settle(Scene(request.hub, repository, actor.user))
    request.entry.notes += [f"moved {ref}" for ref in moved]
    if f"refs/heads/{repository.default_branch}" in moved and actor.kind == "installation":
        request.entry.notes.append("an App pushed to the default branch")
    return served


async def _run(request: Request, repository: Repository, tail: str, actor: Actor) -> Served:
    process = await asyncio.create_subprocess_exec(
        "git", "http-backend",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env=_environment(request, repository, tail, actor),
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    feeding = asyncio.create_task(_feed(request, process.stdin))
    try:
        status, headers = await _head(process.stdout)
        served = await _answer(
            request.exchange, status, headers, process.stdout, streamed=tail == "git-upload-pack"
        )
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)
        if process.returncode is None and not process.stdout.at_eof():
            process.kill()
        await process.wait()
    return served


async def _answer(
    exchange: Exchange, status: int, headers: dict[str, str], stdout: asyncio.StreamReader, *, streamed: bool
) -> Served:
    """What git says: passed on as it comes for a fetch, kept together for a push."""
    if not streamed:
        return Served(status, headers, await stdout.read())
    await exchange.start(status, headers)
    while part := await stdout.read(CHUNK_BYTES):
        await exchange.send({"type": "http.response.body", "body": part, "more_body": True})
    await exchange.send({"type": "http.response.body", "body": b""})
    return Served(status, headers, streamed=True)


def _environment(request: Request, repository: Repository, tail: str, actor: Actor) -> dict[str, str]:
    exchange = request.exchange
    allowed = allows(actor.permissions(repository), "workflows:write")
    environment = clean_environment(_SETTINGS) | {
        "GIT_PROJECT_ROOT": str(repository.path),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{tail}",
        "REQUEST_METHOD": exchange.method,
        "QUERY_STRING": exchange.query,
        "CONTENT_TYPE": exchange.headers.get("content-type", ""),
        "REMOTE_USER": actor.name,
        "REMOTE_ADDR": "127.0.0.1",
        "LOCALHUB_WORKFLOWS": "allowed" if allowed else "refused",
        "LOCALHUB_SIGNED": " ".join(sorted(repository.signed_branches)),
    }
    for header, variable in (("git-protocol", "GIT_PROTOCOL"), ("content-encoding", "HTTP_CONTENT_ENCODING")):
        if header in exchange.headers:
            environment[variable] = exchange.headers[header]
    return environment


async def _feed(request: Request, stdin: asyncio.StreamWriter) -> None:
    more = True
    try:
        if request.body:
            stdin.write(request.body)
        while more and request.exchange.path.endswith("-pack"):
            message = await request.exchange.receive()
            stdin.write(message.get("body", b""))
            await stdin.drain()
            more = message["type"] == "http.request" and message.get("more_body", False)
    except (BrokenPipeError, ConnectionResetError):
        pass  # git has read enough; what it answers says why
    finally:
        stdin.close()


async def _head(stdout: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """The CGI head: a `Status` line if it is not 200, and headers."""
    status, headers = 200, {}
    while line := (await stdout.readline()).decode("latin-1").strip():
        name, _, value = line.partition(":")
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers[name] = value.strip()
    return status, headers
