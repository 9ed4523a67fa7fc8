"""Judges the App as GitHub has it registered: its name, permissions and events, its clock, where it is installed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.errors import HandoffError, TryAgain
from app.github.permissions import missing
from app.github.shapes import AppInfo, Installation
from workers.doctor.finding import Finding, problem, unknown, warning, well

SKEW_SECONDS_MAX = 30.0
"""GitHub itself forgives 60 (docs.github.com, *Generating a JWT*); half of that is on its way to trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Who we should be: the settings, and `app.yml`. `pages` is the address of GitHub's pages."""

    app_id: int
    slug: str
    permissions: Mapping[str, str]
    events: frozenset[str]
    pages: str

    @property
    def install_page(self) -> str:
        """Where the App is installed on repositories."""
        return f"{self.pages}/apps/{self.slug}/installations/new"


def could_not_ask(name: str, error: HandoffError) -> Finding:
    """Return why GitHub could not be asked: trouble that passes is nobody's fault, the rest is somebody's to mend."""
    said = str(error).strip()
    if isinstance(error, TryAgain):
        return unknown(name, f"GitHub could not be asked just now: {said}", "Try again in a minute.")
    return problem(name, said, "Compare HANDOFF_APP_ID and the private key with the App's page on GitHub.")


def identity(app: AppInfo, expected: Expected) -> Finding:
    """Judge whether the key is that of the App we think we are."""
    if app.slug != expected.slug:
        return problem(
            "app",
            f"The key belongs to the App {app.slug}, but the settings say {expected.slug}.",
            f"Set HANDOFF_APP_SLUG to {app.slug}, or use the other App's key.",
        )
    return well("app", f"GitHub knows us as {app.name} ({app.slug}).")


def permissions(app: AppInfo, expected: Expected) -> Iterator[Finding]:
    """Judge the App's permissions against `app.yml`, both ways."""
    where = "on the App's page at GitHub, under *Permissions & events*"
    lacking = missing(expected.permissions, app.permissions)
    spare = missing(app.permissions, expected.permissions)
    if lacking:
        yield problem(
            "permissions",
            f"The App may not do all that I need: it lacks {_listed(lacking)}.",
            f"Add that {where}; then an owner of each account accepts it.",
        )
    if spare:
        yield warning(
            "permissions",
            f"The App may do more than I need: {_listed(spare)}.",
            f"Take it away {where}: what is not granted cannot be misused.",
        )
    if not lacking and not spare:
        yield well("permissions", "The App has the permissions of app.yml, no more and no less.")


def events(app: AppInfo, expected: Expected) -> Iterator[Finding]:
    """Judge the events that the App subscribes to against `app.yml`, both ways."""
    where = "on the App's page at GitHub, under *Permissions & events*"
    lacking, spare = sorted(expected.events - set(app.events)), sorted(set(app.events) - expected.events)
    if lacking:
        yield problem("events", f"GitHub does not tell me of {_and(lacking)}.", f"Subscribe to that {where}.")
    if spare:
        yield warning(
            "events", f"GitHub tells me of {_and(spare)}, which I do not read.", f"Unsubscribe {where}."
        )
    if not lacking and not spare:
        yield well("events", "The App subscribes to the events of app.yml.")


def clock(seconds_ahead: float | None) -> Finding:
    """Judge how far this machine's clock is from GitHub's; None: GitHub did not say."""
    if seconds_ahead is None:
        return unknown("clock", "GitHub did not say what time it is, so the clock was not compared.")
    if abs(seconds_ahead) > SKEW_SECONDS_MAX:
        direction = "ahead of" if seconds_ahead > 0 else "behind"
        return problem(
            "clock",
            f"This machine's clock is {abs(seconds_ahead):.0f} seconds {direction} GitHub's, which refuses keys over it.",
            "Set the clock, and let it be kept: `timedatectl set-ntp true`.",
        )
    return well("clock", "This machine's clock agrees with GitHub's.")


def installations(found: Sequence[Installation], expected: Expected) -> Iterator[Finding]:
    """Judge where the App is installed."""
    if not found:
        yield warning(
            "installations",
            "The App is installed on no account yet, so no label can reach me.",
            f"Install it: {expected.install_page}",
        )
    for each in found:
        yield _installation(each, expected)


def _installation(each: Installation, expected: Expected) -> Finding:
    who, lacking = each.account.login, missing(expected.permissions, each.permissions)
    page = f"{expected.pages}/settings/installations/{each.id}"
    if each.suspended_at is not None:
        return warning(
            "installations",
            f"The installation on {who} is suspended, so I do nothing there.",
            f"An owner of {who} can take it up again: {page}",
        )
    if lacking:
        return problem(
            "installations",
            f"{who} has not accepted all that the App asks for: {_listed(lacking)}.",
            f"An owner of {who} can accept it: {page}",
        )
    return well("installations", f"The App is installed on {who}.")


def _listed(permissions: Mapping[str, str]) -> str:
    return _and([f"{name}: {level}" for name, level in sorted(permissions.items())])


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
