"""What is said where there is nothing: a page for people, a document for programs."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.web.pages.rendering import render

SAID = "There is nothing at this address, or nothing that you may see."


async def nowhere(request: Request, _error: Exception) -> Response:
    """Answer somebody whom the guard let in and who asked for something that is not there."""
    wants_page = "text/html" in request.headers.get("accept", "")
    if not wants_page or request.url.path.startswith("/api/") or not hasattr(request.state, "viewer"):
        return JSONResponse({"message": SAID}, status_code=404)
    return render(request, "sorry.html", status=404, heading="There is nothing here", sentence=SAID)
