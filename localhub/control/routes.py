"""The routes of the control API."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localhub.control import stage
from localhub.control.acts import perform
from localhub.control.models import Act, AppChange, NewApp, NewInstallation, NewRepository, NewUser
from localhub.control.state import describe
from localhub.errors import Refusal
from localhub.faults import Rule
from localhub.holds import Hold, HoldRequest
from localhub.hub import Hub

_Model = TypeVar("_Model", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]
DEFAULT_WAIT_SECONDS = 30.0


async def _read(request: Request, model: type[_Model]) -> _Model:
    return model.model_validate_json(await request.body())


def _seconds(request: Request) -> float:
    return float(request.query_params.get("seconds", DEFAULT_WAIT_SECONDS))


class Control:
    """The endpoints over one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def creating(self, model: type[_Model], create: Callable[[Hub, _Model], Any]) -> Endpoint:
        """An endpoint that reads a model and answers with what was made of it."""

        async def endpoint(request: Request) -> Response:
            return JSONResponse(create(self._hub, await _read(request, model)), status_code=201)

        return endpoint

    async def change_app(self, request: Request) -> Response:
        """`PATCH /_hub/apps/{id}`."""
        change = await _read(request, AppChange)
        return JSONResponse(stage.change_app(self._hub, request.path_params["id"], change))

    async def act(self, request: Request) -> Response:
        """`POST /_hub/act`."""
        return JSONResponse(perform(self._hub, await _read(request, Act)))

    async def state(self, request: Request) -> Response:
        """`GET /_hub/state`."""
        return JSONResponse(describe(self._hub, request.query_params.get("repository")))

    async def log(self, request: Request) -> Response:
        """`GET`, `DELETE /_hub/log`."""
        if request.method == "DELETE":
            self._hub.log.clear()
            return Response(status_code=204)
        problems_only = request.query_params.get("problems") == "1"
        return JSONResponse(self._hub.log.entries(problems_only=problems_only))

    async def faults(self, request: Request) -> Response:
        """`GET`, `POST`, `DELETE /_hub/faults`."""
        if request.method == "DELETE":
            self._hub.faults.clear()
            return Response(status_code=204)
        if request.method == "POST":
            rule = self._hub.faults.add(await _read(request, Rule))
            return JSONResponse(rule.model_dump(), status_code=201)
        return JSONResponse([rule.model_dump() for rule in self._hub.faults.rules])

    async def lift_fault(self, request: Request) -> Response:
        """`DELETE /_hub/faults/{id}`."""
        self._hub.faults.clear(request.path_params["id"])
        return Response(status_code=204)

    async def hold(self, request: Request) -> Response:
        """`POST /_hub/hold`."""
        hold = self._hub.holds.add(await _read(request, HoldRequest))
        return JSONResponse(hold.describe(), status_code=201)

    def _hold(self, request: Request) -> Hold:
        hold = self._hub.holds.holds.get(request.path_params["id"])
        if hold is None:
            raise Refusal(404, f"There is no hold {request.path_params['id']}.")
        return hold

    async def show_hold(self, request: Request) -> Response:
        """`GET /_hub/hold/{id}`."""
        return JSONResponse(self._hold(request).describe())

    async def await_hold(self, request: Request) -> Response:
        """`GET /_hub/hold/{id}/wait?seconds=30`: answers when the request is held, or with its state at the end."""
        hold = self._hold(request)
        waiting = asyncio.create_task(hold.reached.wait())
        await asyncio.wait([waiting], timeout=_seconds(request))
        waiting.cancel()
        return JSONResponse(hold.describe())

    async def settle_hold(self, request: Request) -> Response:
        """`POST /_hub/hold/{id}/release` and `…/drop`."""
        hold = self._hold(request)
        hold.settle(answer=request.path_params["how"] == "release")
        return JSONResponse(hold.describe())

    async def reset(self, _request: Request) -> Response:
        """`POST /_hub/reset`."""
        await self._hub.reset()
        return Response(status_code=204)

    async def idle(self, request: Request) -> Response:
        """`POST /_hub/idle?seconds=30`: waits until no delivery is under way."""
        return JSONResponse({"idle": await self._hub.courier.idle(_seconds(request))})


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return JSONResponse(error.body(), status_code=error.status)


async def _misread(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ValidationError)
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return JSONResponse({"message": "Invalid request", "errors": problems}, status_code=422)


def control_app(hub: Hub) -> Starlette:
    """The ASGI application of the control API."""
    control = Control(hub)
    routes = [
        Route("/_hub/users", control.creating(NewUser, stage.add_user), methods=["POST"]),
        Route("/_hub/apps", control.creating(NewApp, stage.add_app), methods=["POST"]),
        Route("/_hub/apps/{id:int}", control.change_app, methods=["PATCH"]),
        Route("/_hub/repositories", control.creating(NewRepository, stage.add_repository), methods=["POST"]),
        Route(
            "/_hub/installations", control.creating(NewInstallation, stage.add_installation), methods=["POST"]
        ),
        Route("/_hub/act", control.act, methods=["POST"]),
        Route("/_hub/state", control.state, methods=["GET"]),
        Route("/_hub/log", control.log, methods=["GET", "DELETE"]),
        Route("/_hub/faults", control.faults, methods=["GET", "POST", "DELETE"]),
        Route("/_hub/faults/{id:int}", control.lift_fault, methods=["DELETE"]),
        Route("/_hub/hold", control.hold, methods=["POST"]),
        Route("/_hub/hold/{id:int}", control.show_hold, methods=["GET"]),
        Route("/_hub/hold/{id:int}/wait", control.await_hold, methods=["GET"]),
        Route("/_hub/hold/{id:int}/{how}", control.settle_hold, methods=["POST"]),
        Route("/_hub/reset", control.reset, methods=["POST"]),
        Route("/_hub/idle", control.idle, methods=["POST"]),
    ]
    return Starlette(routes=routes, exception_handlers={Refusal: _refused, ValidationError: _misread})
