"""What is said when a service that a repository asked for cannot serve: one sentence, with the next step."""

from collections.abc import Sequence

from app.domain.policy import PATH
from app.voice.text import one_line

_LOG_CHARACTERS = 200


def not_installed(service: str, product: str, package: str) -> str:
    """Return the sentence about a service whose program is not on this machine."""
    return (
        f"`{PATH}` asks for the service `{service}`, and {product} is not installed where Handoff runs. "
        f"On that machine: `apt-get install {package}`; then hand the issue over again"
    )


def not_in_containers(services: Sequence[str]) -> str:
    """Return the sentence about services that were asked for where checks run in containers."""
    named = ", ".join(f"`{name}`" for name in services)
    return (
        f"`{PATH}` asks for services ({named}), and checks run in containers here, beside which nothing can be served. "
        "Whoever runs Handoff sets HANDOFF_CAGE=auto and installs them on the machine, or the image's own commands start "
        "them: take `services:` out and begin a check with what starts them"
    )


def did_not_serve(service: str, because: str, log: str) -> str:
    """Return the sentence about a service that did not come up or died; of its log only the last line."""
    lines = [line for line in log.splitlines() if line.strip()]
    said = one_line(lines[-1].replace("`", "'"), _LOG_CHARACTERS) if lines else ""
    end = f" The last it said was: `{said}`" if said else " It said nothing"
    return (
        f"The service `{one_line(service, 40)}` did not serve: {one_line(because)}.{end}. "
        f"Mend it under `services:` in `{PATH}` or on the machine of Handoff, and hand the issue over again"
    )
