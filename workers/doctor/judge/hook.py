"""Judges the road by which news reach us: the webhook and its last deliveries, or asking for them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app.github.shapes import HookConfig, HookDelivery
from workers.doctor.finding import Finding, problem, unknown, warning, well

PATH = "/webhooks/github"
LATELY = timedelta(days=1)
WHERE = "on the App's page at GitHub, under *General*, *Webhook*"


def asking(seconds: int) -> Finding:
    """Return that no webhook is needed."""
    return well("webhook", f"I ask GitHub for news every {seconds} seconds, so no webhook is needed.")


def hook(config: HookConfig, public_url: str | None) -> Iterator[Finding]:
    """Judge where the App's deliveries go."""
    if not config.url:
        yield problem(
            "webhook", "The App has no webhook, and I do not ask for news either.", _mend(public_url)
        )
        return
    if public_url is not None and config.url.rstrip("/") != f"{public_url}{PATH}":
        yield problem(
            "webhook",
            f"The App's webhook points to {config.url}, but I am reached at {public_url}{PATH}.",
            _mend(public_url),
        )
    elif public_url is None:
        yield unknown(
            "webhook",
            f"The App's webhook points to {config.url}; whether that is me I cannot tell.",
            "Set HANDOFF_PUBLIC_URL to the address at which people reach me.",
        )
    else:
        yield well("webhook", f"The App's webhook points to {config.url}.")
    if not config.secret:
        yield problem(
            "webhook",
            "The App's webhook has no secret, so I refuse every delivery.",
            f"Write HANDOFF_WEBHOOK_SECRET there too, {WHERE}.",
        )
    if str(config.insecure_ssl) == "1":
        yield warning(
            "webhook",
            "GitHub does not check the certificate of my address, so somebody else could take its deliveries.",
            f"Switch SSL verification on, {WHERE}.",
        )


def deliveries(newest_first: Sequence[HookDelivery], now: datetime) -> Finding:
    """Judge the latest attempt of each delivery of the last day."""
    latest: dict[str, HookDelivery] = {}
    for each in newest_first:
        if each.delivered_at > now - LATELY:
            latest.setdefault(each.guid, each)
    failed = [each for each in latest.values() if not 200 <= each.status_code < 300]
    if not latest:
        return unknown("deliveries", "GitHub delivered nothing in the last day.")
    if not failed:
        return well("deliveries", f"What GitHub delivered lately arrived: all {len(latest)} of it.")
    told = f"Of what GitHub delivered lately, {len(failed)} of {len(latest)} did not arrive; the newest ended with "
    return warning("deliveries", f"{told}{failed[0].status_code or failed[0].status}.", _why(failed[0]))


def _why(failed: HookDelivery) -> str:
    if failed.status_code == 401:
        return f"The secrets differ: make HANDOFF_WEBHOOK_SECRET and the App's the same, {WHERE}."
    if failed.status_code == 404:
        return f"The address is not mine: it ends in {PATH}, {WHERE}."
    return "See that GitHub reaches the web process; what was missed is asked for again meanwhile."


def _mend(public_url: str | None) -> str:
    address = f"{public_url}{PATH}" if public_url else f"https://YOUR-ADDRESS{PATH}"
    return f"Write {address} there, {WHERE}; or set HANDOFF_PULL=on, and no webhook is needed."
