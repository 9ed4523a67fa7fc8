"""Check runs and their limits: 50 annotations a request, 3 buttons, 65 535 characters of text."""

from typing import Any

from localhub import clock, present
from localhub.errors import Refusal, invalid, not_found
from localhub.operations.limits import check_length, unexpected
from localhub.scene import Scene
from localhub.webhooks.emit import emit
from localhub.world.apps import App
from localhub.world.checks import CheckRun
from localhub.world.repositories import Repository

TEXT_LIMIT = 65_535
MOST_ANNOTATIONS = 50
MOST_ACTIONS = 3
_ACTION_LIMITS = {"label": 20, "description": 40, "identifier": 20}
_PLAIN = ("name", "status", "conclusion", "external_id", "details_url")


def create(scene: Scene, app: App, body: dict[str, Any]) -> CheckRun:
    """Start a check run on an existing commit; the actor is the App's bot."""
    _check(body)
    hub, home, sha = scene.hub, scene.home, body["head_sha"]
    if hub.bare(home).resolve(sha) is None:
        raise unexpected(f"No commit found for SHA: {sha}")
    suites = (each.suite_id for each in home.checks if (each.app_id, each.head_sha) == (app.id, sha))
    run = CheckRun(
        id=hub.world.next_id("check_run"), app_id=app.id, name=body["name"], head_sha=sha,
        suite_id=next(suites, 0) or hub.world.next_id("check_suite"), started_at=clock.now(),
    )  # fmt: skip
    _apply(run, body)
    home.checks.append(run)
    _announce(scene, run, "created")
    if run.status == "completed":
        _announce(scene, run, "completed")
    return run


def update(scene: Scene, app: App, run: CheckRun, body: dict[str, Any]) -> None:
    """Change a check run; only its own App may."""
    if run.app_id != app.id:
        told = (
            f"Invalid app_id `{app.id}` - check run can only be modified by the GitHub App that created it."
        )
        raise Refusal(403, told)
    _check(body)
    was_completed = run.status == "completed"
    _apply(run, body)
    if run.status == "completed" and not was_completed:
        _announce(scene, run, "completed")


def _check(body: dict[str, Any]) -> None:
    output = body.get("output") or {}
    for field in ("summary", "text"):
        check_length("CheckRun", field, output.get(field), TEXT_LIMIT)
    if len(output.get("annotations") or ()) > MOST_ANNOTATIONS:
        raise invalid("CheckRun", "annotations", "invalid", "annotations exceeds a maximum quantity of 50")
    actions = body.get("actions") or []
    if len(actions) > MOST_ACTIONS:
        raise invalid("CheckRun", "actions", "invalid", "actions exceeds a maximum quantity of 3")
    for action in actions:
        for field, limit in _ACTION_LIMITS.items():
            check_length("CheckRun", field, action.get(field), limit)
    if body.get("status") == "completed" and not body.get("conclusion"):
        raise invalid("CheckRun", "conclusion", "missing_field")


def _apply(run: CheckRun, body: dict[str, Any]) -> None:
    for field in _PLAIN:
        if field in body:
            setattr(run, field, body[field])
    if body.get("conclusion"):
        run.status = "completed"
        run.completed_at = clock.parse(body["completed_at"]) if body.get("completed_at") else clock.now()
    elif "status" in body:
        run.conclusion = run.completed_at = None
    if body.get("started_at"):
        run.started_at = clock.parse(body["started_at"])
    output = body.get("output") or {}
    run.output |= {key: output[key] for key in ("title", "summary", "text") if key in output}
    run.annotations += output.get("annotations") or []
    if "actions" in body:
        run.actions = body["actions"]


def find(home: Repository, run_id: int) -> CheckRun:
    """The check run with that id; raises Refusal 404."""
    for run in home.checks:
        if run.id == run_id:
            return run
    raise not_found()


def ask_again(scene: Scene, run: CheckRun) -> None:
    """A person presses *Re-run*: only the App that owns the run hears of it."""
    _announce(scene, run, "rerequested", only_app_id=run.app_id)


def press(scene: Scene, run: CheckRun, identifier: str) -> None:
    """A person presses one of the run's own buttons."""
    if not any(action["identifier"] == identifier for action in run.actions):
        raise not_found()
    pressed = {"identifier": identifier}
    _announce(scene, run, "requested_action", only_app_id=run.app_id, requested_action=pressed)


def _announce(scene: Scene, run: CheckRun, action: str, **fields: Any) -> None:
    emit(scene, "check_run", action, check_run=present.check_run(scene.hub, scene.home, run), **fields)
