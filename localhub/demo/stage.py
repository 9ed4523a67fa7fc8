"""Sets the stage on localhub: the App, a person, the repository and its issues. Only through the control API."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from localhub.demo.wishes import Wishes
from localhub.sample.build import make_sample

PERSON = "ada"
READER = "bert"
SLUG = "handoff"
LABEL = "handoff"
LEFT_TO_YOU = 1
"""How many issues are not handed over by Ada when the demo stays up, for whoever watches to do."""
SECRET = "a-secret-of-the-demo"  # noqa: S105 - it guards a pretend GitHub on this machine
MANIFEST = Path(__file__).parents[2] / "app.yml"


class HubError(Exception):
    """The pretend GitHub would not do something; the text says what and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What was set up: the App's identity, the repository, the issues Ada hands over, and those left to you."""

    url: str
    app: dict[str, Any]
    owner: str
    name: str
    issues: tuple[int, ...]
    left: tuple[int, ...] = ()
    token: str

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"


class Hub:
    """The control API of localhub, as far as the demo needs it."""

    def __init__(self, url: str) -> None:
        """Talk to the hub at `url`."""
        self.url = url
        self._client = httpx.AsyncClient(base_url=url, timeout=60, trust_env=False)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Ask for something to be done."""
        answer = await self._client.post(path, json=body)
        if answer.is_error:
            raise HubError(f"{path} {body} was answered {answer.status_code}: {answer.text}")
        return answer.json() if answer.content else None

    async def get(self, path: str, *, token: str | None = None) -> Any:
        """Look at something; with somebody's token, as that person."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await self._client.get(path, headers=headers)
        answer.raise_for_status()
        return answer.json()

    async def close(self) -> None:
        """Stop talking."""
        await self._client.aclose()


async def set_stage(hub: Hub, wishes: Wishes, folder: Path, webhook_url: str) -> Stage:
    """Register the App, make the person, the repository and the issues; nothing is labelled yet."""
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    app = await hub.post(
        "/_hub/apps",
        {
            "slug": SLUG,
            "name": "Handoff",
            "permissions": manifest["default_permissions"],
            "events": manifest["default_events"],
            "webhook_url": webhook_url,
            "webhook_secret": SECRET,
        },
    )
    source = wishes.repository
    if source is None:
        source = folder / "sample"
        make_sample(source)
    person = await hub.post("/_hub/users", {"login": PERSON, "name": "Ada"})
    await hub.post("/_hub/users", {"login": READER, "name": "Bert"})
    name = "timekeeper" if wishes.repository is None else source.name.removesuffix(".git")
    await hub.post(
        "/_hub/repositories",
        {
            "owner": PERSON,
            "name": name,
            "private": True,
            "from_path": str(source),
            "collaborators": {PERSON: "admin", READER: "read"},
            "install_app": SLUG,
        },
    )
    numbers = [await _open(hub, name, issue.title, issue.body) for issue in wishes.issues]
    handed = len(numbers) if wishes.once or len(numbers) == 1 else len(numbers) - LEFT_TO_YOU
    return Stage(
        url=hub.url, app=app, owner=PERSON, name=name, issues=tuple(numbers[:handed]), left=tuple(numbers[handed:]),
        token=person["token"],
    )  # fmt: skip


async def _open(hub: Hub, name: str, title: str, body: str) -> int:
    act = {"by": PERSON, "do": "open_issue", "repository": f"{PERSON}/{name}", "title": title, "body": body}
    return int((await hub.post("/_hub/act", act))["number"])


async def look(hub: Hub, stage: Stage) -> dict[str, Any]:
    """Return the repository as it is on GitHub now."""
    whole = await hub.get(f"/_hub/state?repository={stage.full_name}")
    found: dict[str, Any] = whole["repositories"][stage.full_name]
    return found


async def label_all(hub: Hub, stage: Stage) -> None:
    """Put the label on every issue that Ada hands over, one right after the other."""
    for number in stage.issues:
        act = {"by": PERSON, "do": "label", "repository": stage.full_name, "number": number, "label": LABEL}
        await hub.post("/_hub/act", act)
