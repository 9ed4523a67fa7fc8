"""What a failing GitHub answers: gateway errors and rate limits, with and without their headers."""

import json
import time

from localhub.errors import DOCUMENTATION
from localhub.exchange import Served
from localhub.faults import Rule

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_PRIMARY = "API rate limit exceeded for installation."
_SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


def error_answer(rule: Rule) -> Served:
    """A gateway's error page: a body that is no JSON."""
    return Served(rule.status, {"Content-Type": "text/html"}, b"<html><title>Unicorn!</title></html>")


def rate_limited(rule: Rule) -> Served:
    """403, or 429 when the rule says so. `retry_after` overrides that header, for example with an HTTP date."""
    primary = rule.limit == "primary"
    headers = dict(_JSON)
    if rule.headers:
        reset = str(int(time.time() + rule.seconds))
        headers |= {"X-RateLimit-Limit": "5000", "X-RateLimit-Reset": reset, "X-RateLimit-Resource": "core"}
        headers |= {"X-RateLimit-Remaining": "0" if primary else "4000"}
        if not primary:
            headers["Retry-After"] = rule.retry_after or str(int(rule.seconds))
    message = _PRIMARY if primary else _SECONDARY
    body = json.dumps({"message": message, "documentation_url": DOCUMENTATION}).encode()
    return Served(429 if rule.status == 429 else 403, headers, body)
