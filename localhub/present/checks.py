"""Check runs."""

from typing import TYPE_CHECKING, Any

from localhub.clock import iso_or_none
from localhub.present.apps import app
from localhub.present.pulls import pull_minimal
from localhub.present.repositories import api_url, html_url
from localhub.world.checks import CheckRun
from localhub.world.repositories import Repository

if TYPE_CHECKING:
    from localhub.hub import Hub


def check_run(hub: "Hub", home: Repository, it: CheckRun) -> dict[str, Any]:
    """Schema `check-run`."""
    api = f"{api_url(hub, home)}/check-runs/{it.id}"
    page = f"{html_url(hub, home)}/runs/{it.id}"
    pulls = [pull for pull in home.pulls.values() if pull.issue.open and pull.head_sha == it.head_sha]
    return {
        "id": it.id,
        "name": it.name,
        "node_id": it.node_id,
        "head_sha": it.head_sha,
        "external_id": it.external_id,
        "url": api,
        "html_url": page,
        "details_url": it.details_url or page,
        "status": it.status,
        "conclusion": it.conclusion,
        "started_at": iso_or_none(it.started_at),
        "completed_at": iso_or_none(it.completed_at),
        "output": {
            **{key: it.output.get(key) for key in ("title", "summary", "text")},
            "annotations_count": len(it.annotations),
            "annotations_url": f"{api}/annotations",
        },
        "check_suite": {"id": it.suite_id},
        "app": app(hub, hub.world.apps[it.app_id]),
        "pull_requests": [pull_minimal(hub, home, pull) for pull in pulls],
    }


def annotation(hub: "Hub", home: Repository, it: CheckRun, note: dict[str, Any]) -> dict[str, Any]:
    """Schema `check-annotation`."""
    optional = ("start_column", "end_column", "annotation_level", "title", "message", "raw_details")
    return {
        "path": note["path"],
        "start_line": note["start_line"],
        "end_line": note["end_line"],
        **{key: note.get(key) for key in optional},
        "blob_href": f"{html_url(hub, home)}/blob/{it.head_sha}/{note['path']}",
    }
