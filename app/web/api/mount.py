"""Puts the API into the application. It decides nothing."""

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.routing import BaseRoute

from app.web.api import house, jobs
from app.web.api.asking import Tools
from app.web.api.refusing import refuse_kindly

OPENAPI = "/api/openapi.json"
DESCRIPTION = (
    "What the pages of Handoff show and do, for programs. Send `Authorization: Bearer TOKEN`; `handoff token create "
    "NAME` makes a token. A name in an answer, once given, stays. Instants are in UTC, as ISO 8601. Whatever goes "
    'wrong is said as `{"message": "…"}`.'
)


def described() -> dict[str, Any]:
    """Return the API's own description, without an application around it."""
    app = FastAPI(title="Handoff", version=version("handoff"), description=DESCRIPTION)
    app.router.routes.extend(_routes())
    return app.openapi()


def _routes() -> list[BaseRoute]:
    return [*jobs.router.routes, *house.router.routes]


def mount_api(app: FastAPI, tools: Tools) -> None:
    """Add every route of the API, as a route of the application: whoever asks which there are is told of all."""
    app.router.routes.extend(_routes())
    app.state.tools = tools
    refuse_kindly(app)
