"""The gates every request passes: it is logged, may meet a fault, may be held before or after its work.

`Served` is what comes out of the work; sending it is the last step, so that a fault can swallow it.
"""

from collections.abc import Awaitable, Callable, Mapping

from localhub.exchange import Exchange, Request, Served
from localhub.faults import Rule
from localhub.graphql.document import first_field
from localhub.hub import Hub
from localhub.log import Entry
from localhub.misfortune import error_answer, rate_limited
from localhub.world.record import lag_seconds

Work = Callable[[Request], Awaitable[Served]]


async def through(hub: Hub, exchange: Exchange, work: Work) -> None:
    """Take a request through the gates and answer it."""
    entry = hub.log.begin(exchange.method, exchange.path, exchange.query)
    status: int | None = None
    try:
        status = await _through(hub, exchange, entry, work)
    finally:
        hub.log.finish(entry, status)


async def _through(hub: Hub, exchange: Exchange, entry: Entry, work: Work) -> int | None:
    body = b"" if exchange.path.endswith("-pack") else await exchange.body()
    name = _name(exchange.path, body)
    rules: dict[str, Rule] = {rule.kind: rule for rule in hub.faults.for_request(exchange.method, name)}
    entry.faults = list(rules)
    stays = await hub.holds.stop(exchange.method, name, after=False)
    if not stays or "reset_connection" in rules:
        await exchange.cut()
        return None
    served = _before(hub, rules)
    if served is None:
        served = await _work(work, Request(hub, exchange, entry, body), rules)
        stays = await hub.holds.stop(exchange.method, name, after=True)
        if not stays:
            await exchange.cut()
            return None
        if rule := rules.get("error_after_commit"):
            served = error_answer(rule)
    if not served.streamed:
        await exchange.answer(served.status, served.headers, served.body)
    return served.status


def _before(hub: Hub, rules: Mapping[str, Rule]) -> Served | None:
    if "expire_tokens" in rules:
        for token in hub.world.tokens.values():
            token.revoked = True
    if rule := rules.get("rate_limit"):
        return rate_limited(rule)
    if rule := rules.get("error_before"):
        return error_answer(rule)
    return None


async def _work(work: Work, request: Request, rules: Mapping[str, Rule]) -> Served:
    rule = rules.get("lag")
    mark = lag_seconds.set(rule.seconds if rule else 0.0)
    try:
        return await work(request)
    finally:
        lag_seconds.reset(mark)


def _name(path: str, body: bytes) -> str:
    """What patterns are matched with: the path; for GraphQL with the operation, `/graphql:resolveReviewThread`."""
    return f"{path}:{first_field(body)}" if path == "/graphql" else path
