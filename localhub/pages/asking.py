"""What a browser asked for: the hub, and the fields of a form. Knows no page."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from localhub.errors import Refusal
from localhub.hub import Hub

FORM_LIMIT_BYTES = 2_000_000
MOST_FIELDS = 20_000


def hub_of(request: Request) -> Hub:
    """The hub that is asked."""
    hub = request.app.state.hub
    assert isinstance(hub, Hub)
    return hub


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a plain form (`application/x-www-form-urlencoded`); the last of a name wins.

    Line ends come as a browser sends them (CRLF) and leave as Markdown has them (LF).

    Raises:
        Refusal: 413 when the form is too long to be somebody's typing.
    """
    raw = b""
    async for part in request.stream():
        raw += part
        if len(raw) > FORM_LIMIT_BYTES:
            raise Refusal(413, "This is more text than the page can take. Shorten it and send it again.")
    try:
        pairs = parse_qsl(raw.decode(errors="replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Refusal(413, "This form has more fields than the page can take.") from error
    return {name: value.replace("\r\n", "\n") for name, value in pairs}
