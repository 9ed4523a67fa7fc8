"""Errors as the API says them: a status by who must act, and one sentence. What is our own mistake stays a 500."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from app.domain.errors import HandoffError, NotAllowed, NotFound, Refused, TryAgain

RETRY_AFTER_SECONDS = 5


def refuse_kindly(app: FastAPI) -> None:
    """Let an application answer our errors."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(TryAgain, _later)
    app.add_exception_handler(RequestValidationError, _misread)


async def _refused(_request: Request, error: Exception) -> Response:
    return JSONResponse({"message": str(error)}, status_of(error))


async def _later(_request: Request, error: Exception) -> Response:
    return JSONResponse({"message": str(error)}, 503, {"Retry-After": str(RETRY_AFTER_SECONDS)})


async def _misread(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    said = "; ".join(f"`{each['loc'][-1]}`: {each['msg']}" for each in error.errors())
    return JSONResponse({"message": f"I cannot read this request. {said}."}, 422)


def status_of(error: Exception) -> int:
    """Return the status of an error."""
    match error:
        case NotFound():
            return 404
        case NotAllowed():
            return 403
        case HandoffError():
            return 409
        case _:
            return 500
