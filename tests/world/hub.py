"""What people do on the pretend GitHub, and what can be seen there: verbs for stories, over its control API."""

import asyncio
from typing import Any

import httpx

DEADLINE_SECONDS = 120.0


class People:
    """The people of a story, and what they see of one repository."""

    def __init__(self, url: str, repository: str) -> None:
        self.url = url
        self.repository = repository
        # The hub drops a connection that is idle for five seconds: never begin a request at that very moment.
        limits = httpx.Limits(keepalive_expiry=2)
        self.http = httpx.AsyncClient(base_url=url, timeout=90, trust_env=False, limits=limits)

    async def post(self, path: str, body: Any = None) -> Any:
        answer = await self.http.post(path, json=body)
        assert answer.is_success, f"{path} {body}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def get(self, path: str) -> Any:
        answer = await self.http.get(path)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def act(self, do: str, *, by: str = "ada", **what: Any) -> Any:
        return await self.post("/_hub/act", {"by": by, "do": do, "repository": self.repository, **what})

    async def open_issue(self, title: str, body: str = "Please.", *, by: str = "ada", **what: Any) -> int:
        return int((await self.act("open_issue", by=by, title=title, body=body, **what))["number"])

    async def label(self, number: int, label: str = "handoff", *, by: str = "ada") -> None:
        await self.act("label", by=by, number=number, label=label)

    async def unlabel(self, number: int, label: str = "handoff", *, by: str = "ada") -> None:
        await self.act("unlabel", by=by, number=number, label=label)

    async def state(self) -> dict[str, Any]:
        whole = await self.get(f"/_hub/state?repository={self.repository}")
        found: dict[str, Any] = whole["repositories"][self.repository]
        return found

    async def issue(self, number: int) -> dict[str, Any]:
        return _numbered((await self.state())["issues"])[number]

    async def pulls(self) -> list[dict[str, Any]]:
        return list(_numbered((await self.state())["pulls"]).values())

    async def comments(self, number: int) -> list[str]:
        return [comment["body"] for comment in (await self.issue(number))["comment_list"]]

    async def log(self) -> list[dict[str, Any]]:
        entries = await self.get("/_hub/log")
        return entries["entries"] if isinstance(entries, dict) else entries

    async def problems(self) -> list[Any]:
        entries = await self.get("/_hub/log?problems=1")
        return entries["entries"] if isinstance(entries, dict) else entries

    async def until(self, what: str, seen: Any, *, seconds: float = DEADLINE_SECONDS) -> Any:
        """Wait until `seen()` returns something true, and return that; the deadline is generous."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end:
            if found := await seen():
                return found
            await asyncio.sleep(0.1)
        raise AssertionError(f"waited in vain for {what}:\n{await self.conversation()}")

    async def conversation(self) -> str:
        """Everything that was said, for the message of a failing test."""
        state = await self.state()
        lines = []
        for number, issue in sorted(_numbered(state["issues"]).items()):
            lines.append(f"--- #{number} {issue['title']} {[label['name'] for label in issue['labels']]}")
            lines += [comment["body"] for comment in issue["comment_list"]]
        for number, pull in sorted(_numbered(state["pulls"]).items()):
            lines.append(f"--- pull #{number} {pull['title']} draft={pull['draft']} {pull['state']}")
            lines += [f"review: {review['body']}" for review in pull["reviews"]]
        return "\n".join(lines)


def _numbered(things: Any) -> dict[int, dict[str, Any]]:
    found = things.values() if isinstance(things, dict) else things
    return {int(thing["number"]): thing for thing in found}
