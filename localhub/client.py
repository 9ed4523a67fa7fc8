"""A thin client of the control API, for tests and the demo. Async; raises ControlRefused with the hub's words."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from localhub.loopback import loopback_client

PATIENCE_SECONDS = 70.0


class ControlRefused(Exception):
    """The hub refused; `status` and the message say why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class HubControl:
    """The control API of the hub at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = loopback_client(PATIENCE_SECONDS, f"{url}/_hub")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None, **query: Any) -> Any:
        answer = await self._client.request(method, path, json=body, params=query)
        if answer.is_error:
            raise ControlRefused(answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def add_user(self, login: str, **more: Any) -> Any:
        """Create a person; the answer has a `token`."""
        return await self._ask("POST", "/users", {"login": login, **more})

    async def add_app(self, slug: str, **more: Any) -> Any:
        """Register an App: id, client_id, pem, bot_login, bot_id."""
        return await self._ask("POST", "/apps", {"slug": slug, **more})

    async def change_app(self, app_id: int, **change: Any) -> Any:
        """Change an App's hook, secret, permissions or events."""
        return await self._ask("PATCH", f"/apps/{app_id}", change)

    async def add_repository(self, full_name: str, *, from_path: Path | None = None, **more: Any) -> Any:
        """Create `owner/name`, empty or as a copy of a local repository."""
        owner, _, name = full_name.partition("/")
        source = {} if from_path is None else {"from_path": str(from_path)}
        return await self._ask("POST", "/repositories", {"owner": owner, "name": name, **source, **more})

    async def install(self, app: str, account: str, repositories: list[str] | None = None) -> Any:
        """Install an App on an account; None means on all its repositories."""
        asked = {"app": app, "account": account, "repositories": repositories}
        return await self._ask("POST", "/installations", asked)

    async def act(self, by: str, do: str, repository: str, **more: Any) -> Any:
        """Be a person; see the README for the verbs."""
        return await self._ask("POST", "/act", {"by": by, "do": do, "repository": repository, **more})

    async def state(self, repository: str | None = None) -> Any:
        """The world, or one repository's part of it."""
        if repository is None:
            return await self._ask("GET", "/state")
        whole = await self._ask("GET", "/state", repository=repository)
        return whole["repositories"][repository]

    async def log(self, *, problems: bool = False) -> Any:
        """Every request so far, or those that break GitHub's OpenAPI."""
        return await self._ask("GET", "/log", problems=int(problems))

    async def clear_log(self) -> None:
        """Forget the log."""
        await self._ask("DELETE", "/log")

    async def add_fault(self, kind: str, *, match: dict[str, Any] | None = None, **more: Any) -> Any:
        """Put a fault in force."""
        return await self._ask("POST", "/faults", {"kind": kind, "match": match or {}, **more})

    async def faults(self) -> Any:
        """The faults in force."""
        return await self._ask("GET", "/faults")

    async def clear_faults(self) -> None:
        """Lift all faults."""
        await self._ask("DELETE", "/faults")

    async def hold(self, path_regex: str, **more: Any) -> int:
        """Hold the nth matching request; returns the hold's id."""
        made = await self._ask("POST", "/hold", {"path_regex": path_regex, **more})
        return int(made["id"])

    async def held(self, hold_id: int, *, seconds: float = 30) -> Any:
        """Wait until the request is there; the answer has its `state`."""
        return await self._ask("GET", f"/hold/{hold_id}/wait", seconds=seconds)

    async def release(self, hold_id: int) -> Any:
        """Let the held request go on."""
        return await self._ask("POST", f"/hold/{hold_id}/release")

    async def drop(self, hold_id: int) -> Any:
        """Cut the held request's connection."""
        return await self._ask("POST", f"/hold/{hold_id}/drop")

    async def idle(self, *, seconds: float = 30) -> bool:
        """Wait until no delivery is under way."""
        answer = await self._ask("POST", "/idle", seconds=seconds)
        return bool(answer["idle"])

    async def reset(self) -> None:
        """Forget everything."""
        await self._ask("POST", "/reset")
