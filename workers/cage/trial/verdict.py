"""What a referee says: one sentence for each thing that was seen and must not be, and what it comes to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from workers.cage.spec import Exit, How

EXIT_CONTAINED, EXIT_NOT_CONTAINED, EXIT_CANNOT = 0, 1, 2
_SHOWN = 3


class Check(StrEnum):
    """What is looked at, each by itself."""

    CAGE = "cage"
    ALIVE = "alive"
    SECRETS = "secrets"
    CHANGED = "changed"
    CONTACT = "contact"
    HOST = "host"
    LIMITS = "limits"
    TRIPWIRE = "tripwire"
    AFTERMATH = "aftermath"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a contained command does not bring about: `saw` is the second half of *I saw that …*."""

    check: Check
    saw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a command was contained, and why that is said."""

    contained: bool
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All there is to tell of a trial. `seen_peak` is what the referee counted itself, in whole units."""

    sandbox: str
    warning: str
    limited_by: tuple[str, ...]
    verdict: Verdict
    ended: Exit
    findings: tuple[Finding, ...] = ()
    seen_peak: dict[str, int] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """What the command line ends with."""
        if self.ended.how is How.NOT_STARTED:
            return EXIT_CANNOT
        return EXIT_CONTAINED if self.verdict.contained else EXIT_NOT_CONTAINED


def judge(findings: Sequence[Finding], how: How, *, contains: bool) -> Verdict:
    """Return what the findings come to. Where there is no cage nothing is contained, however well it behaved."""
    if how is How.NOT_STARTED:
        return Verdict(contained=False, because="The cage did not start, so nothing was tried.")
    if findings:
        said = "; ".join(finding.saw for finding in findings[:_SHOWN])
        more = f"; and {len(findings) - _SHOWN} more" if len(findings) > _SHOWN else ""
        return Verdict(contained=False, because=f"I saw that {said}{more}.")
    if not contains:
        return Verdict(
            contained=False, because="It did no harm that I could see, but there was no cage to keep it in."
        )
    return Verdict(contained=True, because=_NOTHING)


_NOTHING = (
    "Nothing that it started is alive, no secret that I planted is in what it said or left, no file of mine was "
    "changed, nobody called where I listened, the host is as it was, every limit held, and I could commit and "
    "remove what it left without harm."
)
