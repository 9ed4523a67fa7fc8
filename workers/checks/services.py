"""The services that checks talk to, as a plan for the conductor in their cage. Finds programs; starts nothing.

A cage has a network of its own, so each room has its own PostgreSQL on port 5432 and none ever meets another. What a
service keeps lies in the room's home: set-up makes the schema, and the checks of that room find it there.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.errors import Refused
from app.domain.policy import Service
from app.voice.services import did_not_serve, not_in_containers
from workers.agents.untrusted import read_untrusted
from workers.cage.view import interpreter
from workers.checks.recipes import RECIPES, Row, row_of

INSIDE = Path(__file__).with_name("inside")
CONTAINERS = "docker"
VERDICT_BYTES_MAX = 64_000
UNSERVED = 69
"""The exit code by which a conductor says that there is a verdict (EX_UNAVAILABLE of sysexits.h)."""


class Unserved(Refused):
    """A service did not serve, so what its check said counts for nothing."""

    def __init__(self, service: str, because: str, log: str) -> None:
        """Keep the service's name, why it did not serve, and the end of its log."""
        super().__init__(did_not_serve(service, because, log))
        self.service, self.because, self.log = service, because, log


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Services around the commands of one room; without any it is nothing, and costs nothing."""

    home: Path
    rows: tuple[Row, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    readable: tuple[Path, ...] = ()

    @property
    def prologue(self) -> tuple[str, ...]:
        """The words before a command that has these services around it; the same each time, so that it is known again."""
        if not self.rows:
            return ()
        outside = str(Path("/proc/self/ns/net").readlink())
        plan = {
            "services": self.rows, "outside": outside, "verdict": str(self.verdict), "unserved": UNSERVED
        }  # fmt: skip
        return (interpreter(), "-I", "-S", "-B", str(INSIDE / "conduct.py"), json.dumps(plan))

    @property
    def verdict(self) -> Path:
        """Where the conductor says that a service did not serve. What runs in the room could say it too."""
        return self.home / ".unserved.json"

    def raise_if_unserved(self, exit_code: int | None, redact: Callable[[str], str]) -> None:
        """Raise `Unserved`, in redacted words, if a command ended because a service did not serve."""
        content = read_untrusted(self.verdict, bytes_max=VERDICT_BYTES_MAX) if self.rows else None
        if exit_code != UNSERVED or not isinstance(content, bytes):
            return
        try:
            said = json.loads(content)
            service, because, log = (redact(str(said[key])) for key in ("service", "because", "log"))
        except (ValueError, KeyError, TypeError, RecursionError):
            return
        raise Unserved(service, because, log)


def serving(
    services: Sequence[Service], home: Path, *, sandbox: str = "", search_path: str | None = None
) -> Serving:
    """Return how services are served in a room with this home; raises `Refused` for what cannot be served here.

    `search_path` is where programs are looked for, our own PATH if it is None. A container has another machine's
    programs, among them perhaps no Python for the conductor, so nothing is served in one.
    """
    if services and sandbox == CONTAINERS:
        raise Refused(not_in_containers([each.name for each in services]))
    known = {each.name: RECIPES[each.name](home, search_path) for each in services if each.run is None}
    recipes = known.values()
    return Serving(
        home=home,
        rows=tuple(row_of(each, home) if each.run else known[each.name].row for each in services),
        environment={name: text for recipe in recipes for name, text in recipe.environment.items()},
        readable=(
            *((INSIDE,) if services else ()),
            *(path for recipe in recipes for path in recipe.readable),
        ),
    )
