"""The files that pages are made of. Read once, served by name and by nothing else; their address has their digest."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

PREFIX = "/static"
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file, and the part of its address that changes when it does."""

    data: bytes
    media_type: str
    digest: str


@cache
def assets() -> Mapping[str, Asset]:
    """Return every file by its name."""
    found = {}
    for file in files("app.web").joinpath("static").iterdir():
        media_type = _TYPES.get(file.name.rpartition(".")[2])
        if media_type is not None:
            data = file.read_bytes()
            found[file.name] = Asset(data, media_type, hashlib.sha256(data).hexdigest()[:12])
    return found


def address(name: str) -> str:
    """Return where a file is found; raises KeyError for one that is not there."""
    return f"{PREFIX}/{name}?v={assets()[name].digest}"


def static_route() -> Route:
    """Return the route of all files."""

    async def serve(request: Request) -> Response:
        asset = assets().get(request.path_params["name"])
        if asset is None:
            return PlainTextResponse("There is no such file.", 404)
        newest = request.query_params.get("v") == asset.digest
        return Response(
            asset.data,
            media_type=asset.media_type,
            headers={"Cache-Control": _FOR_EVER if newest else "no-cache"},
        )

    return Route(f"{PREFIX}/{{name}}", serve)
