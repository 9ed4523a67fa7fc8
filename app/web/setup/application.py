"""The set-up application: four routes, of which three are gone once the App is registered."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.web.answer import SecurityHeaders
from app.web.setup.guard import HEALTH, OneHost
from app.web.setup.steps import Steps

STATUS = "setting up"
"""What health says here. The page that waits for Handoff goes on at `alive`, which only the web process says."""

Step = Callable[[Request], Awaitable[Response]]


def application(steps: Steps, *, host: str, is_registered: Callable[[], bool]) -> Starlette:
    """Build it. What is asked of another host than `host` is refused."""

    async def alive(_request: Request) -> Response:
        return JSONResponse({"status": STATUS})

    def once(step: Step) -> Step:
        async def step_or_nothing(request: Request) -> Response:
            if is_registered():
                raise HTTPException(404)
            return await step(request)

        return step_or_nothing

    routes = [
        Route(HEALTH, alive),
        Route("/setup", once(steps.open)),
        Route("/setup/register", once(steps.register), methods=["POST"]),
        Route("/setup/registered", once(steps.registered)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(SecurityHeaders), Middleware(OneHost, host=host)])
