"""The API as a page for people: every route of its own description, and how to ask. Nothing is loaded from elsewhere."""

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.web.pages.rendering import render

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked: where, what for, and with which parameters (name, description)."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[tuple[str, str], ...]


def operations(document: dict[str, Any]) -> list[Operation]:
    """Return what an OpenAPI document describes, in its order."""
    return [
        Operation(
            method=method.upper(),
            path=path,
            summary=described["summary"],
            description=described.get("description", ""),
            parameters=tuple(
                (each["name"], each.get("description", "")) for each in described.get("parameters", ())
            ),
        )
        for path, methods in document["paths"].items()
        for method, described in methods.items()
        if method in METHODS
    ]


def api_page(app: FastAPI) -> Route:
    """Return the route of the page."""

    async def show(request: Request) -> Response:
        document = app.openapi()
        return render(
            request,
            "api.html",
            section="",
            operations=operations(document),
            description=document["info"]["description"],
        )

    return Route("/api", show, methods=["GET"])
