"""The commands that ask a Handoff elsewhere, over its API. Each returns what is to be printed, as it would be told there."""

import json
from typing import Any
from urllib.parse import quote

import httpx

from app.config.remote import Remote
from app.domain.errors import HandoffError, NotFound, Refused, TryAgain, Unreachable

TIMEOUT = httpx.Timeout(30, connect=10)
API = "/api/v1"


class There:
    """A Handoff that is elsewhere."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def show_status(self, job: str | None, *, as_json: bool) -> str:
        """Return where everything, or one job, stands."""
        return self._told("/status" if job is None else f"/status/{quote(job, safe='')}", as_json=as_json)

    def explain(self, repository: str, number: int, *, as_json: bool) -> str:
        """Return why something happened, or why nothing did."""
        return self._told(f"/why/{repository}/{number}" if number else f"/why/{repository}", as_json=as_json)

    def stop_job(self, job: str) -> str:
        """Ask for a job to be stopped."""
        return self._message(f"/jobs/{quote(job, safe='')}/stop")

    def switch_everything(self, *, stopped: bool) -> str:
        """Throw the switch that keeps every run from starting, or take it back."""
        return self._message("/stop" if stopped else "/start")

    def _told(self, path: str, *, as_json: bool) -> str:
        answer = self._ask("GET", f"{path}?as={'json' if as_json else 'text'}")
        return json.dumps(answer.json(), indent=2, ensure_ascii=False) if as_json else answer.text

    def _message(self, path: str) -> str:
        return str(self._ask("POST", path).json()["message"])

    def _ask(self, method: str, path: str) -> httpx.Response:
        url, headers = f"{self._remote.url}{API}{path}", {"Authorization": f"Bearer {self._remote.token}"}
        try:
            answer = httpx.request(method, url, headers=headers, timeout=TIMEOUT)
        except httpx.HTTPError as error:
            raise Unreachable(
                f"{self._remote.url} does not answer ({type(error).__name__}). Does it run, and is HANDOFF_URL right?"
            ) from None
        if not answer.is_success:
            raise self._refusal(answer)
        return answer

    def _refusal(self, answer: httpx.Response) -> HandoffError:
        said = _message_of(answer)
        match answer.status_code:
            case 401:
                return Refused(
                    f"{self._remote.url} does not know this token. Is HANDOFF_TOKEN right, or was it revoked?"
                )
            case 404:
                return NotFound(
                    said or f"{self._remote.url} has no such thing. Is HANDOFF_URL the address of a Handoff?"
                )
            case status if status >= 500:
                return TryAgain(
                    said or f"{self._remote.url} cannot answer just now ({status}). Please try again."
                )
            case status:
                return Refused(
                    said or f"{self._remote.url} said {status}. Is HANDOFF_URL the address of a Handoff?"
                )


def _message_of(answer: httpx.Response) -> str:
    try:
        told: Any = answer.json()
    except ValueError:
        return ""
    return str(told.get("message", "")) if isinstance(told, dict) else ""
