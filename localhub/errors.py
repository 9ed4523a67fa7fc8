"""Refusals in GitHub's words: a status, a message and its details.

Holds no rule: the operations decide, this says how a refusal is spelled on the wire.
"""

from collections.abc import Mapping, Sequence
from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(Exception):
    """An answer of GitHub other than success.

    `errors` holds strings or objects, as the endpoint documents them; only 422 answers carry it.
    """

    def __init__(self, status: int, message: str, errors: Sequence[Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """The JSON document of the answer."""
        document: dict[str, Any] = {"message": self.message, "documentation_url": DOCUMENTATION}
        if self.errors is not None:
            document["errors"] = list(self.errors)
        elif self.status != 422:
            document["status"] = str(self.status)
        return document


def not_found() -> Refusal:
    """404, also for what exists but is out of reach."""
    return Refusal(404, "Not Found")


def out_of_reach() -> Refusal:
    """403 for a token without the permission."""
    return Refusal(403, "Resource not accessible by integration")


def bad_credentials() -> Refusal:
    """401 for an unknown, expired or revoked token."""
    return Refusal(401, "Bad credentials")


def unprocessable(*errors: str) -> Refusal:
    """422 with plain sentences, the shape of the review endpoints."""
    return Refusal(422, "Unprocessable Entity", list(errors))


def invalid(resource: str, field: str | None, code: str, message: str | None = None) -> Refusal:
    """422 with one detail object, the shape of most endpoints."""
    detail: dict[str, str] = {"resource": resource, "code": code}
    if field is not None:
        detail["field"] = field
    if message is not None:
        detail["message"] = message
    return Refusal(422, "Validation Failed", [detail])


def required(body: Mapping[str, Any], resource: str, *fields: str) -> None:
    """Refuse a body that misses a field or leaves it empty."""
    for field in fields:
        if body.get(field) in (None, ""):
            raise invalid(resource, field, "missing_field")
