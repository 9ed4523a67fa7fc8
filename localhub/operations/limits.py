"""Sizes GitHub refuses to exceed."""

from localhub.errors import Refusal, invalid, unprocessable

BODY_LIMIT_CHARACTERS = 65_536
TOO_LONG = f"Body is too long (maximum is {BODY_LIMIT_CHARACTERS} characters)"


def check_body(resource: str, body: str) -> None:
    """Refuse a text that is too long, in the words of most endpoints."""
    if len(body) > BODY_LIMIT_CHARACTERS:
        raise invalid(resource, "body", "custom", TOO_LONG.replace("Body", "body"))


def check_review_body(body: str) -> None:
    """The same in the words of the review endpoints."""
    if len(body) > BODY_LIMIT_CHARACTERS:
        raise unprocessable(TOO_LONG)


def check_length(resource: str, field: str, text: str | None, limit: int) -> None:
    """Refuse a field over its limit in characters."""
    if text is not None and len(text) > limit:
        raise invalid(resource, field, "invalid", f"{field} exceeds a maximum of {limit} characters")


def unexpected(message: str) -> Refusal:
    """422 with one sentence and no details, as a few endpoints answer."""
    return Refusal(422, message, [])
