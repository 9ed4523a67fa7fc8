"""Check runs: the verdict on a commit, found again by the name we gave it (`external_id`)."""

from dataclasses import dataclass
from typing import Any, Literal

from app.github.permissions import REPORT
from app.github.place import PER_PAGE, Place
from app.github.shapes import CheckRun, CheckRuns

Conclusion = Literal["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check run shows; without a conclusion it is still in progress."""

    title: str
    summary: str
    conclusion: Conclusion | None = None
    details_url: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Say it as GitHub reads it."""
        known: dict[str, Any] = {"output": {"title": self.title, "summary": self.summary}}
        known |= {} if self.details_url is None else {"details_url": self.details_url}
        if self.conclusion is None:
            return known | {"status": "in_progress"}
        return known | {"status": "completed", "conclusion": self.conclusion}


class Checks:
    """The check runs in one repository."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def find(self, sha: str, *, name: str, external_id: str) -> CheckRun | None:
        """Return our check run on a commit, or None."""
        p = self._place
        answer = await p.get(
            CheckRuns,
            lambda kit: kit.rest.checks.async_list_for_ref(
                p.owner, p.name, sha, check_name=name, filter_="all", per_page=PER_PAGE
            ),
        )
        return next((run for run in answer.check_runs if run.external_id == external_id), None)

    async def create(self, sha: str, *, name: str, external_id: str, verdict: Verdict) -> CheckRun:
        """Put a check run on a commit."""
        p = self._place
        data: Any = {"name": name, "head_sha": sha, "external_id": external_id, **verdict.as_json()}
        return await p.write(
            REPORT, CheckRun, lambda kit: kit.rest.checks.async_create(p.owner, p.name, data=data)
        )

    async def update(self, check_run_id: int, verdict: Verdict) -> CheckRun:
        """Change what a check run shows."""
        p = self._place
        data: Any = verdict.as_json()
        return await p.write(
            REPORT,
            CheckRun,
            lambda kit: kit.rest.checks.async_update(p.owner, p.name, check_run_id, data=data),
        )
